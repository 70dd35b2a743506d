/// Checkpoints of the authors' Atari implementation: stacks of four frames, one of several actions, positions of tokens that
/// are counted from the window's first one, and the current step for all of them. The file is a state_dict alone.
///
/// kzl/decision-transformer, atari/mingpt/model_atari.py, trainer_atari.py.
package enum AtariImport {
  /// The implementation's convolutions, by their modules; their sizes are the tensors', too.
  private static let convolutions = [
    (module: "state_encoder.0", filters: 32, size: 8, stride: 4),
    (module: "state_encoder.2", filters: 64, size: 4, stride: 2),
    (module: "state_encoder.4", filters: 64, size: 3, stride: 1),
  ]
  private static let (timesteps, positions, mask) = (
    "global_pos_emb", "pos_emb", "blocks.0.attn.mask"
  )

  package static func run(_ source: ImportSource, _ facts: inout Facts) -> ImportedTensors {
    var tensors = ImportedTensors(source.tensors)
    let frames = Frames(
      count: 4, rows: 84, columns: 84,
      convolutions: convolutions.map {
        Frames.Convolution(
          filters: $0.filters, size: $0.size, stride: $0.stride, activation: .relu)
      })
    let names = ImportedTensors.SizeNames(
      state: "state_encoder.7.weight", action: "action_embeddings.0.weight", actionIsTable: true,
      inner: ("blocks.0.mlp.0.weight", axis: 0), timesteps: "tok_emb.weight",
      norm: { "blocks.\($0).ln1.weight" })
    guard var config = tensors.sizes(names), let times = tensors.shape(of: timesteps),
      times.count == 3, let slots = tensors.shape(of: positions), slots.count == 3
    else {
      facts.reject(
        nil,
        "has no state_encoder.7, action_embeddings.0, blocks.0.mlp.0, tok_emb of two axes, or no \(timesteps) or \(positions) of three; "
          + "accepted: the implementation's tensors")
      return tensors
    }
    let convolved = convolutions.map { tensors.shape(of: "\($0.module).weight") ?? [] }
    guard config.stateDimension == frames.featureCount,
      convolved.map(\.first) == convolutions.map(\.filters)
    else {
      facts.reject(
        "state_encoder",
        "its convolutions are \(convolved), and \(config.stateDimension) numbers are behind them; accepted: the implementation's, "
          + "\(frames.convolutionText), of \(frames.text); others go into a model folder by hand")
      return tensors
    }
    guard slots[1] > 3, (slots[1] - 1) % 3 == 0 else {
      facts.reject(
        positions,
        "has \(slots[1]) rows; accepted: three for each step of the window, and one more, whatever the kind of model"
      )
      return tensors
    }
    let window = (slots[1] - 1) / 3
    (config.frames, config.stateDimension) = (frames, frames.byteCount)
    config.stateEncoder = [ControlSteps.EncoderLayer(size: config.hiddenSize, activation: .tanh)]
    (config.embeddingActivation, config.hasEmbeddingNorm) = (.tanh, false)
    (config.maximumEpisodeLength, config.positionCount) = (times[1], 1)
    config.hasReturnTokens = hasReturns(&facts)
    (config.slots, config.slotCount) = (.tokens, config.tokens.count * window)
    HuggingFaceFolder.fix(config, &facts)
    take(window, hasReturns: config.hasReturnTokens, &facts)
    if !config.hasReturnTokens {
      for name in ["ret_emb.0.weight", "ret_emb.0.bias"] { tensors.ignore(name) }
    }
    tensors.ignore("tok_emb.weight")
    for layer in 0..<config.layerCount { tensors.ignore("blocks.\(layer).attn.mask") }
    for required in RequiredTensor.all(of: config) {
      take(&tensors, required, config, rows: slots[1], &facts)
    }
    tensors.rejectOthers(of: .kzlAtari, &facts)
    return tensors
  }

  /// Whether a step has a return token: both kinds of model have its embedding.
  private static func hasReturns(_ facts: inout Facts) -> Bool {
    let key = "return_tokens"
    let value = facts.givenValue(of: key)
    if case .bool(let hasReturns)? = value { return hasReturns }
    facts.reject(
      key,
      (value.map { "found \($0.excerpt)" } ?? "is in no file")
        + ": true of a model that was trained with --model_type reward_conditioned, false of naive; say it with --set \(key)=true"
    )
    return true
  }

  private static func take(_ window: Int, hasReturns: Bool, _ facts: inout Facts) {
    facts.ask("n_head", "n_head of run_dt_atari.py (8 there)", example: "8")
    facts.take("window", .integer(window), from: "the file")
    facts.take("actions", .string("discrete"), from: "the implementation")
    facts.note(
      "actions",
      "the implementation draws from softmax(logits); here act(_:reward:) takes the largest, and act(_:reward:uniform:) draws"
    )
    facts.take("timestep_overflow", .string("clamp"), from: "trainer_atari.py")
    if hasReturns { facts.take("return_rounding", .string("integer"), from: "trainer_atari.py") }
    facts.take("activation_function", .string("gelu"), from: "the implementation")
    facts.take("layer_norm_epsilon", .number(1e-5), from: "the implementation")
    facts.take("action_tanh", .bool(false), from: "the implementation")
  }

  /// - Parameter rows: Of the positions, more than are ever read.
  private static func take(
    _ tensors: inout ImportedTensors, _ required: RequiredTensor, _ config: ModelConfig, rows: Int,
    _ facts: inout Facts
  ) {
    let (name, shape) = (required.name, required.shape(in: config))
    switch name {
    case "embed_timestep.weight":
      tensors.take(timesteps, as: name, shape: [1] + shape, &facts) { (shape, $1) }
    case "embed_slot.weight":
      tensors.take(positions, as: name, shape: [1, rows, config.hiddenSize], &facts) {
        (shape, Array($1.prefix(shape[0] * shape[1])))
      }
    case "embed_action.weight":
      tensors.take((["action_embeddings.0.weight"], isLinear: true), as: name, shape: shape, &facts)
    case "embed_action.bias", "predict_action.0.bias": tensors.addZeros(name, shape)
    default:
      guard let own = ownNames(of: name) else { return tensors.addZeros(name, shape) }
      tensors.take(own, as: name, shape: shape, &facts)
    }
  }

  /// What the implementation calls a tensor of a model folder, or its parts, and whether it holds it as nn.Linear where that
  /// holds it as Conv1D.
  private static func ownNames(of name: String) -> (names: [String], isLinear: Bool)? {
    let isWeight = name.hasSuffix(".weight")
    let end = isWeight ? "weight" : "bias"
    if let part = BlockTensorName(name) {
      let block = "blocks.\(part.layer)"
      return switch part.rest.dropLast(end.count + 1) {
      case "ln_1": (["\(block).ln1.\(end)"], false)
      case "ln_2": (["\(block).ln2.\(end)"], false)
      case "attn.c_attn":
        (["query", "key", "value"].map { "\(block).attn.\($0).\(end)" }, isWeight)
      case "attn.c_proj": (["\(block).attn.proj.\(end)"], isWeight)
      case "mlp.c_fc": (["\(block).mlp.0.\(end)"], isWeight)
      case "mlp.c_proj": (["\(block).mlp.2.\(end)"], isWeight)
      default: nil
      }
    }
    if let layer = ImportedTensors.layer(of: name, behind: "embed_frames.") {
      return (["\(convolutions[layer].module).\(end)"], false)
    }
    return switch name.dropLast(end.count + 1) {
    case "encoder.ln_f": (["ln_f.\(end)"], false)
    case "embed_return": (["ret_emb.0.\(end)"], false)
    case "embed_state.0": (["state_encoder.7.\(end)"], false)
    case "predict_action.0": (["head.\(end)"], false)
    default: nil
    }
  }
}
