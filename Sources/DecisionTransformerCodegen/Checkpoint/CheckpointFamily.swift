/// Implementations that compute another function than Hugging Face's, told apart by their tensors'
/// names.
///
/// A family is recognised by all of its signs together: what is said about it must be true, and one
/// name, such as `embed_rtg`, is anybody's.
package enum CheckpointFamily: CaseIterable {
  case online
  case minimal
  case cleanOffline
  case atari

  /// The family that wrote tensors of these names, which may carry prefixes of wrappers; nil for
  /// names that can be read (`TensorNaming`) and for unknown ones. Other texts do no harm.
  package init?(names: [String]) {
    let all = Set(names)
    for family in Self.allCases {
      let anchor = family.signs[0]
      // A file may hold a model more than once; a hostile one must not cost a search for each name.
      for name in names.lazy.filter({ $0.hasSuffix(anchor) }).prefix(8) {
        let prefix = name.dropLast(anchor.count)
        guard prefix.isEmpty || prefix.hasSuffix("."),
          family.signs.allSatisfy({ all.contains(prefix + $0) }),
          family.includes(names, prefix: prefix)
        else { continue }
        self = family
        return
      }
    }
    return nil
  }

  /// Whether all of `names` that are weights or biases and start with `prefix` belong to modules that
  /// the family has: one more, such as another norm, makes it somebody's own.
  private func includes(_ names: [String], prefix: Substring) -> Bool {
    let known = Set(signs.compactMap { $0.split(separator: ".").first } + optionalModules)
    return names.allSatisfy { name in
      guard name.hasPrefix(prefix), name.hasSuffix(".weight") || name.hasSuffix(".bias") else {
        return true
      }
      return name.dropFirst(prefix.count).split(separator: ".").first.map(known.contains) ?? true
    }
  }

  /// The name.
  package var name: String {
    switch self {
    case .online: "the Online Decision Transformer (facebookresearch/online-dt)"
    case .minimal: "min-decision-transformer (nikhilbarhate99/min-decision-transformer)"
    case .cleanOffline: "CORL (Clean Offline Reinforcement Learning)"
    case .atari: "the original Atari implementation (kzl/decision-transformer, atari)"
    }
  }

  /// What it computes or stores differently.
  package var difference: String {
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
  package func diagnostic(path: String) -> Diagnostic {
    Diagnostic(
      path: path,
      "is a checkpoint of \(name), which is \(difference)"
        + "; dtgen import makes a model folder of it")
  }
}

// MARK: - Signs

extension CheckpointFamily {
  /// Tensors that every checkpoint of the family has; the first is looked for.
  package var signs: [String] {
    switch self {
    case .online:
      [
        "predict_action.mu.weight", "predict_action.log_std.weight", "transformer.h.0.ln_1.weight",
        "transformer.h.0.attn.c_attn.weight", "transformer.ln_f.weight", "embed_timestep.weight",
        "embed_return.weight", "embed_state.weight", "embed_action.weight", "embed_ln.weight",
        "predict_state.weight", "predict_return.weight",
      ]
    case .minimal:
      [
        "transformer.0.attention.q_net.weight", "transformer.0.attention.k_net.weight",
        "transformer.0.attention.v_net.weight", "transformer.0.attention.proj_net.weight",
        "transformer.0.mlp.0.weight", "transformer.0.mlp.2.weight", "transformer.0.ln1.weight",
        "transformer.0.ln2.weight", "embed_timestep.weight", "embed_rtg.weight",
        "embed_state.weight", "embed_action.weight", "embed_ln.weight", "predict_rtg.weight",
        "predict_state.weight", "predict_action.0.weight",
      ]
    case .cleanOffline:
      [
        "timestep_emb.weight", "state_emb.weight", "action_emb.weight", "return_emb.weight",
        "emb_norm.weight", "out_norm.weight", "blocks.0.attention.in_proj_weight",
        "blocks.0.attention.out_proj.weight", "blocks.0.norm1.weight", "blocks.0.norm2.weight",
        "blocks.0.mlp.0.weight", "blocks.0.mlp.2.weight", "action_head.0.weight",
      ]
    case .atari:
      [
        "state_encoder.0.weight", "ret_emb.0.weight", "action_embeddings.0.weight",
        "tok_emb.weight", "pos_emb", "global_pos_emb", "blocks.0.ln1.weight",
        "blocks.0.attn.key.weight", "blocks.0.attn.query.weight", "blocks.0.attn.value.weight",
        "ln_f.weight", "head.weight",
      ]
    }
  }

  /// Modules that some of its checkpoints have besides.
  private var optionalModules: [Substring] {
    switch self {
    case .online: ["embed_ordering"]
    case .minimal, .cleanOffline, .atari: []
    }
  }
}
