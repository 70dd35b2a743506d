import Foundation
import TestFolders

/// A program of this package, run as a user runs it.
struct Tool {
  struct Result {
    var status: Int32
    var output: String
    var error: String
  }

  var name: String

  /// Where the build put the programs: beside the test bundle, whatever the configuration.
  private static let products: URL = {
    #if os(macOS)
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
      return bundle!.bundleURL.deletingLastPathComponent()
    #else
      return Bundle.main.executableURL!.resolvingSymlinksInPath().deletingLastPathComponent()
    #endif
  }()

  /// Ready to be started.
  func process(_ arguments: [String], directory: String? = nil) -> Process {
    let process = Process()
    process.executableURL = Self.products.appendingPathComponent(name)
    process.arguments = arguments
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    return process
  }

  func run(_ arguments: [String], directory: String? = nil) throws -> Result {
    let process = process(arguments, directory: directory)
    // Files, not pipes: nothing can fill up while the other one is read.
    let captured = ScratchFolder(named: "dtgen")
    try captured.write("output", "")
    try captured.write("error", "")
    process.standardOutput = try FileHandle(
      forWritingTo: captured.url.appendingPathComponent("output"))
    process.standardError = try FileHandle(
      forWritingTo: captured.url.appendingPathComponent("error"))
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: try captured.read("output"),
      error: try captured.read("error"))
  }
}
