/// A checkpoint's tensors under the names that Hugging Face's model gives them.
struct TensorNames {
  /// As they are in the file.
  let headers: [TensorHeader]
  /// The names of `headers` without the prefix of a wrapper.
  let stripped: [String]
  /// Whose names these are.
  let naming: TensorNaming
  /// The names of `headers` that Hugging Face's model gives them.
  let names: [String]
  /// By Hugging Face's name.
  let tensors: [String: TensorHeader]
  /// What is wrong with the prefixes, if anything is.
  let prefixProblem: String?
  private let config: ModelConfig

  init(_ headers: [TensorHeader], config: ModelConfig) {
    self.headers = headers
    self.config = config
    let used = headers.filter { header in
      ![TensorNaming.huggingFace, .originalGym].contains { naming in
        Self.isIgnored(naming.huggingFaceName(header.name), header, config)
      }
    }
    let prefix = WrapperPrefix(of: used.map(\.name))
    prefixProblem = prefix.problem
    stripped = headers.map { prefix.removed(from: $0.name) }
    let naming = TensorNaming(names: stripped, of: config.modelClass)
    self.naming = naming
    names = stripped.map(naming.huggingFaceName)
    tensors = Dictionary(zip(names, headers)) { first, _ in first }
  }

  /// Whether `tensor`, which Hugging Face calls `name`, is known to have no effect: the token
  /// embedding, the causal masks that old versions saved, cross attention where the config has it.
  func isIgnored(_ name: String, _ tensor: TensorHeader) -> Bool {
    Self.isIgnored(name, tensor, config)
  }

  /// Whether a trunk leaves the tensor, which a whole Decision Transformer has, alone.
  private static func isOutsideTrunk(_ name: String, _ config: ModelConfig) -> Bool {
    config.modelClass == .trunk && !RequiredTensor.isInTrunk(name)
      && RequiredTensor.all(layerCount: 0).contains { $0.name == name }
  }

  private static func isIgnored(
    _ name: String, _ tensor: TensorHeader, _ config: ModelConfig
  ) -> Bool {
    if name == "encoder.wte.weight" || isOutsideTrunk(name, config) { return true }
    guard let part = BlockTensorName(name), part.layer < config.layerCount else { return false }
    if config.hasCrossAttention, part.isCrossAttention { return true }
    switch part.rest {
    case "attn.bias":
      // [1, 1, n_positions, n_positions]; a bias that was learned would have one axis.
      return tensor.shape.count == 4 && tensor.shape.prefix(2) == [1, 1]
        && tensor.shape[2] == tensor.shape[3] && tensor.dataType.canBeMask
    case "attn.masked_bias":
      return tensor.shape.allSatisfy { $0 == 1 } && tensor.dataType.canBeMask
    default:
      return false
    }
  }
}

extension TensorDataType {
  /// Saved masks are bytes or booleans, and numbers of the model's precision.
  fileprivate var canBeMask: Bool {
    self == .uint8 || self == .bool || isReadable
  }
}

/// Lists of names in messages, cut where nobody would read on.
enum NameList {
  static let limit = 8

  static func text(_ names: [String]) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
  }
}
