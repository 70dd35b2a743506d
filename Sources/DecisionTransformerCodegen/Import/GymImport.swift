/// Checkpoints of the original gym implementation, and of Online DT, which was made from it: Hugging Face's model under
/// other names, without position embeddings.
///
/// kzl/decision-transformer, gym/decision_transformer/models/decision_transformer.py;
/// facebookresearch/online-dt, decision_transformer/models/decision_transformer.py.
package enum GymImport {
  /// Adds all tensors that Hugging Face's model has.
  ///
  /// - Parameters:
  ///   - action: The module of the action head.
  ///   - time: The table of timesteps; nil where none is added.
  package static func take(
    _ tensors: inout ImportedTensors, _ config: ModelConfig, action: String, time: String?,
    _ facts: inout Facts
  ) {
    for layer in 0..<config.layerCount {
      tensors.ignore("transformer.h.\(layer).attn.bias")
      tensors.ignore("transformer.h.\(layer).attn.masked_bias")
    }
    tensors.ignore("transformer.wte.weight")
    tensors.addZeros("encoder.wte.weight", [1, config.hiddenSize])
    for required in RequiredTensor.all(layerCount: config.layerCount) {
      let shape = required.shape(in: config)
      switch required.name {
      case RequiredTensor.positions.description: tensors.addZeros(required.name, shape)
      case "embed_timestep.weight":
        if let time {
          tensors.take(time, as: required.name, shape: shape, &facts)
        } else {
          tensors.addZeros(required.name, shape)
        }
        tensors.ignore(required.name)
      case "predict_action.0.weight":
        tensors.take("\(action).weight", as: required.name, shape: shape, &facts)
      case "predict_action.0.bias":
        tensors.take("\(action).bias", as: required.name, shape: shape, &facts)
      default:
        tensors.take(
          TensorNaming.originalGym.ownName(required.name), as: required.name, shape: shape, &facts)
      }
    }
  }

  /// Whether the model adds timesteps: Online DT without its stochastic head has the same names as the original, and never
  /// reads the table. Its trainer's arguments tell, or its optimiser: no gradient ever reached the table.
  ///
  /// - Returns: nil where the file has neither arguments nor an optimiser that has stepped.
  package static func readsTimesteps(_ object: SavedObject?) -> Bool? {
    guard let object else { return nil }
    if object.value("args", "ordering") != nil, object.value("args", "eval_context_length") != nil {
      return false
    }
    return hasTimestepGradient(object)
  }

  /// Whether the optimiser has met the table.
  package static func hasTimestepGradient(_ object: SavedObject) -> Bool? {
    guard let state = object.value("model_state_dict"),
      let steps = object.value("optimizer_state_dict", "state")
    else { return nil }
    // Parameters are numbered in the state_dict's order; masks are none.
    let names = object.entries(of: state).compactMap { entry in
      if case .text(let name) = entry.key { name } else { nil }
    }.filter { !$0.hasSuffix(".attn.bias") && !$0.hasSuffix(".attn.masked_bias") }
    let numbers = object.entries(of: steps).compactMap { entry in
      if case .integer(let number) = entry.key { number } else { nil }
    }
    guard !numbers.isEmpty, let table = names.firstIndex(of: "embed_timestep.weight") else {
      return nil
    }
    return numbers.contains(table)
  }
}

extension GymImport {
  package static func importKzl(_ source: ImportSource, _ facts: inout Facts) -> ImportedTensors {
    var tensors = ImportedTensors(source.tensors)
    guard let config = config(of: tensors, &facts) else { return tensors }
    facts.ask("n_head", "heads of attention, --n_head of experiment.py (1 there)", example: "1")
    facts.ask(
      "activation_function", "of the MLPs, --activation_function of experiment.py (relu there)",
      example: "relu")
    facts.ask(
      "window", "control steps that are seen, --K of experiment.py (20 there)", example: "20")
    Statistics.ask(&facts, note: "std + 1e-6 of the data set, as experiment.py divides by it")
    facts.ask(
      "return_scale",
      "what targets and rewards are divided by, `scale` in experiment.py (1000; reacher2d 10)",
      example: "1000")
    facts.take("layer_norm_epsilon", .number(1e-5), from: "the implementation")
    facts.take("action_tanh", .bool(true), from: "the implementation")
    take(&tensors, config, action: "predict_action.0", time: "embed_timestep.weight", &facts)
    tensors.rejectOthers(of: .kzlGym, &facts)
    return tensors
  }

