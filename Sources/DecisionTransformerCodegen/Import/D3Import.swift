/// Checkpoints of d3rlpy's DecisionTransformer: with one linear encoder and simple positions Hugging Face's function under
/// other names, with an epsilon of its own and timesteps that start at one. Its DiscreteDecisionTransformer has a table of
/// actions, an activation behind the embeddings and no norm there. A file of `save` holds everything else, too; one of
/// `save_model` the tensors alone.
///
/// takuseno/d3rlpy 2.8, d3rlpy/models/torch/transformers.py, models/builders.py, algos/transformer/base.py.
package enum D3Import {
  /// Of ln_1, ln_2 and ln_f. (`_embed_ln` has PyTorch's 1e-5, as Hugging Face's embed_ln.)
  private static let epsilon = 0.003

  package static func run(_ source: ImportSource, _ facts: inout Facts) -> ImportedTensors {
    var tensors = ImportedTensors(source.tensors)
    guard var encoder = D3Encoder(&tensors, source.configuration, &facts) else { return tensors }
    // Numbers of actions are rows of a table, which has no bias.
    let isDiscrete = !source.names.contains("_action_embed.bias")
    let isGlobal = source.names.contains(globalTimesteps)
    let timesteps = isGlobal ? globalTimesteps : "_position_encoding._embed.weight"
    let names = ImportedTensors.SizeNames(
      state: encoder.firstModule + ".weight", action: "_action_embed.weight",
      actionIsTable: isDiscrete,
      inner: ("_gpt2._transformer.0._mlp._l1.weight", axis: 0), timesteps: timesteps,
      norm: { "_gpt2._transformer.\($0)._layer_norm1.weight" })
    guard var config = tensors.sizes(names), config.maximumEpisodeLength > 2 else {
      facts.reject(
        nil,
        "has no _action_embed, _mlp._l1 or \(timesteps) of two axes; accepted: d3rlpy's tensors")
      return tensors
    }
    guard let window = tensors.window(ofMask: "_gpt2._transformer.0._attention._mask", &facts)
    else {
      return tensors
    }
    // Steps count from one and stay at the last: row 0 is padding's, the one behind the last is never reached.
    let tableLength = config.maximumEpisodeLength
    config.seesPadding = seesPadding(source.configuration, &facts)
    config.maximumEpisodeLength -= config.seesPadding ? 1 : 2
    config.slotCount = isGlobal ? window : nil
    config.stateEncoder = encoder.layers
    if let frames = encoder.frames?.frames {
      (config.frames, config.stateDimension) = (frames, frames.byteCount)
    }
    let actions: ActionKind = isDiscrete ? .discrete : .continuous
    facts.expect("actions", .string(actions.rawValue), as: "the file has them")
    if isDiscrete { D3Choice.take(source.configuration, into: &config, &encoder, &facts) }
    config.positionCount = config.isVariant ? 1 : HuggingFaceFolder.positionCount
    HuggingFaceFolder.fix(config, &facts)
    facts.take("window", .integer(window), from: "the file")
    facts.take("timestep_overflow", .string("clamp"), from: "the library")
    if config.seesPadding { facts.take("first_timestep", .integer(1), from: "the library") }
    facts.take("return_rounding", .string("unscaled"), from: "the library")
    facts.take("layer_norm_epsilon", .number(epsilon), from: "the library")
    facts.take("action_tanh", .bool(!isDiscrete), from: "the library")
    if let configuration = source.configuration {
      D3ConfigurationCheck(configuration, config, window: window).run(&facts)
    }
    D3Facts(
      source.configuration, isDiscrete: isDiscrete, hasFrames: config.frames != nil,
      seesPadding: config.seesPadding
    ).take(&facts)
    if config.frames == nil {
      facts.note(
        nil, "d3rlpy predicts neither states nor returns: zeros are written for these heads")
    }
    for layer in 0..<config.layerCount {
      tensors.ignore("_gpt2._transformer.\(layer)._attention._mask")
    }
    for required in RequiredTensor.all(of: config) {
      let shape = required.shape(in: config)
      switch required.name {
      case "embed_timestep.weight":
        tensors.take(
          timesteps, as: required.name, shape: [tableLength, config.hiddenSize], &facts
        ) {
          let first = config.seesPadding ? 0 : 1
          return (shape, Array($1.dropFirst(first * shape[1]).prefix(shape[0] * shape[1])))
        }
      case "embed_slot.weight":
        // Three times as many rows as are ever read.
        tensors.take(
          "_position_encoding._block_position_embedding._parameter", as: required.name,
          shape: [1, 3 * window, config.hiddenSize], &facts
        ) { (shape, Array($1.prefix(shape[0] * shape[1]))) }
      case "embed_action.weight" where isDiscrete:
        tensors.take(
          (["_action_embed.weight"], isLinear: true), as: required.name, shape: shape, &facts)
      case "embed_action.bias" where isDiscrete, "predict_action.0.bias" where isDiscrete:
        tensors.addZeros(required.name, shape)
      default:
        if let values = encoder.values(of: required.name) {
          tensors.add(required.name, shape, values)
          continue
        }
        guard let own = ownNames(of: required.name) else {
          // Positions, and the heads for states and returns, which d3rlpy has not.
          tensors.addZeros(required.name, shape)
          continue
        }
        tensors.take(own, as: required.name, shape: shape, &facts)
      }
    }
    if !config.isVariant { tensors.addZeros("encoder.wte.weight", [1, config.hiddenSize]) }
    tensors.rejectOthers(of: .d3rlpy, &facts)
    return tensors
  }

  /// As the version that wrote the file did, unless the user says otherwise.
  private static func seesPadding(
    _ configuration: D3Configuration?, _ facts: inout Facts
  ) -> Bool {
    let key = "sees_padding"
    switch facts.givenValue(of: key) {
    case .bool(let sees)?: return sees
    case let value?: facts.reject(key, "found \(value.excerpt); accepted: true or false")
    case nil: break
    }
    return configuration.map { !$0.masksPadding } ?? false
  }

  private static let globalTimesteps = "_position_encoding._global_position_embedding.weight"

  /// What d3rlpy calls a tensor of Hugging Face's, or its parts, and whether it holds it as nn.Linear where that holds it
  /// as Conv1D.
  private static func ownNames(
    of name: String
  ) -> (names: [String], isLinear: Bool)? {
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
    case "embed_action": (["_action_embed.\(end)"], false)
    case "predict_action.0": (["_output.\(end)"], false)
    default: nil
    }
  }
}
