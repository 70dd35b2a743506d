/// Checkpoints of d3rlpy's DecisionTransformer: Hugging Face's function under other names, with an epsilon of its own and
/// timesteps that start at one. A file of `save` holds everything else, too; one of `save_model` the tensors alone.
///
/// takuseno/d3rlpy 2.8, d3rlpy/models/torch/transformers.py, models/builders.py, algos/transformer/base.py.
package enum D3Import {
  /// Of ln_1, ln_2 and ln_f. (`_embed_ln` has PyTorch's 1e-5, as Hugging Face's embed_ln.)
  private static let epsilon = 0.003

  package static func run(_ source: ImportSource, _ facts: inout Facts) -> ImportedTensors {
    var tensors = ImportedTensors(source.tensors)
    guard isRead(source, &facts) else { return tensors }
    let names = ImportedTensors.SizeNames(
      state: "_encoder._layers.0.weight", action: "_action_embed.weight",
      inner: ("_gpt2._transformer.0._mlp._l1.weight", axis: 0),
      timesteps: "_position_encoding._embed.weight",
      norm: { "_gpt2._transformer.\($0)._layer_norm1.weight" })
    guard var config = tensors.sizes(names), config.maximumEpisodeLength > 2 else {
      facts.reject(
        nil,
        "has no _encoder._layers.0, _action_embed, _mlp._l1 or _position_encoding._embed of two axes; accepted: d3rlpy's tensors"
      )
      return tensors
    }
    // A row of the mask for each token.
    guard let mask = tensors.shape(of: "_gpt2._transformer.0._attention._mask"), mask.count == 4,
      mask[2] > 0, mask[2] % 3 == 0
    else {
      facts.reject(
        "_gpt2._transformer.0._attention._mask",
        "is missing or has another shape; accepted: three rows for each step")
      return tensors
    }
    // Steps count from one and stay at the last: row 0 is padding's, the one behind the last is never reached.
    let tableLength = config.maximumEpisodeLength
    config.maximumEpisodeLength -= 2
    config.positionCount = HuggingFaceFolder.positionCount
    HuggingFaceFolder.fix(config, &facts)
    facts.take("window", .integer(mask[2] / 3), from: "the file")
    facts.take("timestep_overflow", .string("clamp"), from: "the library")
    facts.take("return_rounding", .string("unscaled"), from: "the library")
    facts.take("layer_norm_epsilon", .number(epsilon), from: "the library")
    facts.take("action_tanh", .bool(true), from: "the library")
    D3Facts(source.configuration).take(&facts)
    facts.note(nil, "d3rlpy predicts neither states nor returns: zeros are written for these heads")
    take(&tensors, config, tableLength: tableLength, &facts)
    tensors.rejectOthers(of: .d3rlpy, &facts)
    return tensors
  }

  /// Whether the model is one of those that are read; says what is not.
  private static func isRead(_ source: ImportSource, _ facts: inout Facts) -> Bool {
    let names = source.names
    let count = facts.problems.count
    if !names.contains("_embed_ln.weight") {
      facts.reject(
        nil,
        "is a DiscreteDecisionTransformer of d3rlpy, which is not read; accepted: continuous actions"
      )
    }
    if names.contains("_position_encoding._global_position_embedding.weight") {
      facts.reject(
        "position_encoding_type",
        "found \"global\", whose tokens change with every step; accepted: \"simple\"")
    }
    let encoder = names.filter { $0.hasPrefix("_encoder.") }
    if encoder != ["_encoder._layers.0.weight", "_encoder._layers.0.bias"] {
      facts.reject(
        "encoder_factory",
        "has \(NameList.text(encoder.sorted())); accepted: one linear layer, VectorEncoderFactory([hidden size], exclude_last_activation=True)"
      )
    }
    return facts.problems.count == count
  }

  private static func take(
    _ tensors: inout ImportedTensors, _ config: ModelConfig, tableLength: Int, _ facts: inout Facts
  ) {
    let hidden = config.hiddenSize
    for layer in 0..<config.layerCount {
      tensors.ignore("_gpt2._transformer.\(layer)._attention._mask")
    }
    tensors.addZeros("encoder.wte.weight", [1, hidden])
    for required in RequiredTensor.all(layerCount: config.layerCount) {
      let shape = required.shape(in: config)
      guard let own = ownNames(of: required.name) else {
        // Positions, and the heads for states and returns, which d3rlpy has not.
        tensors.addZeros(required.name, shape)
        continue
      }
      if required.name == "embed_timestep.weight" {
        tensors.take(own.names, as: required.name, shape: [tableLength, hidden], &facts) {
          (shape, Array($1.dropFirst(hidden).prefix(shape[0] * hidden)))
        }
      } else {
        tensors.take(own, as: required.name, shape: shape, &facts)
      }
    }
  }

  /// What d3rlpy calls a tensor of Hugging Face's, or its parts, and whether it holds it as nn.Linear where that holds it
  /// as Conv1D.
  private static func ownNames(of name: String) -> (names: [String], isLinear: Bool)? {
    let isWeight = name.hasSuffix(".weight")
    let end = isWeight ? "weight" : "bias"
    if let part = BlockTensorName(name) {
      let block = "_gpt2._transformer.\(part.layer)"
      return switch part.rest.dropLast(end.count + 1) {
      case "ln_1": (["\(block)._layer_norm1.\(end)"], false)
      case "ln_2": (["\(block)._layer_norm2.\(end)"], false)
      case "attn.c_attn": (["_q", "_k", "_v"].map { "\(block)._attention.\($0).\(end)" }, isWeight)
      case "attn.c_proj": (["\(block)._attention._proj.\(end)"], isWeight)
      case "mlp.c_fc": (["\(block)._mlp._l1.\(end)"], isWeight)
      case "mlp.c_proj": (["\(block)._mlp._l2.\(end)"], isWeight)
      default: nil
      }
    }
    return switch name.dropLast(end.count + 1) {
    case "encoder.ln_f": (["_gpt2._layer_norm.\(end)"], false)
    case "embed_ln": (["_embed_ln.\(end)"], false)
    case "embed_timestep": (["_position_encoding._embed.\(end)"], false)
    case "embed_return": (["_rtg_embed.\(end)"], false)
    case "embed_state": (["_encoder._layers.0.\(end)"], false)
    case "embed_action": (["_action_embed.\(end)"], false)
    case "predict_action.0": (["_output.\(end)"], false)
    default: nil
    }
  }
}
