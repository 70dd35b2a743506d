import Foundation

/// Generated models compiled at one vector level with the flags of a release build, as a program of its own that answers
/// questions about them.
final class LevelProgram {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private static let tests = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()

  let level: Level
  private let directory: URL

  /// Generates and compiles: seconds for each model.
  init(_ level: Level, _ models: [LevelModel]) throws {
    self.level = level
    directory = FileManager.default.temporaryDirectory.appending(path: "level-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try compileRuntime()
    // Two compilers at a time, each with every other model.
    let groups = [0, 1].map { half in
      models.enumerated().filter { $0.offset % 2 == half }.map(\.element)
    }.filter { !$0.isEmpty }
    let compilers = try groups.enumerated().map { index, models in
      try start(module: "Models\(index)", try models.map(write))
    }
    for compiler in compilers { try Self.finish(compiler) }
    try compileDriver(models, groups.indices.map { "Models\($0)" })
    for model in models {
      try Data(model.weights).write(to: directory.appending(path: "\(model.name).weights"))
    }
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  /// The answers, in the order of the questions.
  func answers(to questions: [LevelQuestion]) throws -> [LevelAnswer] {
    let (asked, answered) = (
      directory.appending(path: "questions"), directory.appending(path: "answers")
    )
    try JSONEncoder().encode(questions).write(to: asked)
    try Self.run(
      [directory.appending(path: "driver").path, directory.path, asked.path, answered.path],
      in: directory)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode([LevelAnswer].self, from: Data(contentsOf: answered))
  }

  // MARK: Compiling

  private func compileRuntime() throws {
    let folder = Self.tests.deletingLastPathComponent().appending(
      path: "Sources/DecisionTransformer")
    let sources = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") }.sorted().map { folder.appending(path: $0).path }
    try Self.finish(start(module: "DecisionTransformer", sources))
    let recorded = [
      "GeneratedController", "Pace", "Replay", "BatchController", "BatchScript", "BatchRun",
    ]
    try Self.finish(
      start(
        module: "RecordedEpisodes",
        recorded.map { Self.tests.appending(path: "RecordedEpisodes/\($0).swift").path }))
  }

  private func write(_ model: LevelModel) throws -> String {
    let file = directory.appending(path: model.source.name)
    try Data(model.source.contents).write(to: file)
    return file.path
  }

  private func compileDriver(_ models: [LevelModel], _ modules: [String]) throws {
    var lines = ["import DecisionTransformer", "import Foundation", "import RecordedEpisodes"]
    lines += modules.map { "import \($0)" } + [""]
    lines += models.map { "\($0.entry.declaration)" }
    lines += ["", "let models: [String: Answering] = ["]
    lines += models.map { "  \"\($0.name)\": \($0.entry.value)," } + ["]", ""]
    let table = directory.appending(path: "Table.swift")
    try Data(lines.joined(separator: "\n").utf8).write(to: table)
    let folder = Self.tests.appending(path: "LevelTests")
    let sources = [
      table.path, folder.appending(path: "LevelQuestion.swift").path,
      folder.appending(path: "Driver/Driver.swift").path,
    ]
    let objects = (["DecisionTransformer", "RecordedEpisodes"] + modules).map { "\($0).o" }
    try Self.run(
      compiler + ["-suppress-warnings", "-module-name", "Driver", "-o", "driver"] + sources
        + objects,
      in: directory)
  }

  private var compiler: [String] {
    let headers = Self.tests.deletingLastPathComponent()
      .appending(path: "Sources/CDecisionTransformer/include").path
    return ["swiftc", "-O", "-wmo", "-swift-version", "6", "-parse-as-library"]
      + ["-package-name", "levels", "-I", headers, "-I", "."] + level.flags
  }

  /// Starts a compiler that makes an object and a module of the sources.
  private func start(module: String, _ sources: [String]) throws -> Process {
    try Self.start(
      compiler + [
        "-module-name", module, "-emit-module", "-emit-module-path", "\(module).swiftmodule",
      ]
        + ["-c", "-o", "\(module).o"] + sources, in: directory)
  }

  // MARK: Processes

  private static func start(_ arguments: [String], in directory: URL) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = directory
    // A file and not a pipe: nobody reads while several run.
    let log = directory.appending(path: "\(UUID().uuidString).log")
    try Data().write(to: log)
    let handle = try FileHandle(forUpdating: log)
    (process.standardOutput, process.standardError) = (handle, handle)
    try process.run()
    return process
  }

  private static func finish(_ process: Process) throws {
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let handle = process.standardOutput as! FileHandle
      try handle.seek(toOffset: 0)
      let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
      throw Failure(description: "status \(process.terminationStatus): \(text.suffix(4000))")
    }
  }

  private static func run(_ arguments: [String], in directory: URL) throws {
    try finish(start(arguments, in: directory))
  }
}
