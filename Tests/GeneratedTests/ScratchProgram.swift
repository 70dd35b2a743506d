import Foundation

/// A program of the runtime and some sources, compiled and run in a folder of its own.
struct ScratchProgram {
  struct Failure: Error {
    var message: String
  }

  private static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Files beside the program.
  var sources: [String: String]
  var data: [String: [UInt8]]

  /// What the program prints; `main.swift` is one of the sources.
  func output() throws -> String {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "scratch-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    for (name, text) in sources {
      try Data(text.utf8).write(to: directory.appending(path: name))
    }
    for (name, bytes) in data { try Data(bytes).write(to: directory.appending(path: name)) }

    let headers = Self.package.appending(path: "Sources/CDecisionTransformer/include").path
    let folder = Self.package.appending(path: "Sources/DecisionTransformer")
    let runtime = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") }.map { folder.appending(path: $0).path }
    _ = try Self.run(
      ["swiftc", "-O", "-wmo", "-swift-version", "6", "-parse-as-library"]
        + ["-module-name", "DecisionTransformer", "-I", headers, "-emit-module"]
        + ["-emit-module-path", "DecisionTransformer.swiftmodule"]
        + ["-c", "-o", "DecisionTransformer.o"] + runtime, in: directory)
    _ = try Self.run(
      ["swiftc", "-Onone", "-swift-version", "6", "-module-name", "Scratch", "-I", headers]
        + ["-I", ".", "-o", "program", "DecisionTransformer.o"] + sources.keys.sorted(),
      in: directory)
    return try Self.run(["./program"], in: directory)
  }

  private static func run(_ arguments: [String], in directory: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = directory
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(message: text) }
    return text
  }
}
