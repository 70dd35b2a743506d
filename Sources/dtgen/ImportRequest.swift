import DTGenCommands
import DTGenImport
import Foundation

/// `dtgen import`
struct ImportRequest {
  var importer: Importer
  /// A file with the states' mean and deviation.
  var statistics: String?
  var output: String
  var isDryRun: Bool
  /// Whether files that are there and differ may go.
  var replaces: Bool

  func run() throws(InvalidInput) {
    var importer = importer
    if let statistics {
      guard let data = FileManager.default.contents(atPath: statistics) else {
        throw InvalidInput([Diagnostic(path: statistics, "no such file, or it cannot be read")])
      }
      importer.statistics = try Statistics.read(Array(data), path: statistics)
    }
    let folder = OutputFolder(path: output)
    if let problem = ModelFolder(path: output).nameProblem {
      throw InvalidInput([Diagnostic(path: output, problem)])
    }
    let model = try importer.run(output: output)
    for remark in model.remarks { Console.error(remark.description) }
    Console.output("\(importer.path): \(model.family.rawValue), \(model.family.name)")
    guard !isDryRun else {
      for file in replaces ? [] : folder.differing(from: model.files) {
        Console.error(
          "note: \(folder.path(of: file.name)): is there and says something else; it goes with --replace alone"
        )
      }
      for file in model.files {
        Console.output("would write \(folder.path(of: file.name)) (\(file.contents.count) bytes)")
        if file.name.hasSuffix(".json") {
          Console.output(String(decoding: file.contents, as: UTF8.self))
        }
      }
      return
    }
    if !replaces { try expectNothingElse(in: folder, model.files) }
    let outcomes = try folder.receive(model.files)
    for (file, outcome) in zip(model.files, outcomes) {
      Console.output("\(outcome.rawValue) \(folder.path(of: file.name))")
    }
  }

  /// People write into codegen.json, and another model's numbers cannot be brought back either.
  private func expectNothingElse(
    in folder: OutputFolder, _ files: [OutputFile]
  ) throws(InvalidInput) {
    let others = folder.differing(from: files)
    guard others.isEmpty else {
      throw InvalidInput(
        others.map { file in
          Diagnostic(
            path: folder.path(of: file.name),
            "is there and says something else; accepted: --replace, which writes it anew, or another folder"
          )
        })
    }
  }
}
