import DecisionTransformer

/// What compiling a model folder yields; nothing is written yet.
public struct Compilation: Sendable {
  public var model: Model
  public var plan: Plan
  /// `<Name>.swift` and `<Name>Kernels.swift`, for C also `<prefix>.h`, with a checkpoint `<Name>Weights.swift` or `<Name>.weights`, and
  /// `.<Name>.manifest.json`.
  public var files: [OutputFile]
  /// What the last of these says.
  public var manifest: Manifest
  /// The name of the checkpoint's file, or of its index; nil where no checkpoint was read.
  public var checkpointFile: String?
  /// Of the checkpoint, unless codegen.json says otherwise.
  public var selfTest: RecordedSelfTest?
  /// Of the folder's own rows; nil where it has none, and where no checkpoint was read.
  public var checkedRows: CheckedRows?
  /// Of rounded weights.
  public var precisionCost: PrecisionCost?
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
  /// - Parameters:
  ///   - forLibrary: for a library for C, whatever codegen.json says about weights, access and C.
  ///   - progress: told the part of the self test's steps that is done.
  public static func compile(
    folder: String, codeOnly: Bool = false, forLibrary: Bool = false,
    progress: (Double) -> Void = { _ in }
  ) throws(InvalidInput) -> Compilation {
    var (model, remarks) = try ModelFolder(path: folder).readModel()
    remarks += ModelFolder(path: folder).nameRemarks(model)
    remarks += ModelFolder(path: folder).statisticsRemarks(model)
    if forLibrary || model.options.hasCInterface, let problem = model.problemInC {
      throw InvalidInput([Diagnostic(path: folder, problem)])
    }
    if forLibrary {
      model.options.hasCInterface = true
      model.options.weightStorage = .file
      model.options.access = .public
    }
    let plan = try plan(model, folder: folder)
    let rows = try ExpectedRowsReader.read(folder: folder, model)
    let code = code(plan)
    var files = code.map(\.file)
    var manifest = Manifest(plan, generator: version)
    manifest.files = code.map { Manifest.File($0.file, $0.content) }
    var selfTest: RecordedSelfTest?
    var checkedRows: CheckedRows?
    var precisionCost: PrecisionCost?
    if !codeOnly,
      let checkpoint = try CheckpointReader.read(
        folder: folder, config: model.config, remarks: &remarks)
    {
      remarks += zeroHeads(of: model, checkpoint, folder: folder)
      if let rows { checkedRows = try ExpectedRowsCheck.run(rows, model, checkpoint) }
      let packed = try pack(
        plan, model, checkpoint, folder: folder, expecting: rows, progress: progress)
      selfTest = packed.selfTest
      files.append(weights(plan, packed.file))
      manifest.addWeights(
        files[files.count - 1], packedByteCount: packed.file.count, checksum: packed.checksum,
        hasSelfTest: selfTest != nil)
      if let warning = selfTest?.warning {
        remarks.append(Diagnostic(.warning, path: folder, warning))
      }
      if selfTest == nil, model.options.hasSelfTest == nil, !model.isTrunk {
        remarks.append(
          Diagnostic(
            .note, path: folder,
            "no self test is recorded for weights of more than \(Plan.largestSelfTestedByteCount >> 20) MB, and for windows whose "
              + "reference takes minutes; \"self_test\": true in codegen.json asks for one"))
      }
      if plan.deployment.isRounded {
        let cost = PrecisionCost(
          plan: plan, model: model, checkpoint: checkpoint,
          payload: payload(of: packed.file, plan),
          recorded: try CalibrationEpisode.recorded(in: folder, model))
        precisionCost = cost
        if let bound = model.options.maximumActionError, cost.largestActionDifference > bound {
          remarks.append(
            Diagnostic(
              .warning, path: ModelFolder(path: folder).path(of: "codegen.json"),
              key: "max_action_error",
              "the checkpoint's actions are moved by \(Float(cost.largestActionDifference)), the bound is \(bound); dtgen calibrate chooses anew"
            ))
        }
        manifest.precisionCost = cost.facts
      }
    }
    if let rows, !codeOnly, checkedRows == nil {
      remarks.append(
        Diagnostic(.note, path: rows.path, "is not checked: the folder has no checkpoint"))
    }
    files.append(
      OutputFile(name: OutputNames(model: model.name).manifest, contents: manifest.contents))
    return Compilation(
      model: model, plan: plan, files: files, manifest: manifest,
      checkpointFile: codeOnly ? nil : CheckpointReader.fileName(folder: folder),
      selfTest: selfTest, checkedRows: checkedRows, precisionCost: precisionCost, remarks: remarks)
  }

