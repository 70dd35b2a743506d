// A stand-in with the interface of the compiler core: it packs no weights.


/// Everything that one run of the compiler produces.
public struct Compilation: Sendable {
  public var model: Model
  public var plan: Plan
  public var files: [OutputFile]
  /// Warnings and notes; errors are thrown.
  public var remarks: [Diagnostic]
}

/// From a model folder to generated files.
public enum Compiler {
  public static let version = "0.1.0"

  public static func compile(
    folder: String, codeOnly: Bool = false
  ) throws(InvalidInput) -> Compilation {
    let folder = ModelFolder(path: folder)
    var (model, remarks) = try folder.readModel()
    let plan = Plan(model)
    let code = SwiftRenderer(plan: plan, model: model, version: version).render()
    let files = [OutputFile(name: "\(model.name).swift", contents: Array(code.utf8))]
    if !codeOnly {
      _ = try CheckpointReader.read(folder: folder.path, config: model.config, remarks: &remarks)
    }
    return Compilation(model: model, plan: plan, files: files, remarks: remarks)
  }
}
