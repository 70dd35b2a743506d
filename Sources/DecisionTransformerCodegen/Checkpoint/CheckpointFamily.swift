/// Implementations that compute another function than Hugging Face's, told apart by their tensors'
/// names.
enum CheckpointFamily {
  case online
  case minimal
  case cleanOffline
  case atari

  /// The family that wrote tensors of these names, without prefixes of wrappers; nil for names that
  /// can be read (`TensorNaming`) and for unknown ones.
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
    } else {
      return nil
    }
  }

  /// The same for names that may carry prefixes of wrappers.
  init?(wrapped names: [String]) {
    let prefix = WrapperPrefix(of: names.filter { $0.contains(".") })
    self.init(names: names.map(prefix.removed))
  }

  /// The family's name.
  var name: String {
    switch self {
    case .online: "the Online Decision Transformer (facebookresearch/online-dt)"
    case .minimal: "min-decision-transformer (nikhilbarhate99/min-decision-transformer)"
    case .cleanOffline: "CORL (Clean Offline Reinforcement Learning)"
    case .atari: "the original Atari implementation (kzl/decision-transformer, atari)"
    }
  }

  /// What it computes or stores differently.
  var difference: String {
    switch self {
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

  /// Why the checkpoint at `path` cannot be read.
  func diagnostic(path: String) -> Diagnostic {
    Diagnostic(path: path, "is a checkpoint of \(name), which is \(difference)")
  }
}
