/// A checkpoint's tensors under the names that Hugging Face's model gives them.
struct TensorNames {
  /// The prefixes that wrappers put before every name: `decision_transformer.` of a model that
  /// holds this one, `module.` of data-parallel training, `_orig_mod.` of torch.compile.
  static let acceptedPrefixes = ["decision_transformer.", "module.", "_orig_mod."]

  /// As they are in the file.
  let headers: [TensorHeader]
  /// The names of `headers` without the prefix of a wrapper.
  private(set) var stripped: [String]
  /// By stripped name.
  private(set) var tensors: [String: TensorHeader]
  /// What is wrong with the prefixes, if anything is.
  private(set) var prefixProblem: String?
  private let config: ModelConfig

  init(_ headers: [TensorHeader], config: ModelConfig) {
    self.headers = headers
    self.config = config
    stripped = headers.map(\.name)
    tensors = [:]
    strip()
    tensors = Dictionary(zip(stripped, headers)) { first, _ in first }
  }

  /// Whether `tensor`, called `name` after stripping, is known to have no effect: the token
  /// embedding, the causal masks that old versions saved, cross attention where the config has it.
  func isIgnored(_ name: String, _ tensor: TensorHeader) -> Bool {
    if name == "encoder.wte.weight" { return true }
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

  /// Removes the prefix that all tensors carry, if it is made of accepted ones.
  private mutating func strip() {
    let used = zip(stripped, headers).filter { !isIgnored($0, $1) }.map(\.0)
    let counts = Dictionary(used.map { (Self.acceptedPrefix(of: $0), 1) }, uniquingKeysWith: +)
    // The order of a dictionary must not decide between two that are equally frequent.
    let usual = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    guard !usual.isEmpty else {
      noticeUnknownPrefix()
      return
    }
    if counts.count > 1 {
      let others = used.filter { Self.acceptedPrefix(of: $0) != usual }
      prefixProblem =
        "the prefix \"\(usual)\" must stand before all tensors' names or before none; "
        + "not before \(NameList.text(others))"
    }
    remove(usual)
  }

  /// The accepted prefixes, stacked in any order, that `name` starts with.
  private static func acceptedPrefix(of name: String) -> Substring {
    var rest = name[...]
    while let prefix = acceptedPrefixes.first(where: rest.hasPrefix) {
      rest = rest.dropFirst(prefix.count)
    }
    return name[..<rest.startIndex]
  }

  private mutating func remove(_ prefix: Substring) {
    stripped = stripped.map { String($0.dropFirst($0.hasPrefix(prefix) ? prefix.count : 0)) }
  }

  /// A prefix nobody told us about explains all the missing tensors at once.
  private mutating func noticeUnknownPrefix() {
    let anchor = ".encoder.wpe.weight"
    guard let name = stripped.first(where: { $0.hasSuffix(anchor) }) else { return }
    let prefix = name.dropLast(anchor.count - 1)
    prefixProblem =
      "the tensors' names start with \"\(prefix)\"; accepted: "
      + Self.acceptedPrefixes.joined(separator: ", ")
    remove(prefix)
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