  /// The plan of the model in a folder, checked like a compilation's.
  package static func plan(_ model: Model, folder: String) throws(InvalidInput) -> Plan {
    let plan = Plan(model)
    try checkPrecisions(of: plan, model, folder: folder)
    return plan
  }

  /// Stops where codegen.json names matrices that are none, or has a bound of errors that nobody has measured.
  private static func checkPrecisions(
    of plan: Plan, _ model: Model, folder: String
  ) throws(InvalidInput) {
    let path = ModelFolder(path: folder).path(of: "codegen.json")
    var problems: [Diagnostic] = []
    if model.options.maximumActionError != nil, model.options.matrixPrecisions == nil {
      problems.append(
        Diagnostic(
          path: path, key: "matrix_precisions",
          "is missing beside max_action_error; accepted: what dtgen calibrate \(folder) writes there"
        ))
    }
    if let deep = plan.matrices.first(where: {
      $0.format.inputs == .integers
        && $0.arrangement.rowCount - 1 > WeightFormat.mostIntegerProducts
    }) {
      problems.append(
        Diagnostic(
          path: path, key: "precision",
          "\(deep.name) has more than \(WeightFormat.mostIntegerProducts) rows, whose products 32 bits do not hold; accepted: another precision"
        ))
    }
    let names = plan.matrices.map(\.name).joined(separator: ", ")
    problems += plan.unknownMatrices.map { name in
      Diagnostic(
        path: path, key: "matrix_precisions",
        "\"\(name)\" is no matrix of a block; accepted: \(names)")
    }
    guard problems.isEmpty else { throw InvalidInput(problems) }
  }

  /// Warnings of predictions that are asked for and say nothing: what is imported has zeros where the original has no head.
  private static func zeroHeads(
    of model: Model, _ checkpoint: Checkpoint, folder: String
  ) -> [Diagnostic] {
    guard model.config.predictsInputs else { return [] }
    return [ModelOutput.state, .return].filter(model.forwardOutputs.contains).compactMap { output in
      let name = "predict_\(output.rawValue).weight"
      guard checkpoint.values(name).allSatisfy({ $0 == 0 }) else { return nil }
      let file = CheckpointReader.fileName(folder: folder) ?? ""
      return Diagnostic(
        .warning, path: ModelFolder(path: folder).path(of: file), key: name,
        "all values are zero, so every predicted \(output.rawValue) is the same; \"outputs\" in codegen.json asks for it"
      )
    }
  }

  /// What is compiled or included, without weights.
  package static func code(_ plan: Plan) -> [(file: OutputFile, content: Manifest.File.Content)] {
    sources(plan).map { ($0, .code) }
      + (plan.deployment.hasCInterface ? [(header(plan), .header)] : [])
  }

  /// `<Name>.swift`.
  public static func source(_ plan: Plan) -> OutputFile {
    let text = SwiftRenderer(plan: plan, version: version).render()
    return OutputFile(name: "\(plan.deployment.name).swift", contents: Array(text.utf8))
  }

  /// `<Name>.swift` and `<Name>Kernels.swift`, which are compiled together.
  public static func sources(_ plan: Plan) -> [OutputFile] {
    let kernels = KernelFileRenderer(plan: plan, version: version).render()
    return [
      source(plan),
      OutputFile(name: "\(plan.kernelsName).swift", contents: Array(kernels.utf8)),
    ]
  }

  /// `<prefix>.h`, what C sees of the type.
  public static func header(_ plan: Plan) -> OutputFile {
    let text = CHeaderRenderer(plan: plan, version: version).render()
    return OutputFile(name: CName(model: plan.deployment.name).header, contents: Array(text.utf8))
  }

