import DTGenCommands
import DTGenReports
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
    let outputFolder = OutputFolder(path: output)
    let toolchain = try Toolchain.find(for: target)
    try toolchain.check(target)
    let runtime = try RuntimeSources(path: runtime)
    let compilation = try ModelFolderCompilation.run(
      folder, codeOnly: false, forLibrary: true)
    for remark in compilation.remarks { Console.error(remark.description) }
    let name = compilation.model.name
    // Of a library's files only the header may be somebody's own text.
    let names = OutputNames(model: name)
    try outputFolder.expectGenerated(
      compilation.files.filter { $0.name == names.header }, names)
    let library = try Console.showing("dtgen: building the library of \(name)") {
      _ throws(InvalidInput) in
      try LibraryBuilder(
        compilation: compilation, target: target, toolchain: toolchain, runtime: runtime
      ).build()
    }
    let outcomes = try outputFolder.receive(library.files)
    for (file, outcome) in zip(library.files, outcomes) {
      Console.output(
        "\(outcome.rawValue) \(outputFolder.path(of: file.name)) (\(file.contents.count) bytes)")
    }
    if !library.unusualSymbols.isEmpty {
      Console.error(
        Diagnostic(
          .note, path: outputFolder.path(of: library.files[1].name),
          "beside memcpy, memmove and memset needs \(library.unusualSymbols.joined(separator: ", "))"
            + " from the program: arithmetic that the processor does not have as --march and "
            + "--clang-flags tell it; the C compiler's own library (libgcc, compiler-rt) has it"
        ).description)
    }
    if !compilation.model.forwardOutputs.isEmpty {
      Console.error(
        Diagnostic(
          .note, path: ModelFolder(path: folder).path(of: "codegen.json"), key: "outputs",
          "are not in the library: C has act and prepare, and forward is Swift's alone"
        ).description)
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
