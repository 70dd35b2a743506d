/// Checkpoints of CORL: Hugging Face's function under other names and in another layout, with actions scaled by
/// `max_action` and fed back like that. Its `config.yaml` lies beside the file.
///
/// corl-team/CORL, algorithms/offline/dt.py.
package enum CORLImport {
  package static func run(
    _ source: ImportSource, _ facts: inout Facts
  ) throws(InvalidInput) -> ImportedTensors {
    var tensors = ImportedTensors(source.tensors)
    var configuration: ConfigurationText?
    if let file = try source.contents(beside: "config.yaml") {
      configuration = try ConfigurationText(file.bytes, path: file.path)
    }
    let names = ImportedTensors.SizeNames(
      state: "state_emb.weight", action: "action_emb.weight",
      inner: ("blocks.0.mlp.0.weight", axis: 0), timesteps: "timestep_emb.weight",
      norm: { "blocks.\($0).norm1.weight" })
    guard var config = tensors.sizes(names) else {
      facts.reject(
        nil,
        "has no state_emb, action_emb, timestep_emb or blocks.0.mlp.0 of two axes; accepted: CORL's tensors"
      )
      return tensors
    }
    guard let window = tensors.window(ofMask: "blocks.0.causal_mask", &facts) else {
      return tensors
    }
    // A row for each step, and a window more.
    let tableLength = config.maximumEpisodeLength
    guard tableLength > window else {
      facts.reject(
        "timestep_emb.weight",
        "has \(tableLength) rows; accepted: more than the window of \(window)")
      return tensors
    }
    config.maximumEpisodeLength -= window
    config.positionCount = HuggingFaceFolder.positionCount
    HuggingFaceFolder.fix(config, &facts)
    facts.take("window", .integer(window), from: "the file")
    facts.take("activation_function", .string("gelu"), from: "the implementation")
    facts.take("layer_norm_epsilon", .number(1e-5), from: "the implementation")
    facts.take("action_tanh", .bool(true), from: "the implementation")
    facts.note(nil, "CORL predicts neither states nor returns: zeros are written for these heads")
    let file = configuration?.path ?? ""
    facts.compare(
      "embedding_dim", configuration?["embedding_dim"], with: config.hiddenSize, in: file)
    facts.compare("num_layers", configuration?["num_layers"], with: config.layerCount, in: file)
    facts.compare("seq_len", configuration?["seq_len"], with: window, in: file)
    facts.compare(
      "episode_len", configuration?["episode_len"], with: config.maximumEpisodeLength, in: file)
    takeConfiguration(configuration, &facts)
    takeStatistics(source, config.stateDimension, &facts)
    take(&tensors, config, window: window, tableLength: tableLength, &facts)
    tensors.rejectOthers(of: .corl, &facts)
    return tensors
  }

  private static func takeConfiguration(_ configuration: ConfigurationText?, _ facts: inout Facts) {
    let file = configuration?.path ?? "config.yaml"
    /// What stands there and is of no use.
    func found(_ key: String) -> String? {
      configuration?[key].map { "\(key) is \($0.excerpt) in \(file)" }
    }
    if let heads = configuration?["num_heads"] {
      facts.take("n_head", heads, from: file)
    } else {
      facts.ask("n_head", "heads of attention, num_heads of config.yaml (1 in dt.py)", example: "1")
    }
    if let scale = configuration?["reward_scale"]?.asDouble, scale > 0, (1 / scale).isFinite {
      facts.take("return_scale", JSONValue(1 / scale), from: "\(file) (1 / reward_scale)")
    } else {
      facts.ask(
        "return_scale",
        "1 / reward_scale of config.yaml (0.001, so 1000; antmaze, adroit and maze2d 1)",
        example: "1000", found: found("reward_scale"))
    }
    if let maximum = configuration?["max_action"]?.asDouble {
      facts.take("action_scale", JSONValue(maximum), from: "\(file) (max_action)")
    } else {
      facts.ask(
        "action_scale", "max_action of config.yaml (1 in dt.py)", example: "1",
        found: found("max_action"))
    }
    if case .array(let targets)? = configuration?["target_returns"], let first = targets.first {
      facts.take("target_return", first, from: "\(file) (the first of target_returns)")
    } else if let text = found("target_returns") {
      facts.note("target_return", "is not set: \(text), and a list of numbers, one a line, is read")
    }
  }

  private static func takeStatistics(
    _ source: ImportSource, _ count: Int, _ facts: inout Facts
  ) {
    var found: [String: String] = [:]
    for key in ["state_mean", "state_std"] {
      guard let object = source.object, let value = object.value(key) else { continue }
      do throws(UnusableNumbers) {
        let numbers = try UnusableNumbers.none(
          in: object.numbers(value), else: object.excerpt(value))
        guard numbers.count == count else {
          throw UnusableNumbers("has \(numbers.count) numbers for the \(count) of a state")
        }
        facts.take(key, JSONValue(numbers), from: "the file")
      } catch {
        found[key] = "\(error.text) in the file"
      }
    }
    Statistics.ask(
      &facts, note: "the file has them unless the state_dict was saved alone", found: found)
  }

  private static func take(
    _ tensors: inout ImportedTensors, _ config: ModelConfig, window: Int, tableLength: Int,
    _ facts: inout Facts
  ) {
    let (hidden, action) = (config.hiddenSize, config.actionDimension)
    let scale = facts.options.last { $0.name == "action_scale" }?.value.asDouble ?? 1
    for layer in 0..<config.layerCount { tensors.ignore("blocks.\(layer).causal_mask") }
    tensors.addZeros("encoder.wte.weight", [1, hidden])
    for required in RequiredTensor.all(layerCount: config.layerCount) {
      let shape = required.shape(in: config)
      guard let (name, isLinear) = ownName(of: required.name) else {
        // Positions, and the heads for states and returns, which CORL has not.
        tensors.addZeros(required.name, shape)
        continue
      }
      switch name {
      case "timestep_emb.weight":
        // The rows behind an episode's last step are never reached.
        tensors.take(name, as: required.name, shape: [tableLength, hidden], &facts) { _, values in
          (shape, Array(values.prefix(shape[0] * shape[1])))
        }
      case "action_emb.weight":
        // It is fed scaled actions; Hugging Face's model its own.
        tensors.take(name, as: required.name, shape: [hidden, action], &facts) { shape, values in
          (shape, values.map { Float(Double($0) * scale) })
        }
      default:
        tensors.take(
          (names: [name], isLinear: isLinear), as: required.name, shape: shape, &facts)
      }
    }
  }

  /// What CORL calls a tensor of Hugging Face's, and whether it holds it as nn.Linear where that holds it as Conv1D.
  private static func ownName(of name: String) -> (String, isLinear: Bool)? {
    let isWeight = name.hasSuffix(".weight")
    let end = isWeight ? "weight" : "bias"
    if let part = BlockTensorName(name) {
      let block = "blocks.\(part.layer)"
      return switch part.rest.dropLast(end.count + 1) {
      case "ln_1": ("\(block).norm1.\(end)", false)
      case "ln_2": ("\(block).norm2.\(end)", false)
      case "attn.c_attn": ("\(block).attention.in_proj_\(end)", isWeight)
      case "attn.c_proj": ("\(block).attention.out_proj.\(end)", isWeight)
      case "mlp.c_fc": ("\(block).mlp.0.\(end)", isWeight)
      case "mlp.c_proj": ("\(block).mlp.2.\(end)", isWeight)
      default: nil
      }
    }
    return switch name.dropLast(end.count + 1) {
    case "encoder.ln_f": ("out_norm.\(end)", false)
    case "embed_ln": ("emb_norm.\(end)", false)
    case "embed_timestep": ("timestep_emb.\(end)", false)
    case "embed_return": ("return_emb.\(end)", false)
    case "embed_state": ("state_emb.\(end)", false)
    case "embed_action": ("action_emb.\(end)", false)
    case "predict_action.0": ("action_head.0.\(end)", false)
    default: nil
    }
  }
}
