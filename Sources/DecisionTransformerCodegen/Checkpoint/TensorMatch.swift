/// A checkpoint's tensors compared with those that a config asks for, by name, shape and type only.
public struct TensorMatch: Sendable {
  /// For each required tensor that the file holds and that can be read, its name in the file.
  /// Complete, and every shape as required, unless there are errors; only the original gym
  /// implementation's files have no position embeddings (`isWithoutPositions`).
  public private(set) var fileNames: [String: String] = [:]
  /// Every error, warning and note, in the order of the model.
  public private(set) var diagnostics: [Diagnostic] = []

  /// Whether the model has no position embeddings, which is the same as zeros.
  public var isWithoutPositions: Bool { naming == .originalGym }

  /// With the checkpoint's sizes where it contradicts config.json.
  package let config: ModelConfig
  private let path: String
  private let naming: TensorNaming

  /// Compares `tensors`, in any order, with what `config` requires; `path` names the file in messages.
  public init(tensors: [TensorHeader], config: ModelConfig, path: String) {
    self.path = path
    let names = TensorNames(tensors, config: config)
    naming = names.naming
    let required = naming.stored(RequiredTensor.all(of: config))
    let pairs = required.compactMap { requirement in
      names.tensors[requirement.name].map { (requirement: requirement, tensor: $0) }
    }
    let sizes = CheckpointSizes(pairs, config: config)
    self.config = sizes.config
    if let family = names.family {
      diagnostics = [family.diagnostic(path: path)]
      return
    }
    if names.trunkPaths.count > 1 {
      let found = NameList.text(names.trunkPaths.sorted().map { "\($0)h" })
      report(nil, "holds more than one trunk, with the blocks \(found); accepted: one")
      return
    }
    if let first = names.copies.first {
      let others = NameList.text(Array(names.copies.dropFirst()))
      report(nil, "holds the model more than once, with \(first) and \(others); accepted: once")
      return
    }
    if let problem = loneTrunk(tensors, names, required) {
      report(nil, problem)
      return
    }
    for problem in names.prefixProblems { report(nil, problem) }
    if let prefix = names.unusualPrefix {
      report(nil, "the prefix \"\(prefix)\" is taken off the tensors' names", .note)
    }
    if naming == .originalGym { reportOriginalGym(config) }
    for contradiction in sizes.contradictions { report(contradiction) }
    reportMissing(required.filter { names.tensors[$0.name] == nil }, of: required)
    compare(pairs)
    reportUnexpected(names, required: Set(required.map(\.name)))
    if config.modelClass == .trunk { reportAroundTrunk(names) }
    noteConversions(pairs.map(\.tensor))
  }

  package mutating func report(
    _ key: String?, _ message: String, _ severity: Diagnostic.Severity = .error
  ) {
    diagnostics.append(Diagnostic(severity, path: path, key: key, message))
  }

  /// One error about all of `names`, if there are any.
  package mutating func report(
    _ names: [String], _ problem: String, _ severity: Diagnostic.Severity = .error
  ) {
    guard let first = names.first else { return }
    let others = names.dropFirst()
    let rest = others.isEmpty ? "" : "; the same for \(NameList.text(Array(others)))"
    report(first, problem + rest, severity)
  }

  /// What messages call the model.
  private var modelText: String {
    config.modelClass == .trunk && naming == .huggingFace
      ? TensorNaming.trunkAlone.model : naming.model
  }
}

// MARK: - The model as a whole

extension TensorMatch {
  private mutating func reportOriginalGym(_ config: ModelConfig) {
    let what =
      config.modelClass == .trunk
      ? "has the trunk of \(naming.model): its position embeddings are zero"
      : "is a checkpoint of \(naming.model): its transformer is read as encoder, its position "
        + "embeddings are zero; Online DT without its stochastic head writes the same names and adds no "
        + "timesteps: where this is such a file, set embed_timestep.weight to zero first"
    report(nil, what, .note)
    let limit = 3 * GenerationOptions.maximumWindow
    if config.positionCount > limit {
      report(
        RequiredTensor.positions.description,
        "is not in the file and n_positions in config.json is \(config.positionCount); accepted: at "
          + "most \(limit), the tokens of the longest window")
    }
  }

  private mutating func report(_ contradiction: CheckpointSizes.Contradiction) {
    let (axis, tensor) = (contradiction.axis, contradiction.tensor)
    report(
      tensor.name,
      "has shape \(tensor.shape); \(axis.key) in config.json is \(contradiction.given), the "
        + "checkpoint's is \(contradiction.actual)"
        + (axis == .timesteps
          ? "; the table has one row per timestep, without rows for padding or for the window" : "")
    )
  }
}

// MARK: - Required tensors

