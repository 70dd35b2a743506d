import Foundation
import Testing

/// A target without an operating system.
struct EmbeddedTarget: CustomTestStringConvertible {
  let triple: String
  let flags: [String]
  var testDescription: String { triple }

  static let all = [
    EmbeddedTarget(triple: "x86_64-unknown-none-elf", flags: []),
    // A Cortex-M7 with its floating-point unit.
    EmbeddedTarget(
      triple: "armv7em-none-none-eabi",
      flags: ["-Xcc", "-mcpu=cortex-m7", "-Xcc", "-mfloat-abi=hard", "-Xcc", "-mfpu=fpv5-d16"]),
  ]
}

/// What a run of the compiler left.
struct CompilerOutput {
  let status: Int32
  /// Errors and warnings.
  let diagnostics: String
  /// The object file, nil if there is none.
  let object: Data?
}

/// The toolchain's compiler, making Embedded Swift that may not allocate.
struct EmbeddedCompiler {
  let target: EmbeddedTarget
  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Whether the toolchain has the standard library of Embedded Swift (Xcode's has not).
  static let isAvailable: Bool = {
    guard let output = try? run(["-print-target-info"], in: FileManager.default.temporaryDirectory),
      let information = try? JSONSerialization.jsonObject(with: Data(output.text.utf8)),
      let paths = (information as? [String: Any])?["paths"] as? [String: Any],
      let resources = paths["runtimeResourcePath"] as? String
    else { return false }
    return FileManager.default.fileExists(atPath: resources + "/embedded/Swift.swiftmodule")
  }()

  /// Compiles the runtime library alone.
  func compileRuntime() throws -> CompilerOutput {
    try inTemporaryDirectory { try compileRuntime(in: $0) }
  }

  /// Compiles the runtime library and, as one module that imports it, the given sources: for example
  /// the files of a generated model.
  func compile(_ sources: [URL]) throws -> CompilerOutput {
    try inTemporaryDirectory { directory in
      let runtime = try compileRuntime(in: directory)
      guard runtime.status == 0 else { return runtime }
      return try compile(sources, module: "Model", in: directory)
    }
  }

  /// The same for one file with this text.
  func compile(_ text: String) throws -> CompilerOutput {
    try inTemporaryDirectory { directory in
      let source = directory.appendingPathComponent("Source.swift")
      try Data(text.utf8).write(to: source)
      return try compile([source])
    }
  }

  private func compileRuntime(in directory: URL) throws -> CompilerOutput {
    let sources = Self.package.appendingPathComponent("Sources/DecisionTransformer")
    let files = try FileManager.default
      .contentsOfDirectory(at: sources, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "swift" }
      .sorted { $0.path < $1.path }
    return try compile(files, module: "DecisionTransformer", in: directory)
  }

  /// The folder of the C headers holds their module map, so `-I` is enough to find the C module.
  private func compile(
    _ sources: [URL], module: String, in directory: URL
  ) throws -> CompilerOutput {
    let object = directory.appendingPathComponent("\(module).o")
    let headers = Self.package.appendingPathComponent("Sources/CDecisionTransformer/include")
    let output = try Self.run(
      ["-target", target.triple] + target.flags + [
        "-enable-experimental-feature", "Embedded", "-wmo", "-Xfrontend", "-no-allocations",
        "-parse-as-library", "-O", "-swift-version", "6", "-module-name", module,
        "-I", headers.path, "-I", directory.path,
        "-emit-module", "-emit-module-path", "\(directory.path)/\(module).swiftmodule",
        "-c", "-o", object.path,
      ] + sources.map(\.path), in: directory)
    return CompilerOutput(
      status: output.status, diagnostics: output.text, object: try? Data(contentsOf: object))
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

  private func inTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("embedded-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory)
  }
}
