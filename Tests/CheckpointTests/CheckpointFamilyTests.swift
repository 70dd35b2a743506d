import DecisionTransformerCodegen
import Testing

/// Other projects' checkpoints are named, and nobody else's are taken for them.
@Suite struct CheckpointFamilyTests {
  /// What each project's model saves, one layer of it, read off its source.
  private static let families: [(message: String, names: [String])] = [
    (
      "the Online Decision Transformer (facebookresearch/online-dt), which is another function: a "
        + "Gaussian action head, and by default no timestep embedding; dtgen import makes a model "
        + "folder of it",
      weightsAndBiases(
        "transformer.h.0.ln_1", "transformer.h.0.attn.c_attn", "transformer.h.0.attn.c_proj",
        "transformer.h.0.ln_2", "transformer.h.0.mlp.c_fc", "transformer.h.0.mlp.c_proj",
        "transformer.ln_f", "embed_return", "embed_state", "embed_action", "embed_ln",
        "predict_state", "predict_return", "predict_action.mu", "predict_action.log_std")
        + ["transformer.wte.weight", "transformer.h.0.attn.bias", "embed_timestep.weight"]
    ),
    (
      "min-decision-transformer (nikhilbarhate99/min-decision-transformer), which is another "
        + "function: layer norm after each block instead of before, and no final layer norm; dtgen "
        + "import makes a model folder of it",
      weightsAndBiases(
        "transformer.0.attention.q_net", "transformer.0.attention.k_net",
        "transformer.0.attention.v_net", "transformer.0.attention.proj_net", "transformer.0.mlp.0",
        "transformer.0.mlp.2", "transformer.0.ln1", "transformer.0.ln2", "embed_ln", "embed_rtg",
        "embed_state", "embed_action", "predict_rtg", "predict_state", "predict_action.0")
        + ["transformer.0.attention.mask", "embed_timestep.weight"]
    ),
    (
      "CORL (Clean Offline Reinforcement Learning), which is another layout and other options: "
        + "linear layers in [out, in] order, gelu, episode length plus window timestep rows, "
        + "actions scaled by max_action; dtgen import makes a model folder of it",
      weightsAndBiases(
        "emb_norm", "out_norm", "state_emb", "action_emb", "return_emb", "blocks.0.norm1",
        "blocks.0.norm2", "blocks.0.attention.out_proj", "blocks.0.mlp.0", "blocks.0.mlp.2",
        "action_head.0")
        + [
          "timestep_emb.weight", "blocks.0.causal_mask", "blocks.0.attention.in_proj_weight",
          "blocks.0.attention.in_proj_bias",
        ]
    ),
    (
      "the original Atari implementation (kzl/decision-transformer, atari), which is another model: "
        + "images in, discrete actions out; dtgen import makes a model folder of it",
      weightsAndBiases(
        "blocks.0.ln1", "blocks.0.ln2", "blocks.0.attn.key", "blocks.0.attn.query",
        "blocks.0.attn.value", "blocks.0.attn.proj", "blocks.0.mlp.0", "blocks.0.mlp.2", "ln_f",
        "state_encoder.0", "state_encoder.2", "state_encoder.4", "state_encoder.7", "ret_emb.0")
        + [
          "pos_emb", "global_pos_emb", "tok_emb.weight", "blocks.0.attn.mask", "head.weight",
          "action_embeddings.0.weight",
        ]
    ),
  ]

  private static func weightsAndBiases(_ modules: String...) -> [String] {
    modules.flatMap { ["\($0).weight", "\($0).bias"] }
  }

  private func lines(_ names: [String]) -> [String] {
    TinyModel.lines(names.map { TensorHeader($0, .float32, [1]) })
  }

  private func isNamed(_ lines: [String]) -> Bool {
    lines.contains { $0.contains("is a checkpoint of") }
  }

  @Test(arguments: families.indices)
  func eachIsRecognised(index: Int) {
    let (message, names) = Self.families[index]
    for prefix in ["", "module.", "_orig_mod.", "policy.net."] {
      #expect(lines(names.map { prefix + $0 }) == ["F: is a checkpoint of \(message)"])
      // One such tensor too many does not make Hugging Face's checkpoint another's.
      let both = TinyModel.tensors + names.map { TensorHeader(prefix + $0, .float32, [1]) }
      #expect(!isNamed(TinyModel.lines(both)))
    }
  }

  /// What is said of a family would be false of a model that has a module less or more.
  @Test(arguments: families.indices)
  func oneSignLessOrOneModuleMoreIsAnotherModel(index: Int) {
    let names = Self.families[index].names
    for part in ["attn.c_attn", "q_net", "ln1", "norm1", "emb", "predict_", "action_head"] {
      let fewer = names.filter { !$0.contains(part) }
      #expect(fewer.count == names.count || !isNamed(lines(fewer)), "\(part)")
    }
    #expect(!isNamed(lines(names + ["final_norm.weight"])))
    #expect(!isNamed(lines(names.map { "a." + $0 } + ["a.encoder.h.0.ln_1.bias"])))
  }

  @Test func oneNameIsNoFamily() {
    for names in Self.families.map(\.names) {
      for name in names { #expect(!isNamed(lines([name])), "\(name)") }
    }
    // Somebody's own model, with layer norm before each block.
    let own = [
      "blocks.0.attn.qkv.weight", "blocks.0.ffn.0.weight", "blocks.0.ln1.weight",
      "embed_rtg.weight", "embed_state.weight", "embed_timestep.weight", "ln_f.weight",
      "predict_action.weight",
    ]
    #expect(!isNamed(lines(own)))
    #expect(lines(own).first?.hasPrefix("F: 40 of the 42 tensors of a Hugging Face") == true)
  }

  /// Online DT's file keeps more than a model, and NumPy's state among it.
  @Test func aFamilyIsNamedEvenWhereItsFileHoldsMore() throws {
    let (message, names) = Self.families[0]
    func body(_ writer: inout PickleWriter) {
      writer.text("model_state_dict")
      writer.raw("}(")
      for name in names {
        writer.text(name)
        writer.tensor("0", count: 1, shape: [1])
      }
      writer.raw("u")
    }
    let whole = PickleWriter.dictionary(body)
    let damaged = PickleWriter.dictionary { writer in
      body(&writer)
      writer.text("np")
      writer.global("numpy.core.multiarray", "_reconstruct")
    }
    for object in [whole, damaged] {
      for bytes in [
        PyTorchWriter.legacy(object, [("0", [0, 0, 0, 0])]),
        PyTorchWriter.zip(object, [("0", [0, 0, 0, 0])]),
      ] {
        #expect(
          throws: InvalidInput([Diagnostic(path: "F", "is a checkpoint of \(message)")])
        ) { try PyTorchFile(bytes: bytes, path: "F") }
      }
    }
  }
}
