/// Whose names a checkpoint's tensors have.
package enum TensorNaming {
  /// Hugging Face's DecisionTransformerModel.
  case huggingFace
  /// The original authors' gym implementation (kzl/decision-transformer): the blocks are in
  /// `transformer` instead of `encoder`, and there are no position embeddings, which is the same as
  /// zeros.
  case originalGym
  /// Hugging Face's DecisionTransformerGPT2Model, saved by itself: `encoder.` is missing.
  case trunkAlone

  /// The naming that `names`, without prefixes of wrappers, follow.
  package init(names: [String], of modelClass: ModelClass) {
    if modelClass == .trunk,
      names.contains("wpe.weight") || names.contains(where: { $0.hasPrefix("h.0.") })
    {
      self = .trunkAlone
      return
    }
    func hasAll(_ signs: [String]) -> Bool {
      signs.allSatisfy { sign in names.contains { $0.hasPrefix(sign) } }
    }
    let isOriginal =
      !names.contains { $0.hasPrefix("encoder.") } && hasAll(Self.signsOfOriginalGym)
    // Its trunk may be in somebody's own model.
    let isOriginalTrunk =
      modelClass == .trunk && hasAll(Self.signsOfOriginalTrunk)
      && !names.contains { $0.hasPrefix("encoder.h.0.") || $0 == "transformer.wpe.weight" }
    self = isOriginal || isOriginalTrunk ? .originalGym : .huggingFace
  }

  /// Hugging Face's model was made from this one: one name more or less is somebody's own.
  private static let signsOfOriginalGym = [
    "transformer.h.0.attn.c_attn.", "transformer.h.0.mlp.c_fc.", "transformer.ln_f.",
    "embed_timestep.", "embed_return.", "embed_state.", "embed_action.", "embed_ln.",
    "predict_action.0.",
  ]

  /// Of its GPT-2, which keeps the token embedding of the one that it was made from and has no position
  /// embeddings.
  private static let signsOfOriginalTrunk =
    signsOfOriginalGym.filter { $0.hasPrefix("transformer.") } + ["transformer.wte.weight"]

  /// What messages call the model.
  package var model: String {
    switch self {
    case .huggingFace: "a Hugging Face DecisionTransformerModel"
    case .originalGym: "the original gym implementation (kzl/decision-transformer)"
    case .trunkAlone: "a Hugging Face DecisionTransformerGPT2Model"
    }
  }

  /// Hugging Face's name of the tensor that this naming calls `name`.
  package func huggingFaceName(_ name: String) -> String {
    switch self {
    case .huggingFace: name
    case .originalGym: Self.replacing("transformer.", by: "encoder.", in: name) ?? name
    case .trunkAlone: "encoder.\(name)"
    }
  }

  /// What this naming calls the tensor or module that Hugging Face calls `name`.
  package func ownName(_ name: String) -> String {
    switch self {
    case .huggingFace: name
    case .originalGym: Self.replacing("encoder.", by: "transformer.", in: name) ?? name
    case .trunkAlone: Self.replacing("encoder.", by: "", in: name) ?? name
    }
  }

  /// The tensors that a file must hold, of those that the model needs.
  package func stored(_ required: [RequiredTensor]) -> [RequiredTensor] {
    switch self {
    case .huggingFace, .trunkAlone: required
    case .originalGym: required.filter { $0.tensor != RequiredTensor.positions }
    }
  }

  private static func replacing(_ start: String, by other: String, in name: String) -> String? {
    name.hasPrefix(start) ? other + name.dropFirst(start.count) : nil
  }
}
