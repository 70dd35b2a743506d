import DecisionTransformerCodegen
import Foundation

/// `dtgen library`
struct LibraryRequest {
  var folder: String
  var output: String
  var target: LibraryTarget
  /// The folder with the sources of `DecisionTransformer` and `CDecisionTransformer`; nil means those that dtgen
  /// itself was built from.
  var runtime: String?

  func run() throws(InvalidInput) {
    let compilation = try ModelFolderCompilation.run(
      folder, codeOnly: false, forLibrary: true)
    for remark in compilation.remarks { Console.error(remark.description) }
    let toolchain = try Toolchain.find(for: target)
    let runtime = try RuntimeSources(path: runtime)
    let name = compilation.model.name
    let files = try Console.showing("dtgen: building the library of \(name)") {
      _ throws(InvalidInput) in
      try LibraryBuilder(
        compilation: compilation, target: target, toolchain: toolchain, runtime: runtime
      ).build()
    }
    let outputFolder = OutputFolder(path: output)
    let outcomes = try outputFolder.receive(files)
    for (file, outcome) in zip(files, outcomes) {
      Console.output(
        "\(outcome.rawValue) \(outputFolder.path(of: file.name)) (\(file.contents.count) bytes)")
    }
    if compilation.checkpointFile == nil {
      let name = CName(model: name)
      Console.error(
        Diagnostic(
          .note, path: folder,
          "without a checkpoint the library has no weights, and neither \(name.prefix)_create nor "
            + "\(name.prefix)_self_test; open packed weights and use those with _with_weights"
        ).description)
    }
  }
}