  /// The module that a compiled library's header is imported as.
  public static func moduleOfLibrary(_ model: String) -> String {
    WrapperRenderer.module(of: model)
  }

  /// `<Name>.swift` over a compiled library, or why there is none.
  public static func wrapper(_ plan: Plan) -> Swift.Result<OutputFile, WrapperProblem> {
    if let problem = WrapperRenderer.problem(plan) {
      return .failure(WrapperProblem(reason: problem))
    }
    let text = WrapperRenderer(plan: plan, version: version).render()
    return .success(OutputFile(name: "\(plan.deployment.name).swift", contents: Array(text.utf8)))
  }

  /// A packed-weights file, header, payload and self test, that `PackedWeights` takes.
  public static func packedWeights(
    _ plan: Plan, _ model: Model, _ checkpoint: Checkpoint, folder: String = "",
    expecting rows: ExpectedRows? = nil
  ) throws(InvalidInput) -> [UInt8] {
    try pack(plan, model, checkpoint, folder: folder, expecting: rows).file
  }

  /// The file of `packedWeights`, the self test in it, and the checksum of its payload.
  private static func pack(
    _ plan: Plan, _ model: Model, _ checkpoint: Checkpoint, folder: String,
    expecting rows: ExpectedRows?, progress: (Double) -> Void = { _ in }
  ) throws(InvalidInput) -> (file: [UInt8], selfTest: RecordedSelfTest?, checksum: UInt64) {
    // One array from the start, with room for the self test: a large payload must not be held twice.
    let byteCount = PackedWeights.headerByteCount + plan.weights.byteCount
    var file: [UInt8] = []
    let hasSelfTest = plan.recordsSelfTest
    file.reserveCapacity(byteCount + (hasSelfTest ? 1 << 20 : 0))
    file.append(contentsOf: repeatElement(0, count: byteCount))
    var checksum: UInt64 = 0
    try file.withUnsafeMutableBufferPointer { (bytes) throws(InvalidInput) in
      let payload = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(bytes)[PackedWeights.headerByteCount...])
      try Packer.write(plan, checkpoint: checkpoint, path: folder, to: payload)
      checksum = PackedWeights.checksum(UnsafeRawBufferPointer(payload))
    }
    let selfTest =
      hasSelfTest
      ? RecordedSelfTest(
        plan: plan, model: model, checkpoint: checkpoint, payload: payload(of: file, plan),
        expecting: rows, progress: progress) : nil
    if let problem = selfTest?.problem {
      throw InvalidInput([Diagnostic(path: folder, problem)])
    }
    let section = selfTest?.section ?? []
    let header = PackedWeights.header(
      layoutDigest: plan.layoutDigest, byteCount: plan.weights.byteCount, checksum: checksum,
      selfTest: section)
    file.withUnsafeMutableBytes { $0.copyBytes(from: header) }
    file += section
    return (file, selfTest, checksum)
  }

  /// The words behind the header of a packed-weights file.
  private static func payload(of packed: [UInt8], _ plan: Plan) -> [Float] {
    packed.withUnsafeBytes { bytes in
      (0..<plan.weights.floatCount).map { index in
        bytes.loadUnaligned(
          fromByteOffset: PackedWeights.headerByteCount + index * MemoryLayout<Float>.size,
          as: Float.self)
      }
    }
  }

  /// Whether packed weights of a file of so many bytes go into the program.
  package static func embedsWeights(_ plan: Plan, byteCount: Int) -> Bool {
    switch plan.deployment.weightStorage {
    case .embedded: true
    case .file: false
    case .automatic: byteCount <= largestEmbeddedByteCount
    }
  }

  private static func weights(_ plan: Plan, _ packed: [UInt8]) -> OutputFile {
    embedsWeights(plan, byteCount: packed.count)
      ? OutputFile(
        name: "\(plan.deployment.name)Weights.swift",
        contents: WeightsRenderer(plan: plan, version: version).render(packed))
      : OutputFile(name: "\(plan.deployment.name).weights", contents: packed)
  }
}

extension Plan {
  /// The plan of a model folder.
  public init(_ model: Model) { self.init(model.network, model.deployment) }
}
