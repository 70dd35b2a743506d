/// Other implementations of the Decision Transformer, told apart by their tensors' names.
enum CheckpointFamily {
  case originalGym
  case online
  case minimal
  case cleanOffline
  case atari

  /// The family that wrote tensors of these names; nil for Hugging Face's and for unknown ones.
  init?(names: [String]) {
    func has(_ prefixes: String...) -> Bool {
      names.contains { name in prefixes.contains(where: name.hasPrefix) }
    }
    if has("encoder.") { return nil }
    if has("embed_rtg.", "predict_rtg.") || names.contains(where: { $0.hasSuffix(".q_net.weight") })
    {
      self = .minimal
    } else if has("timestep_emb.", "state_emb.") {
      self = .cleanOffline
    } else if has("blocks."), has("tok_emb.", "pos_emb", "ret_emb.", "state_encoder.") {
      self = .atari
    } else if has("transformer.h."), has("embed_ordering.", "predict_action.mu.") {
      self = .online
    } else if has("transformer.h."), has("embed_timestep.") {
      self = .originalGym
    } else {
      return nil
    }
  }

  /// The family's name.
  var name: String {
    switch self {
    case .originalGym: "the original gym implementation (kzl/decision-transformer)"
    case .online: "the Online Decision Transformer (facebookresearch/online-dt)"
    case .minimal: "min-decision-transformer (nikhilbarhate99/min-decision-transformer)"
    case .cleanOffline: "CORL (Clean Offline Reinforcement Learning)"
    case .atari: "the original Atari implementation (kzl/decision-transformer, atari)"
    }
  }

  /// What it computes or stores differently.
  var difference: String {
    switch self {
    case .originalGym:
      "the same function under other names: rename transformer.* to encoder.* and add "
        + "encoder.wpe.weight, zeros of shape [n_positions, hidden_size]"
    case .online:
      "another function: a Gaussian action head, and by default no timestep embedding"
    case .minimal:
      "another function: layer norm after each block instead of before, and no final layer norm"
    case .cleanOffline:
      "another layout and other options: linear layers in [out, in] order, gelu, "
        + "episode length plus window timestep rows, actions scaled by max_action"
    case .atari:
      "another model: images in, discrete actions out"
    }
  }
}