  package static func importOnline(_ source: ImportSource, _ facts: inout Facts) -> ImportedTensors
  {
    var tensors = ImportedTensors(source.tensors)
    guard let config = config(of: tensors, &facts) else { return tensors }
    let isStochastic = source.names.contains("predict_action.mu.weight")
    /// What stands there and is of no use.
    func found(_ name: String) -> String? {
      source.object.flatMap { object in
        object.value("args", name).map { "args.\(name) is \(object.excerpt($0)) in the file" }
      }
    }
    /// What the trainer was told, if the file has it; else it is asked for.
    func argument(
      _ name: String, as key: String, _ meaning: String, example: String, _ facts: inout Facts
    ) {
      if let value = source.object?.scalar(source.object?.value("args", name)) {
        facts.take(key, value, from: "args.\(name) in the file")
      } else {
        facts.ask(key, meaning, example: example, found: found(name))
      }
    }
    argument(
      "n_head", as: "n_head", "heads of attention, --n_head of main.py (4 there)", example: "4",
      &facts)
    argument(
      "activation_function", as: "activation_function", "of the MLPs (relu in main.py)",
      example: "relu", &facts)
    argument(
      "eval_context_length", as: "window",
      "control steps that are seen, --eval_context_length of main.py (5 there)", example: "5",
      &facts)
    if let target = source.object?.scalar(source.object?.value("args", "eval_rtg")) {
      facts.take("target_return", target, from: "args.eval_rtg in the file")
    } else if let text = found("eval_rtg") {
      facts.note("target_return", "is not set: \(text), which is no number")
    }
    Statistics.ask(
      &facts, note: "std + 1e-6 of the data set, which main.py computes and does not save")
    facts.ask(
      "return_scale",
      "1 / reward_scale of main.py, chosen by the environment's name: 1000, antmaze 1",
      example: "1000")
    for (key, bound, example) in [
      ("action_minimum", "low.min() + 1e-6", "-0.999999"),
      ("action_maximum", "high.max() - 1e-6", "0.999999"),
    ] {
      facts.ask(
        key, "actions are held to it, \(bound) of the environment's action_space", example: example)
    }
    // The held action is executed, and goes into the history.
    facts.take("action_history", .string("clamped"), from: "evaluation.py")
    facts.take("return_rounding", .string("first"), from: "evaluation.py")
    facts.take("layer_norm_epsilon", .number(1e-5), from: "the implementation")
    if isStochastic {
      facts.take("action_tanh", .bool(true), from: "the implementation")
      tensors.ignore("predict_action.log_std.weight")
      tensors.ignore("predict_action.log_std.bias")
      facts.note(nil, "its head is Gaussian: the action is its mean, as in evaluation.py")
    } else {
      facts.take(
        "action_tanh", .bool(true), from: "the implementation, which action_tanh=False changes")
      if facts.givenValue(of: "action_tanh") == nil {
        facts.note(
          "action_tanh",
          "true is assumed, the implementation's default; --set action_tanh=false where it was not")
      }
    }
    let hasOrdering = source.names.contains("embed_ordering.weight")
    if !hasOrdering {
      facts.take("timestep_overflow", .string("clamp"), from: "the model, which knows no timestep")
      facts.note("embed_timestep.weight", "is in the file and never read: zeros are written")
    }
    take(
      &tensors, config, action: isStochastic ? "predict_action.mu" : "predict_action.0",
      time: hasOrdering ? "embed_ordering.weight" : nil, &facts)
    tensors.rejectOthers(of: .onlineDT, &facts)
    return tensors
  }

  private static func config(of tensors: ImportedTensors, _ facts: inout Facts) -> ModelConfig? {
    let names = ImportedTensors.SizeNames(
      state: "embed_state.weight", action: "embed_action.weight",
      inner: ("transformer.h.0.mlp.c_fc.weight", axis: 1), timesteps: "embed_timestep.weight",
      norm: { "transformer.h.\($0).ln_1.weight" })
    guard var config = tensors.sizes(names) else {
      facts.reject(
        nil,
        "has no embed_state, embed_action, embed_timestep or transformer.h.0.mlp.c_fc of two axes; accepted: the implementation's tensors"
      )
      return nil
    }
    config.positionCount = HuggingFaceFolder.positionCount
    HuggingFaceFolder.fix(config, &facts)
    return config
  }
}
