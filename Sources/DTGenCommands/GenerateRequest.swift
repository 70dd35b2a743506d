import DecisionTransformerCodegen
import Foundation

/// `dtgen generate`
package struct GenerateRequest {
  package var folder: String
  package var output: String
  package var codeOnly: Bool
  /// For a build plugin, which has to name its outputs before anything is read: both Swift files
  /// are always written, and nothing is said about them.
  package var forBuild: Bool

  package init(folder: String, output: String, codeOnly: Bool, forBuild: Bool) {
    self.folder = folder
    self.output = output
    self.codeOnly = codeOnly
    self.forBuild = forBuild
  }

  package func run() throws(InvalidInput) {
    let compilation = try ModelFolderCompilation.run(folder, codeOnly: codeOnly)
    let model = compilation.model.name
    let names = OutputNames(model: model)
    var files = compilation.files
    let hasWeights = files.contains { names.weights.contains($0.name) }
    if forBuild, !files.contains(where: { $0.name == names.embeddedWeights }) {
      let hasFile = files.contains { $0.name == names.weightsFile }
      files.append(
        OutputFile(
          name: names.embeddedWeights,
          contents: AbsentWeights(
            plan: compilation.plan, version: Compiler.version,
            reason: absence(names, hasFile: hasFile)
          ).render()))
    }
    let outputFolder = OutputFolder(path: output)
    let listed = outputFolder.manifest(names)?.files ?? []
    if codeOnly, let manifest = files.firstIndex(where: { $0.name == names.manifest }),
      outputFolder.manifestAgrees(with: files[manifest], names),
      let present = outputFolder.contents(of: names.manifest)
    {
      // What it says of the weights beside the code stays true.
      files[manifest].contents = present
    }
    try outputFolder.expectGenerated(files, names)
    let outcomes = try outputFolder.receive(files)
    for remark in compilation.remarks { Console.error(remark.description) }
    for remark in remarks(
      about: files, hasWeights: hasWeights, names, listed: listed, in: outputFolder)
    {
      Console.error(remark.description)
    }
    guard !forBuild else { return }
    if let rows = compilation.checkedRows { Console.error(rows.note.description) }
    for (file, outcome) in zip(files, outcomes) {
      Console.output("\(outcome.rawValue) \(outputFolder.path(of: file.name))")
    }
  }

  /// Why no weights go into the program, for the compiler's errors.
  private func absence(_ names: OutputNames, hasFile: Bool) -> String {
    hasFile
      ? "the packed weights are in the file \(names.weightsFile); open it with PackedWeights(path:) and pass them on"
      : "\(ModelFolder(path: folder).displayName) has no checkpoint; put model.safetensors or pytorch_model.bin there, or "
        + "open packed weights with PackedWeights(path:) and pass them on"
  }

  /// What the user should know about the output folder.
  private func remarks(
    about files: [OutputFile], hasWeights: Bool, _ names: OutputNames,
    listed: [Manifest.File], in outputFolder: OutputFolder
  ) -> [Diagnostic] {
    guard forBuild else {
      return outputFolder.leftovers(beside: files, names, listed: listed, codeOnly: codeOnly)
    }
    if files.contains(where: { $0.name == names.weightsFile }) {
      return [
        Diagnostic(
          .note, path: outputFolder.path(of: names.weightsFile),
          "holds the packed weights; ship it with the program and open it with PackedWeights(path:)"
        )
      ]
    }
    return hasWeights
      ? []
      : [
        Diagnostic(
          .note, path: folder,
          "without a checkpoint, model.safetensors or pytorch_model.bin in this folder, the type has no "
            + "init(); open packed weights with "
            + "PackedWeights(path:) and pass them to init(weights:)")
      ]
  }
}

/// The compiler, with a line for who waits.
package enum ModelFolderCompilation {
  package static func run(
    _ folder: String, codeOnly: Bool, forLibrary: Bool = false
  ) throws(InvalidInput) -> Compilation {
    let name = URL(fileURLWithPath: folder).lastPathComponent
    return try Console.showing("dtgen: compiling \(name)") { progress throws(InvalidInput) in
      try Compiler.compile(
        folder: folder, codeOnly: codeOnly, forLibrary: forLibrary, progress: progress)
    }
  }
}

extension OutputFolder {
  /// `write`, with the error of a command.
  package func receive(_ files: [OutputFile]) throws(InvalidInput) -> [Outcome] {
    do {
      return try write(files)
    } catch {
      throw InvalidInput([error])
    }
  }

  /// Refuses to write over what somebody else wrote: a file that does not begin as generated ones do, whatever a manifest says.
  package func expectGenerated(
    _ files: [OutputFile], _ names: OutputNames
  ) throws(InvalidInput) {
    let foreign = differing(from: files).map(\.name).filter { name in
      name != names.manifest && !holdsGenerated(name)
    }
    guard foreign.isEmpty else {
      throw InvalidInput(
        foreign.map {
          Diagnostic(
            path: path(of: $0),
            "is there and was not written by dtgen; accepted: a generated file, or none of this name"
          )
        })
    }
  }

  /// The manifest that lies there; nil where there is none, or none that can be read.
  package func manifest(_ names: OutputNames) -> Manifest? {
    contents(of: names.manifest).flatMap {
      try? Manifest.read($0, path: path(of: names.manifest))
    }
  }

  /// Whether the manifest that lies there says of the code what `file` says, whatever it says of weights.
  package func manifestAgrees(with file: OutputFile, _ names: OutputNames) -> Bool {
    guard let present = manifest(names) else { return false }
    return present.contents == contents(of: names.manifest)
      && present.ofCode.contents == file.contents
  }

  /// Files of an earlier run that the model no longer produces: compiled beside the new ones they
  /// would declare things twice, or promise weights or functions that are out of date.
  ///
  /// They are those of the manifest that lay there, `listed`, and the names that `generate` gives.
  package func leftovers(
    beside files: [OutputFile], _ names: OutputNames, listed: [Manifest.File], codeOnly: Bool
  ) -> [Diagnostic] {
    let produced = files.map(\.name)
    let known = names.leftovers(beside: produced, codeOnly: codeOnly)
    let others = listed.filter { !codeOnly || $0.content != .weights }.map(\.name).filter {
      !produced.contains($0) && !known.contains($0)
    }
    return (known + others).filter { name in
      // `tiny.h` may be anybody's.
      name == names.header && !listed.contains { $0.name == name }
        ? holdsGenerated(name)
        : FileManager.default.fileExists(atPath: path(of: name))
    }.map { name in
      Diagnostic(
        .warning, path: path(of: name), "is left over from an earlier run; please remove it")
    }
  }
}
