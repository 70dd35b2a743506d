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

  private let config: ModelConfig
  private let path: String
  private let naming: TensorNaming

  /// Compares `tensors`, in any order, with what `config` requires; `path` names the file in messages.
  public init(tensors: [TensorHeader], config: ModelConfig, path: String) {
    self.config = config
    self.path = path
    let names = TensorNames(tensors, config: config)
    naming = names.naming
    if let family = CheckpointFamily(names: names.stripped) {
      diagnostics = [family.diagnostic(path: path)]
      return
    }
    if let problem = names.prefixProblem { report(nil, problem) }
    if naming == .originalGym {
      report(
        nil,
        "is a checkpoint of \(naming.model): its transformer is read as encoder, its position "
          + "embeddings are zero",
        .note)
      let limit = 3 * GenerationOptions.maximumWindow
      if config.positionCount > limit {
        report(
          RequiredTensor.positions,
          "is not in the file and n_positions in config.json is \(config.positionCount); accepted: at "
            + "most \(limit), the tokens of the longest window")
      }
    }
    let required = naming.stored(RequiredTensor.all(of: config))
    let missing = required.filter { names.tensors[$0.name] == nil }
    reportMissing(missing, of: required)
    for requirement in required {
      if let tensor = names.tensors[requirement.name] { compare(tensor, with: requirement) }
    }
    reportUnexpected(names, required: Set(required.map(\.name)))
    noteConversions(required.compactMap { names.tensors[$0.name] })
  }

  private mutating func report(
    _ key: String?, _ message: String, _ severity: Diagnostic.Severity = .error
  ) {
    diagnostics.append(Diagnostic(severity, path: path, key: key, message))
  }

  /// One error about all of `names`, if there are any.
  private mutating func report(_ names: [String], _ problem: String) {
    guard let first = names.first else { return }
    let others = names.dropFirst()
    let rest = others.isEmpty ? "" : "; the same for \(NameList.text(Array(others)))"
    report(first, problem + rest)
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
        "\(rest.count) of the \(required.count) tensors of \(naming.model) are missing: "
          + NameList.text(rest.map { naming.ownName($0.name) }))
    }
  }

  private mutating func compare(_ tensor: TensorHeader, with requirement: RequiredTensor) {
    let shape = requirement.shape(in: config)
    if tensor.shape != shape {
      report(
        tensor.name,
        "has shape \(tensor.shape); accepted: \(description(of: requirement))"
          + remark(on: tensor.shape, requirement))
    }
    if tensor.dataType.isReadable {
      fileNames[requirement.name] = tensor.name
    } else {
      report(
        tensor.name,
        "has dtype \(tensor.dataType.rawValue); accepted: F32, F16, BF16, F64")
    }
  }

  /// The shape with the keys it comes from.
  private func description(of tensor: RequiredTensor) -> String {
    "\(tensor.shape(in: config)) (\(tensor.axes.map(\.key).joined(separator: ", ")))"
  }

  /// What is known about a wrong shape.
  private func remark(on actual: [Int], _ requirement: RequiredTensor) -> String {
    let expected = requirement.shape(in: config)
    if actual == expected.reversed() { return "; the tensor is transposed" }
    if requirement.axes.first == .timesteps, actual.count == 2, actual[1] == expected[1] {
      return "; the table has one row per timestep, without rows for padding or for the window"
    }
    return ""
  }

  private mutating func noteConversions(_ tensors: [TensorHeader]) {
    let conversions: [(TensorDataType, String)] = [
      (.float64, "rounded to the nearest float32"),
      (.float16, "widened to float32, exactly; the model computes in float32"),
      (.bfloat16, "widened to float32, exactly; the model computes in float32"),
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
    for (name, tensor) in zip(names.names, names.headers) {
      if required.contains(name) || names.isIgnored(name, tensor) { continue }
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
    let problem = "is not a tensor of \(naming.model)"
    if unknown.count <= NameList.limit {
      for name in unknown { report(name, problem) }
    } else {
      report(unknown, problem)
    }
  }
}
