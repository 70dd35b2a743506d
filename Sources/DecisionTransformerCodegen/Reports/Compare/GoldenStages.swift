/// The stages of an episode, as a golden file has them, computed by one interpreter.
package struct GoldenStages {
  /// One tensor, or one slice of it along its first dimension.
  package struct Stage {
    /// As a person knows it: `embedding`, `block h.0`, `last_hidden_state`.
    package var name: String
    package var tensor: String
    /// Which slice; nil for the whole tensor.
    package var slice: Int?
    /// Of the whole tensor.
    package var shape: [Int]
    package var values: [Double]
  }

  package private(set) var stages: [Stage] = []

  /// Of the checkpoint as it is.
  package init(_ golden: GoldenFile, reference model: Model, _ checkpoint: Checkpoint) {
    var controller = ReferenceController(model: model, checkpoint: checkpoint)
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
    add(golden, model, actions, returnsToGo)
    if let window { add(window, model.config) }
  }

  /// Of the packed weights, with exact arithmetic: actions as the model's plan has them; the last window as `forward`
  /// has it, which every model can be made to have but those whose positions move.
  package init(
    _ golden: GoldenFile, packed model: Model, _ checkpoint: Checkpoint, path: String
  ) throws(InvalidInput) {
    var single = model
    single.options.batch = 1
    let plan = Plan(single)
    func weights(_ plan: Plan) throws(InvalidInput) -> MachineWeights<Double> {
      MachineWeights(
        plan, payload: try Packer.payload(plan, checkpoint: checkpoint, path: path))
    }
    var machine = ControlMachine(plan, try weights(plan))
    machine.reset(targetReturn: Float(golden.targetReturn))
    // What `forward` is given.
    var history = ReferenceController(model: single, checkpoint: checkpoint)
    history.reset(targetReturn: golden.targetReturn)
    var (actions, returnsToGo): ([[Double]], [Double]) = ([], [])
    for step in 0..<golden.stepCount {
      if let retarget = golden.retarget, retarget.step == step {
        machine.retarget(Float(retarget.targetReturn))
        history.retarget(retarget.targetReturn)
      }
      let (state, reward) = (golden.states[step], step == 0 ? 0 : golden.rewards[step - 1])
      history.pass(state: state, reward: reward)
      actions.append(machine.act(state: state, reward: reward).action)
      returnsToGo.append(Double(machine.returnToGo()))
      guard step + 1 < golden.stepCount else { break }
      if let executed = golden.executed {
        history.execute(executed[step])
        machine.prepare(executed: executed[step].map { Float($0) })
      } else {
        history.take(actions[step])
      }
    }
    add(golden, single, actions, returnsToGo)
    guard plan.network.allowsForward else { return }
    single.options.outputs = ModelOutput.allCases
    let forwardPlan = Plan(single)
    var forward = ControlMachine(forwardPlan, try weights(forwardPlan))
    let window = history.window
    let outputs = forward.forward(
      states: window.states, actions: window.actions, returnsToGo: window.returnsToGo,
      timesteps: window.timesteps)
    add(ReferenceInterpreter.ForwardResult(outputs, model.config), model.config)
  }

  private mutating func add(
    _ golden: GoldenFile, _ model: Model, _ actions: [[Double]], _ returnsToGo: [Double]
  ) {
    add("returns_to_go", "returns_to_go", [golden.stepCount], returnsToGo)
    let shape = [golden.stepCount, actions[0].count]
    add("actions", "actions", shape, Array(actions.joined()))
    if let action = model.network.controlSteps?.action, action.choice == nil {
      add(
        "environment_actions", "environment_actions", shape,
        Array(actions.map { action.returned($0) }.joined()))
    }
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

extension ReferenceInterpreter.ForwardResult {
  /// The outputs of a machine's `forward`, all of them.
  fileprivate init(_ outputs: [ModelOutput: [Double]], _ config: ModelConfig) {
    func rows<Value>(_ values: [Value], of count: Int) -> [[Value]] {
      stride(from: 0, to: values.count, by: count).map { Array(values[$0..<$0 + count]) }
    }
    let returns = outputs[.return]!
    let tokens = 3 * returns.count
    self.init(
      hiddenStates: rows(rows(outputs[.hiddenStates]!, of: config.hiddenSize), of: tokens),
      attentions: rows(
        rows(rows(outputs[.attentions]!, of: tokens), of: tokens), of: config.headCount),
      actionPredictions: rows(outputs[.action]!, of: config.actionDimension),
      statePredictions: rows(outputs[.state]!, of: config.stateDimension),
      returnPredictions: returns)
  }
}
