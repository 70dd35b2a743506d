import Foundation
import TestFolders
import Toolchain

/// Generated models compiled at one vector level with the flags of a release build, as a program of its own that answers
/// questions about them.
final class LevelProgram {
  private static let tests = TestData.package.appending(path: "Tests")

  let level: Level
  private let folder = ScratchFolder(named: "level")
  private let runtime: RuntimeModule

  /// Generates and compiles: seconds for each model.
  init(_ level: Level, _ models: [LevelModel]) throws {
    self.level = level
    runtime = try .compiled(with: level.flags + ["-O"])
    _ = try runtime.output.success()
    try compileEpisodes()
    // Two compilers at a time, each with every other model.
    let groups = [0, 1].map { half in
      models.enumerated().filter { $0.offset % 2 == half }.map(\.element)
    }.filter { !$0.isEmpty }
    let compilers = try groups.enumerated().map { index, models in
      try start(module: "Models\(index)", try models.flatMap(write))
    }
    for compiler in compilers { _ = try compiler.finish().success() }
    try compileDriver(models, groups.indices.map { "Models\($0)" })
    for model in models {
      try folder.write("\(model.name).weights", model.weights)
    }
  }

  /// The answers, in the order of the questions.
  func answers(to questions: [LevelQuestion]) throws -> [LevelAnswer] {
    try folder.write("questions", Array(JSONEncoder().encode(questions)))
    let driver = folder.url.appending(path: "driver").path
    _ = try RunningProcess([driver, ".", "questions", "answers"], in: folder.url).finish().success()
    let answered = folder.url.appending(path: "answers")
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode([LevelAnswer].self, from: Data(contentsOf: answered))
  }

  // MARK: Compiling

  private func compileEpisodes() throws {
    let recorded = [
      "GeneratedController", "Pace", "Replay", "BatchController", "BatchScript", "BatchRun",
      "ChoiceController",
    ]
    let files = recorded.map {
      Self.tests.appending(path: "Support/RecordedEpisodes/\($0).swift").path
    }
    _ = try start(module: "RecordedEpisodes", files).finish().success()
  }

  private func write(_ model: LevelModel) throws -> [String] {
    try model.sources.map { try folder.write($0.name, $0.contents).path }
  }

  private func compileDriver(_ models: [LevelModel], _ modules: [String]) throws {
    var lines = ["import DecisionTransformer", "import Foundation", "import RecordedEpisodes"]
    lines += modules.map { "import \($0)" } + [""]
    lines += models.map { "\($0.entry.declaration)" }
    lines += ["", "let models: [String: Answering] = ["]
    lines += models.map { "  \"\($0.name)\": \($0.entry.value)," } + ["]", ""]
    let tests = Self.tests.appending(path: "LevelTests")
    let sources = [
      try folder.write("Table.swift", lines.joined(separator: "\n")).path,
      tests.appending(path: "LevelQuestion.swift").path,
      tests.appending(path: "Driver/Driver.swift").path,
    ]
    let objects = [runtime.object] + (["RecordedEpisodes"] + modules).map { "\($0).o" }
    _ = try SwiftCompiler.run(
      flags + ["-suppress-warnings", "-module-name", "Driver", "-o", "driver"] + sources + objects,
      in: folder.url
    ).success()
  }

  /// Those of a release build.
  private var flags: [String] {
    level.flags + runtime.flags + [
      "-O", "-wmo", "-swift-version", "6", "-parse-as-library", "-package-name", "levels", "-I",
      ".",
    ]
  }

  /// Starts a compiler that makes an object and a module of the sources.
  private func start(module: String, _ sources: [String]) throws -> RunningProcess {
    try SwiftCompiler.start(
      flags + [
        "-module-name", module, "-emit-module", "-emit-module-path", "\(module).swiftmodule",
        "-c", "-o", "\(module).o",
      ] + sources, in: folder.url)
  }
}