extension TensorMatch {
  private mutating func reportMissing(_ missing: [RequiredTensor], of required: [RequiredTensor]) {
    var rest = missing
    // Layers missing at the end are one fact: the config asks for too many.
    let absent = Set(missing.map(\.name))
    let present = required.filter { !absent.contains($0.name) }
    let layerCount = 1 + (present.compactMap { BlockTensorName($0.name)?.layer }.max() ?? -1)
    if layerCount > 0, layerCount < config.layerCount {
      rest.removeAll { BlockTensorName($0.name).map { $0.layer >= layerCount } ?? false }
      report(
        naming.ownName("encoder.h.\(layerCount)"),
        "is missing; n_layer in config.json is \(config.layerCount), the checkpoint has "
          + "\(layerCount) layer\(layerCount == 1 ? "" : "s")")
    }
    if rest.count <= NameList.limit {
      for tensor in rest {
        report(
          naming.ownName(tensor.name), "is missing; accepted: \(description(of: tensor))")
      }
    } else {
      report(
        nil,
        "\(rest.count) of the \(required.count) tensors of \(modelText) are missing: "
          + NameList.text(rest.map { naming.ownName($0.name) }))
    }
  }

  private mutating func compare(_ pairs: [(requirement: RequiredTensor, tensor: TensorHeader)]) {
    /// What is wrong, each with the tensors that have it in common: layers are wrong together.
    var problems: [(message: String, names: [String])] = []
    func note(_ name: String, _ message: String) {
      if let index = problems.firstIndex(where: { $0.message == message }) {
        problems[index].names.append(name)
      } else {
        problems.append((message, [name]))
      }
    }
    for (requirement, tensor) in pairs {
      let shape = requirement.shape(in: config)
      if tensor.shape != shape {
        note(
          tensor.name,
          "has shape \(tensor.shape); accepted: \(description(of: requirement))"
            + (tensor.shape == shape.reversed() ? "; the tensor is transposed" : ""))
      }
      if tensor.dataType.isReadable {
        fileNames[requirement.name] = tensor.name
      } else {
        note(
          tensor.name,
          "has dtype \(tensor.dataType.rawValue); accepted: F32, F16, BF16, F64")
      }
    }
    for (message, names) in problems { report(names, message) }
  }

  /// The shape with the keys it comes from.
  private func description(of tensor: RequiredTensor) -> String {
    "\(tensor.shape(in: config)) (\(tensor.axes.map(\.key).joined(separator: ", ")))"
  }

  private mutating func noteConversions(_ tensors: [TensorHeader]) {
    let conversions: [(TensorDataType, String)] = [
      (.float64, "rounded to the nearest float32"),
      (.float16, "widened to float32, exactly"),
      (.bfloat16, "widened to float32, exactly"),
    ]
    for (dataType, conversion) in conversions {
      let count = tensors.count { $0.dataType == dataType }
      guard count > 0 else { continue }
      report(
        nil,
        "\(count) of \(tensors.count) tensors are \(dataType.rawValue): values are \(conversion)",
        .note)
    }
  }
}

// MARK: - Other tensors

extension TensorMatch {
  private mutating func reportUnexpected(_ names: TensorNames, required: Set<String>) {
    var learned: [String] = []
    var cross: [String] = []
    var unknown: [String] = []
    var layers: Set<Int> = []
    for (index, (name, tensor)) in zip(names.names, names.headers).enumerated() {
      if config.modelClass == .trunk, names.trunkPlace(of: index) != .inside { continue }
      if required.contains(name) || names.isIgnored(name, tensor)
        || names.outside.contains(tensor.name)
      {
        continue
      }
      let part = BlockTensorName(name)
      if let part, part.layer >= config.layerCount {
        layers.insert(part.layer)
      } else if let part, part.rest.hasPrefix("mlp.act.") {
        learned.append(tensor.name)
      } else if let part, part.isCrossAttention {
        cross.append(tensor.name)
      } else {
        unknown.append(tensor.name)
      }
    }
    if let last = layers.max() {
      report(
        naming.ownName("encoder.h.\(layers.min() ?? last)"),
        "is not used, because n_layer in config.json is \(config.layerCount), which is too small; "
          + "the checkpoint has layers up to \(naming.ownName("encoder.h.\(last)"))")
    }
    report(
      learned,
      "belongs to an activation with learned parameters (such as prelu); accepted: "
        + Activation.acceptedNames.joined(separator: ", "))
    report(cross, "belongs to cross attention, but add_cross_attention in config.json is false")
    let problem = "is not a tensor of \(modelText)"
    if unknown.count <= NameList.limit {
      for name in unknown { report(name, problem) }
    } else {
      report(unknown, problem)
    }
  }
}
