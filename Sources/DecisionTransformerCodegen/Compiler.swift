import DecisionTransformer

/// What compiling a model folder yields; nothing is written yet.
public struct Compilation: Sendable {
  public var model: Model
  public var plan: Plan
  /// `<Name>.swift`, and with a checkpoint `<Name>Weights.swift` or `<Name>.weights`; with rounded weights
  /// also `<Name>.manifest.json`, which says what the rounding costs.
  public var files: [OutputFile]
  /// The name of the checkpoint's file, or of its index; nil where no checkpoint was read.
  public var checkpointFile: String?
  /// Of the checkpoint, unless codegen.json says otherwise.
  public var selfTest: RecordedSelfTest?
  /// Warnings and notes.
  public var remarks: [Diagnostic]
}

/// The pipeline: config → plan → source, checkpoint + plan → weights.
public enum Compiler {
  public static let version = "0.1.0"

  /// Packed weights up to this size go into the program unless codegen.json says otherwise.
  public static let largestEmbeddedByteCount = 64 << 20

  /// Compiles a `<Name>.dtmodel` folder. With `codeOnly` the checkpoint is not read.
  ///
  /// - Parameter progress: told the part of the self test's steps that is done.
  public static func compile(
    folder: String, codeOnly: Bool = false, progress: (Double) -> Void = { _ in }
  ) throws(InvalidInput) -> Compilation {
    var (model, remarks) = try ModelFolder(path: folder).readModel()
    let plan = Plan(model)
    var files = [source(plan, model)]
    var selfTest: RecordedSelfTest?
    if !codeOnly,
      let checkpoint = try CheckpointReader.read(
        folder: folder, config: model.config, remarks: &remarks)
    {
      let payload = try Packer.payload(plan, model: model, checkpoint: checkpoint, path: folder)
      selfTest = recordSelfTest(plan, model, checkpoint, payload, progress: progress)
      files.append(weights(model, packedFile(plan, payload, selfTest)))
      if model.options.precision != .float32 {
        let cost = PrecisionCost(
          plan: plan, model: model, checkpoint: checkpoint, payload: payload)
        files.append(
          OutputFile(
            name: OutputNames(model: model.name).manifest,
            contents: Array(cost.manifest(model, version: version).utf8)))
      }
    }
    return Compilation(
      model: model, plan: plan, files: files,
      checkpointFile: codeOnly ? nil : CheckpointReader.fileName(folder: folder),
      selfTest: selfTest, remarks: remarks)
  }

  /// `<Name>.swift`.
  public static func source(_ plan: Plan, _ model: Model) -> OutputFile {
    let text = SwiftRenderer(plan: plan, model: model, version: version).render()
    return OutputFile(name: "\(model.name).swift", contents: Array(text.utf8))
  }

  /// A packed-weights file, header, payload and self test, that `PackedWeights` takes.
  public static func packedWeights(
    _ plan: Plan, _ model: Model, _ checkpoint: Checkpoint, folder: String = ""
  ) throws(InvalidInput) -> [UInt8] {
    let payload = try Packer.payload(plan, model: model, checkpoint: checkpoint, path: folder)
    return packedFile(plan, payload, recordSelfTest(plan, model, checkpoint, payload))
  }

  /// nil where codegen.json says `"self_test": false`.
  private static func recordSelfTest(
    _ plan: Plan, _ model: Model, _ checkpoint: Checkpoint, _ payload: [Float],
    progress: (Double) -> Void = { _ in }
  ) -> RecordedSelfTest? {
    guard model.options.hasSelfTest else { return nil }
    return RecordedSelfTest(
      plan: plan, model: model, checkpoint: checkpoint, payload: payload, progress: progress)
  }

  private static func packedFile(
    _ plan: Plan, _ payload: [Float], _ selfTest: RecordedSelfTest?
  ) -> [UInt8] {
    let section = selfTest?.section ?? []
    return payload.withUnsafeBytes { bytes in
      PackedWeights.header(
        layoutDigest: plan.layoutDigest, byteCount: bytes.count,
        checksum: PackedWeights.checksum(bytes), selfTest: section) + bytes + section
    }
  }

  private static func weights(_ model: Model, _ packed: [UInt8]) -> OutputFile {
    let embeds =
      switch model.options.weightStorage {
      case .embedded: true
      case .file: false
      case .automatic: packed.count <= largestEmbeddedByteCount
      }
    return embeds
      ? OutputFile(
        name: "\(model.name)Weights.swift",
        contents: WeightsRenderer(model: model, version: version).render(packed))
      : OutputFile(name: "\(model.name).weights", contents: packed)
  }
}
