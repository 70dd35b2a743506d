import Foundation

/// The toolchain's compiler, checking the sources of a user's target against the runtime.
struct TargetCompiler {
  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let headers = package.appending(path: "Sources/CDecisionTransformer/include").path

  /// The runtime's module, made once.
  private static let runtime = Result { () throws -> URL in
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "runtime-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let sources = package.appending(path: "Sources/DecisionTransformer")
    let files = try FileManager.default.contentsOfDirectory(atPath: sources.path)
      .filter { $0.hasSuffix(".swift") }.sorted().map { sources.appending(path: $0).path }
    let output = try run(
      ["-swift-version", "6", "-parse-as-library", "-wmo", "-module-name", "DecisionTransformer"]
        + ["-I", headers, "-emit-module"]
        + ["-emit-module-path", "\(folder.path)/DecisionTransformer.swiftmodule"] + files)
    guard output.isEmpty else { throw Failure(diagnostics: output) }
    return folder
  }

  struct Failure: Error {
    var diagnostics: String
  }

  /// What the compiler has to say about a target of these sources, by file name; nothing where it takes them as they are.
  static func diagnostics(
    _ sources: [String: String], settings: [String] = [], languageMode: String = "6"
  ) throws -> String {
    let runtime = try runtime.get()
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "target-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var files: [String] = []
    for (name, text) in sources.sorted(by: { $0.key < $1.key }) {
      let file = folder.appending(path: name)
      try Data(text.utf8).write(to: file)
      files.append(file.path)
    }
    return try run(
      ["-typecheck", "-parse-as-library", "-wmo", "-swift-version", languageMode]
        + ["-module-name", "Robot", "-package-name", "robot", "-I", runtime.path, "-I", headers]
        + settings + files)
  }

  /// Runs `swiftc`; what it prints.
  private static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    #if os(macOS)
      process.arguments = ["xcrun", "swiftc"] + arguments
    #else
      process.arguments = ["swiftc"] + arguments
    #endif
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    // A compiler that ends badly without a word must not pass for one that has nothing to say.
    return text.isEmpty && process.terminationStatus != 0
      ? "swiftc ends with status \(process.terminationStatus)" : text
  }
}
