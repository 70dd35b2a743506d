import DecisionTransformerCodegen
import Foundation
import Testing

/// Compiles generated code the way a release build does, to assembly.
struct AssemblyCompiler {
  struct Failure: Error {
    var message: String
  }

  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  let target: AssemblyTarget

  /// The listing of one generated source.
  func listing(of source: OutputFile) throws -> AssemblyListing {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("assembly-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }

    let sources = Self.package.appendingPathComponent("Sources/DecisionTransformer")
    let runtime = try FileManager.default
      .contentsOfDirectory(at: sources, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "swift" }
    try compile(
      runtime, module: "DecisionTransformer",
      ["-emit-module", "-emit-module-path", "\(directory.path)/DecisionTransformer.swiftmodule"],
      in: directory)

    let file = directory.appendingPathComponent(source.name)
    try Data(source.contents).write(to: file)
    let assembly = directory.appendingPathComponent("Model.s")
    try compile([file], module: "Model", ["-emit-assembly", "-o", assembly.path], in: directory)
    return AssemblyListing(
      try String(contentsOf: assembly, encoding: .utf8), comment: target.comment)
  }

  private func compile(
    _ sources: [URL], module: String, _ output: [String], in directory: URL
  ) throws {
    let headers = Self.package.appendingPathComponent("Sources/CDecisionTransformer/include")
    let result = try Self.run(
      target.flags + ["-O", "-wmo", "-parse-as-library", "-swift-version", "6"]
        + ["-module-name", module, "-I", headers.path, "-I", directory.path] + output
        + sources.map(\.path),
      in: directory)
    guard result.status == 0 else { throw Failure(message: result.text) }
  }

  static func hasEmbeddedLibrary(for triple: String) -> Bool {
    guard let output = try? run(["-print-target-info"], in: FileManager.default.temporaryDirectory),
      let information = try? JSONSerialization.jsonObject(with: Data(output.text.utf8)),
      let paths = (information as? [String: Any])?["paths"] as? [String: Any],
      let resources = paths["runtimeResourcePath"] as? String
    else { return false }
    return FileManager.default.fileExists(
      atPath: "\(resources)/embedded/Swift.swiftmodule/\(triple).swiftmodule")
  }

  /// Runs `swiftc` with standard output and error in one text.
  private static func run(
    _ arguments: [String], in directory: URL
  ) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    #if os(macOS)
      process.arguments = ["xcrun", "swiftc"] + arguments
    #else
      process.arguments = ["swiftc"] + arguments
    #endif
    process.currentDirectoryURL = directory
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }
}
