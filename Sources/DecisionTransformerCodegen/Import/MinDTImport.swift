/// Checkpoints of min-decision-transformer: norms behind attention and MLP, and none behind the last block. The file is a
/// state_dict alone.
///
/// nikhilbarhate99/min-decision-transformer, decision_transformer/model.py, utils.py.
package enum MinDTImport {
  package static func run(_ source: ImportSource, _ facts: inout Facts) -> ImportedTensors {
    var tensors = ImportedTensors(source.tensors)
    let names = ImportedTensors.SizeNames(
      state: "embed_state.weight", action: "embed_action.weight",
      inner: ("transformer.0.mlp.0.weight", axis: 0), timesteps: "embed_timestep.weight",
      norm: { "transformer.\($0).ln1.weight" })
    guard var config = tensors.sizes(names) else {
      facts.reject(
        nil,
        "has no embed_state, embed_action, embed_timestep or transformer.0.mlp.0 of two axes; accepted: the implementation's tensors"
      )
      return tensors
    }
    guard let window = tensors.window(ofMask: "transformer.0.attention.mask", &facts) else {
      return tensors
    }
    config.normPlacement = .after
    // Positions are zero.
    config.positionCount = 1
    HuggingFaceFolder.fix(config, &facts)
    facts.take("window", .integer(window), from: "the file")
    facts.ask("n_head", "heads of attention, --n_heads of train.py (1 there)", example: "1")
    Statistics.ask(
      &facts, note: "std of the data set, which d4rl_infos.py lists by the data set's name")
    facts.ask(
      "return_scale", "what targets and rewards are divided by, --rtg_scale of train.py (1000)",
      example: "1000")
    facts.take("return_rounding", .string("none"), from: "utils.py")
    facts.take("activation_function", .string("gelu"), from: "the implementation")
    facts.take("layer_norm_epsilon", .number(1e-5), from: "the implementation")
    facts.take("action_tanh", .bool(true), from: "the implementation")
    for layer in 0..<config.layerCount { tensors.ignore("transformer.\(layer).attention.mask") }
    for required in RequiredTensor.all(of: config) { take(&tensors, required, config, &facts) }
    tensors.rejectOthers(of: .minDT, &facts)
    return tensors
  }

  private static func take(
    _ tensors: inout ImportedTensors, _ required: RequiredTensor, _ config: ModelConfig,
    _ facts: inout Facts
  ) {
    let shape = required.shape(in: config)
    guard let own = ownNames(of: required.name) else {
      return tensors.addZeros(required.name, shape)
    }
    tensors.take(own, as: required.name, shape: shape, &facts)
  }

  /// What the implementation calls a tensor of Hugging Face's, or its parts, and whether it holds it as nn.Linear where
  /// that holds it as Conv1D; nil for positions, which it has not.
  private static func ownNames(of name: String) -> (names: [String], isLinear: Bool)? {
    let isWeight = name.hasSuffix(".weight")
    let end = isWeight ? "weight" : "bias"
    if let part = BlockTensorName(name) {
      let block = "transformer.\(part.layer)"
      return switch part.rest.dropLast(end.count + 1) {
      case "ln_1": (["\(block).ln1.\(end)"], false)
      case "ln_2": (["\(block).ln2.\(end)"], false)
      case "attn.c_attn":
        (["q_net", "k_net", "v_net"].map { "\(block).attention.\($0).\(end)" }, isWeight)
      case "attn.c_proj": (["\(block).attention.proj_net.\(end)"], isWeight)
      case "mlp.c_fc": (["\(block).mlp.0.\(end)"], isWeight)
      case "mlp.c_proj": (["\(block).mlp.2.\(end)"], isWeight)
      default: nil
      }
    }
    return switch name.dropLast(end.count + 1) {
    case "encoder.wpe": nil
    case "embed_return": (["embed_rtg.\(end)"], false)
    case "predict_return": (["predict_rtg.\(end)"], false)
    default: ([name], false)
    }
  }
}
