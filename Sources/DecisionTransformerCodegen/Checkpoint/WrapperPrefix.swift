/// What wrappers put before the names of a model's tensors, and whose names then remain.
///
/// Any prefix is taken off under which the file has the model's tensors: whoever keeps the model as
/// `self.model`, `self.dt` or `self.policy.net` gets another one.
package struct WrapperPrefix {
  /// Ends with a dot, or is empty.
  package let text: String
  /// Whose names follow it.
  package let naming: TensorNaming
  /// How many of the tensors that models of every depth have the file has under it; 0 where it is not
  /// even half of them.
  package let matchCount: Int
  /// Whether these are all.
  package let isComplete: Bool

  /// `text`, judged by `names`, which are without wrappers' modules.
  private init(_ text: String, names: [String], config: ModelConfig) {
    self.text = text
    let own = names.filter { $0.hasPrefix(text) }.map { String($0.dropFirst(text.count)) }
    let naming = TensorNaming(names: own, of: config.modelClass)
    self.naming = naming
    var shallow = config
    shallow.layerCount = 1
    let present = Set(own)
    let required = naming.stored(RequiredTensor.all(of: shallow))
    let count = required.count { present.contains(naming.ownName($0.name)) }
    matchCount = 2 * count > required.count ? count : 0
    isComplete = count == required.count
  }

  /// The path of the trunk's module.
  package var trunkPath: String { text + naming.ownName("encoder.") }

  /// `name` without the prefix, if it has it.
  package func removed(from name: String) -> String {
    name.hasPrefix(text) ? String(name.dropFirst(text.count)) : name
  }

  /// What the file calls the tensor that Hugging Face calls `name`, wrappers' modules aside.
  package func fileName(of name: String) -> String { text + naming.ownName(name) }

  /// Whether the prefix is one that wrappers of PyTorch and Hugging Face's own class are known for,
  /// and nothing that a reader should hear of: data-parallel training, a model that holds this one.
  package var isUsual: Bool { Self.isUsual(text) }

  /// The same of any prefix.
  package static func isUsual(_ text: String) -> Bool {
    text.split(separator: ".").allSatisfy { ["module", "decision_transformer"].contains($0) }
  }
}

// MARK: - Choosing

extension WrapperPrefix {
  /// The prefixes that `names` suggest, the best first: the one under which most of the model's
  /// tensors are, and of equal ones the shortest.
  package static func all(for names: [String], config: ModelConfig) -> [WrapperPrefix] {
    var counts = ["": 0]
    let beginnings =
      config.modelClass == .trunk ? modelBeginnings.union(trunkBeginnings) : modelBeginnings
    for name in names {
      var start = name.startIndex
      for module in name.split(separator: ".", omittingEmptySubsequences: false) {
        if beginnings.contains(module) { counts[String(name[..<start]), default: 0] += 1 }
        start = module.endIndex < name.endIndex ? name.index(after: module.endIndex) : name.endIndex
      }
    }
    // A file of a million hostile names must not have a million prefixes to judge.
    let likely = counts.sorted {
      ($1.value, $0.key.count, $0.key) < ($0.value, $1.key.count, $1.key)
    }.prefix(8).map(\.key)
    return (likely.contains("") ? likely : likely + [""])
      .map { WrapperPrefix($0, names: names, config: config) }
      .sorted { ($1.matchCount, $0.text.count, $0.text) < ($0.matchCount, $1.text.count, $1.text) }
  }

  /// What the names of a whole model's tensors begin with.
  private static let modelBeginnings: Set<Substring> = [
    "encoder", "transformer", "embed_timestep", "embed_return", "embed_state", "embed_action",
    "embed_ln", "predict_state", "predict_action", "predict_return",
  ]
  /// What those of a trunk that was saved by itself begin with.
  private static let trunkBeginnings: Set<Substring> = ["wpe", "h", "ln_f"]
}

/// Modules that PyTorch and its trainers put around others, anywhere in a model.
package enum WrapperModule {
  /// torch.compile, fully sharded data parallel (now and before), activation checkpointing,
  /// Lightning Fabric.
  private static let names: Set<Substring> = [
    "_orig_mod", "_fsdp_wrapped_module", "_fpw_module", "_checkpoint_wrapped_module",
    "_forward_module",
  ]

  /// `name` without such modules.
  package static func removed(from name: String) -> String {
    let modules = name.split(separator: ".", omittingEmptySubsequences: false)
    guard modules.contains(where: names.contains) else { return name }
    return modules.filter { !names.contains($0) }.joined(separator: ".")
  }
}
