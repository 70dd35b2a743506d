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
  var packages: Set<PackageKind> = []
  var packageVersion = PackageVersion()
  /// Whether a binary target for SwiftPM is made of the library, in place of all else.
  var isArtifactBundle = false
  /// The triple under which the bundle has the library, where it is compiled for another of the same processor.
  var bundledTriple: String?

  func run() throws(InvalidInput) {
    if isArtifactBundle, let bare = Toolchain.bareTarget(for: target) {
      var request = self
      (request.target, request.bundledTriple) = (bare, target.triple)
      return try request.run()
    }
    let outputFolder = OutputFolder(path: output)
    let toolchain = try Toolchain.find(for: target)
    try toolchain.check(target)
    let runtimeSources = try RuntimeSources(path: runtime)
    let compilation = try ModelFolderCompilation.run(
      folder, codeOnly: false, forLibrary: true)
    for remark in compilation.remarks { Console.error(remark.description) }
    if let rows = compilation.checkedRows { Console.error(rows.note.description) }
    if isArtifactBundle {
      return try writeBundle(of: compilation, toolchain, runtimeSources)
    }
    let packages = try packages(of: compilation, toolchain)
    let layout: LibraryLayout = packages == nil ? .flat : .prefix
    let name = compilation.model.name
    // Of a library's files only texts may be somebody's own.
    let names = OutputNames(model: name)
    try outputFolder.expectGenerated(
      compilation.files.filter { $0.name == names.header }.map(layout.placed)
        + (packages?.textFiles ?? []), names)
    let library = try library(of: compilation, toolchain, runtimeSources)
    let files = library.files.map(layout.placed) + (try packages?.files(of: library) ?? [])
    try write(files, to: outputFolder)
    for note in notes(library, compilation, layout, files) { Console.error(note.description) }
  }

  private func library(
    of compilation: Compilation, _ toolchain: Toolchain, _ runtime: RuntimeSources
  ) throws(InvalidInput) -> Library {
    try Console.showing("dtgen: building the library of \(compilation.model.name)") {
      _ throws(InvalidInput) in
      try LibraryBuilder(
        compilation: compilation, target: target, toolchain: toolchain, runtime: runtime
      ).build()
    }
  }

  private func write(_ files: [OutputFile], to outputFolder: OutputFolder) throws(InvalidInput) {
    let outcomes = try outputFolder.receive(files)
    for (file, outcome) in zip(files, outcomes) {
      Console.output(
        "\(outcome.rawValue) \(outputFolder.path(of: file.name)) (\(file.contents.count) bytes)")
    }
  }

  /// Writes a binary target for SwiftPM, and prints what goes into Package.swift.
  private func writeBundle(
    of compilation: Compilation, _ toolchain: Toolchain, _ runtime: RuntimeSources
  ) throws(InvalidInput) {
    let outputFolder = OutputFolder(path: output)
    let names = OutputNames(model: compilation.model.name)
    let wrapper: OutputFile
    switch Compiler.wrapper(compilation.plan) {
    case .success(let file): wrapper = file
    case .failure(let problem):
      throw InvalidInput([
        Diagnostic(
          path: folder, key: "--artifact-bundle",
          "\(problem.reason); accepted: a controller of one agent with \"outputs\": [\"action\"], or no --artifact-bundle"
        )
      ])
    }
    guard let weights = compilation.files.first(where: { $0.name == names.weightsFile }) else {
      throw InvalidInput([
        Diagnostic(
          path: folder, key: "--artifact-bundle",
          "the library holds the weights, and there is no checkpoint; accepted: model.safetensors beside config.json"
        )
      ])
    }
    let bundle = ArtifactBundle(
      subject: PackageSubject(plan: compilation.plan, version: packageVersion), wrapper: wrapper,
      header: Compiler.header(compilation.plan), weights: weights.contents)
    try outputFolder.expectGenerated(bundle.textFiles, names)
    let library = try library(of: compilation, toolchain, runtime)
    let archive = library.files.first { $0.name.hasSuffix(".a") }!
    try write(
      try bundle.files(of: archive, for: bundledTriple ?? library.triple, in: outputFolder),
      to: outputFolder)
    Console.output(
      "\nTargets for Package.swift, where its folder is the one that dtgen ran in:\n\n"
        + bundle.targets(in: output))
  }

  /// nil where none are asked for.
  private func packages(
    of compilation: Compilation, _ toolchain: Toolchain
  ) throws(InvalidInput) -> LibraryPackages? {
    guard !packages.isEmpty else { return nil }
    let result = LibraryPackages(
      kinds: packages,
      subject: PackageSubject(plan: compilation.plan, version: packageVersion),
      clients: try ClientSources(path: runtime), hasSharedLibrary: target.hasSharedLibraries)
    try result.check(
      hasCheckpoint: compilation.checkpointFile != nil, target: toolchain.triple)
    return result
  }

  /// What the user has to know of what was written.
  private func notes(
    _ library: Library, _ compilation: Compilation, _ layout: LibraryLayout, _ files: [OutputFile]
  ) -> [Diagnostic] {
    let outputFolder = OutputFolder(path: output)
    var notes: [Diagnostic] = []
    if !library.unusualSymbols.isEmpty {
      notes.append(
        Diagnostic(
          .note, path: outputFolder.path(of: layout.path(of: library.files[1].name)),
          "beside memcpy, memmove and memset needs \(library.unusualSymbols.joined(separator: ", "))"
            + " from the program: arithmetic that the processor does not have as --march and "
            + "--clang-flags tell it; the C compiler's own library (libgcc, compiler-rt) has it"))
    }
    let name = CName(model: compilation.model.name)
    if compilation.checkpointFile == nil {
      notes.append(
        Diagnostic(
          .note, path: folder,
          "without a checkpoint the library has no weights, and neither \(name.prefix)_create nor "
            + "\(name.prefix)_self_test; open packed weights and use those with _with_weights"))
    }
    guard layout == .prefix else { return notes }
    return notes + earlierFiles(library, name, files)
  }

  /// What runs before have left under other names, and would be taken for today's.
  private func earlierFiles(
    _ library: Library, _ name: CName, _ files: [OutputFile]
  ) -> [Diagnostic] {
    let outputFolder = OutputFolder(path: output)
    let entries = ((try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []).sorted()
    let flat = library.files.map(\.name).filter(entries.contains).map { file in
      Diagnostic(
        .note, path: outputFolder.path(of: file),
        "is of a run without --package; the packages have \(LibraryLayout.prefix.path(of: file))")
    }
    let written = files.map(\.name)
    guard let wheel = written.first(where: { $0.hasSuffix(".whl") }) else { return flat }
    return flat
      + entries.filter {
        $0.hasPrefix("\(name.prefix)-") && $0.hasSuffix(".whl") && !written.contains($0)
      }.map { file in
        Diagnostic(
          .note, path: outputFolder.path(of: file),
          "is of a run before; pip is to be given \(wheel), or this one is to be removed")
      }
  }
}
