/// The stages of an episode, as a golden file has them, computed by one interpreter.
struct GoldenStages {
  /// One tensor, or one slice of it along its first dimension.
  struct Stage {
    /// As a person knows it: `embedding`, `block h.0`, `last_hidden_state`.
    var name: String
    var tensor: String
    /// Which slice; nil for the whole tensor.
    var slice: Int?
    /// Of the whole tensor.
    var shape: [Int]
    var values: [Double]
  }

  private(set) var stages: [Stage] = []

  init(_ golden: GoldenFile, model: Model, interpreter: ReferenceInterpreter) {
    var controller = ReferenceController(model: model, interpreter: interpreter)
    controller.reset(targetReturn: golden.targetReturn)
    var (actions, returnsToGo): ([[Double]], [Double]) = ([], [])
    var window: ReferenceInterpreter.ForwardResult?
    for step in 0..<golden.stepCount {
      if let retarget = golden.retarget, retarget.step == step {
        controller.retarget(retarget.targetReturn)
      }
      let reward = step == 0 ? 0 : golden.rewards[step - 1]
      if step + 1 < golden.stepCount {
        actions.append(controller.act(state: golden.states[step], reward: reward))
      } else {
        let result = controller.step(
          state: golden.states[step], reward: reward, outputsAttentions: true)
        actions.append(result.actionPredictions.last!)
        window = result
      }
      returnsToGo.append(Double(controller.returnToGo!))
      if let executed = golden.executed { controller.execute(executed[step]) }
    }
    add("returns_to_go", "returns_to_go", [golden.stepCount], returnsToGo)
    add("actions", "actions", [golden.stepCount, actions[0].count], Array(actions.joined()))
    if let window { add(window, model.config) }
  }

  private mutating func add(
    _ window: ReferenceInterpreter.ForwardResult, _ config: ModelConfig
  ) {
    let (layers, steps) = (config.layerCount, window.actionPredictions.count)
    for (index, rows) in window.hiddenStates.enumerated() {
      let name =
        index == 0 ? "embedding" : index == layers ? "last_hidden_state" : "block h.\(index - 1)"
      add(
        name, "stage.hidden_states", slice: index,
        [layers + 1, 3 * steps, config.hiddenSize], Array(rows.joined()))
    }
    for (layer, heads) in window.attentions.enumerated() {
      add(
        "attention h.\(layer)", "stage.attentions", slice: layer,
        [layers, config.headCount, 3 * steps, 3 * steps], Array(heads.joined().joined()))
    }
    add(
      "action_preds", "stage.action_preds", [steps, config.actionDimension],
      Array(window.actionPredictions.joined()))
    add(
      "state_preds", "stage.state_preds", [steps, config.stateDimension],
      Array(window.statePredictions.joined()))
    add("return_preds", "stage.return_preds", [steps], window.returnPredictions)
  }

  private mutating func add(
    _ name: String, _ tensor: String, slice: Int? = nil, _ shape: [Int], _ values: [Double]
  ) {
    stages.append(
      Stage(name: name, tensor: tensor, slice: slice, shape: shape, values: values))
  }
}
