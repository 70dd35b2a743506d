/// A checkpoint's tensors under the names that Hugging Face's model gives them.
package struct TensorNames {
  /// As they are in the file.
  package let headers: [TensorHeader]
  /// Whose names these are.
  package let naming: TensorNaming
  /// The names of `headers` that Hugging Face's model gives them.
  package let names: [String]
  /// By Hugging Face's name.
  package let tensors: [String: TensorHeader]
  /// Another project whose checkpoint this is.
  package let family: CheckpointFamily?
  /// What the file has more than once, if it holds the model under two prefixes: its name for one
  /// tensor in each.
  package let copies: [String]
  /// Names in the file that should have the prefix and have not. (Around a trunk there may be anything.)
  package let outside: Set<String>
  /// The paths of modules that may be the trunk, of a trunk's file: the best first.
  package let trunkPaths: [String]
  /// What is wrong with the prefixes, if anything is.
  package private(set) var prefixProblems: [String] = []
  /// The prefix that was taken off, if it is nobody's in particular.
  package let unusualPrefix: String?
  private let config: ModelConfig
  /// The names of `headers` without wrappers' modules.
  private let unwrapped: [String]

  package init(_ headers: [TensorHeader], config: ModelConfig) {
    self.headers = headers
    self.config = config
    let unwrapped = headers.map { WrapperModule.removed(from: $0.name) }
    self.unwrapped = unwrapped
    let prefixes = WrapperPrefix.all(for: unwrapped, config: config)
    let prefix = prefixes[0]
    let naming = prefix.naming
    self.naming = naming
    family = prefix.isComplete ? nil : CheckpointFamily(names: unwrapped)
    // In a trunk "encoder." may be a prefix or part of the names: the tensors are the same.
    let isTrunk = config.modelClass == .trunk
    var trunkPaths: [String] = []
    for candidate in prefixes
    where isTrunk && candidate.matchCount > 0 && !trunkPaths.contains(candidate.trunkPath) {
      trunkPaths.append(candidate.trunkPath)
    }
    self.trunkPaths = trunkPaths
    let last = RequiredTensor.all(of: config).last?.name ?? ""
    let complete = prefixes.filter(\.isComplete).map { $0.fileName(of: last) }
    copies = Set(complete).count > 1 ? Set(complete).sorted() : []
    unusualPrefix = prefix.isUsual ? nil : prefix.text
    names = unwrapped.map { naming.huggingFaceName(prefix.removed(from: $0)) }
    let named = zip(zip(names, headers), unwrapped).filter { pair in
      !isTrunk || pair.1.hasPrefix(prefix.trunkPath)
    }
    tensors = Dictionary(named.map(\.0)) { first, _ in first }

    var others: [String] = []
    for (header, (unwrapped, name)) in zip(headers, zip(unwrapped, names)) {
      if !unwrapped.hasPrefix(isTrunk ? prefix.trunkPath : prefix.text) {
        if !isTrunk, !Self.isIgnoredUnderAnyNaming(header, config) { others.append(header.name) }
      } else if let first = tensors[name], first.name != header.name {
        prefixProblems.append(
          "\(first.name) and \(header.name) are the same tensor inside and outside of a wrapper; "
            + "accepted: one of them")
      }
    }
    outside = Set(others)
    if !others.isEmpty {
      prefixProblems.append(
        "the prefix \"\(prefix.text)\" must stand before all tensors' names or before none; "
          + "not before \(NameList.text(others))")
    }
  }

  private static func isIgnoredUnderAnyNaming(_ header: TensorHeader, _ config: ModelConfig) -> Bool
  {
    [TensorNaming.huggingFace, .originalGym].contains { naming in
      isIgnored(naming.huggingFaceName(header.name), header, config)
    }
  }

  /// Whether `tensor`, which Hugging Face calls `name`, is known to have no effect: the token
  /// embedding, the causal masks that old versions saved, cross attention where the config has it.
  package func isIgnored(_ name: String, _ tensor: TensorHeader) -> Bool {
    Self.isIgnored(name, tensor, config)
  }

  /// Whether Hugging Face's model has the tensor and never reads it: masks, tokens of words, cross-attention.
  package static func isIgnored(
    _ name: String, _ tensor: TensorHeader, _ config: ModelConfig
  ) -> Bool {
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
}

// MARK: - Around a trunk

extension TensorNames {
  /// Where a tensor is, seen from the trunk.
  package enum TrunkPlace {
    /// In one of the modules that the trunk consists of.
    case inside
    /// In the trunk's own module, where it has nothing of this name.
    case beside
    case outside
  }

  /// The place of the tensor `headers[index]` of a trunk's file.
  package func trunkPlace(of index: Int) -> TrunkPlace {
    let (name, path) = (unwrapped[index], trunkPaths.first ?? "")
    guard name.hasPrefix(path) else { return .outside }
    let module = name.dropFirst(path.count).split(separator: ".").first ?? ""
    if ["h", "wpe", "wte", "ln_f"].contains(module) { return .inside }
    // What only a wrapper surrounds is a model with everything in one module.
    return WrapperPrefix.isUsual(path) ? .outside : .beside
  }

  /// Whether a whole Decision Transformer has a tensor `name` around its trunk.
  package static func isKnownAroundTrunk(_ name: String) -> Bool {
    RequiredTensor.all(layerCount: 0).contains { !$0.isInTrunk && $0.name == name }
  }
}

extension TensorDataType {
  /// Saved masks are bytes or booleans, and numbers of the model's precision.
  fileprivate var canBeMask: Bool {
    self == .uint8 || self == .bool || isReadable
  }
}

/// Lists of names in messages, cut where nobody would read on.
package enum NameList {
  package static let limit = 8

  package static func text(_ names: [String]) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
  }
}
