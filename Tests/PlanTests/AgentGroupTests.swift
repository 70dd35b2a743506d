import DecisionTransformerCodegen
import Programs
import Testing

/// Agents of a batch, group by group.
@Suite("Groups of agents")
struct AgentGroupTests {
  @Test(
    "are equally large, as few as there can be, and of the size that was measured for the published shape"
  )
  func sizes() {
    var config = ModelConfig()
    (config.stateDimension, config.actionDimension) = (11, 3)
    func groups(_ batch: Int) -> AgentGroups {
      var options = GenerationOptions()
      options.batch = batch
      return Plan(RandomModel.model(config, options)).shape.agentGroups
    }
    #expect(groups(256).size == 4 && groups(256).count == 64)
    for batch in 1...40 {
      let found = groups(batch)
      #expect(
        found.count == (batch + 3) / 4 && found.size == (batch + found.count - 1) / found.count)
    }
    for seed in RandomModel.seeds {
      var model = RandomModel.model(seed: seed)
      model.options.outputs = [.action]
      model.config.allowAgents()
      model.options.batch = 1 + Int(seed * 7 % 256)
      let found = Plan(model).shape.agentGroups
      #expect(found.size <= 16 && found.size * found.count >= model.options.batch)
      #expect(found.size * (found.count - 1) < model.options.batch, "seed \(seed)")
    }
  }

  @Test("use in turn only what carries nothing from one phase to the next")
  func phases() throws {
    var changed = 0
    for seed in UInt64(0)..<120 {
      var model = SmallModel.model(seed: seed)
      model.options.outputs = [.action]
      model.config.allowAgents()
      model.options.batch = 1 + Int(seed % 3)
      let plan = Plan(model)
      let checkpoint = RandomModel.checkpoint(of: model, seed: seed)
      let payload = try Packer.payload(plan, checkpoint: checkpoint, path: "")
      var undisturbed = ControlMachine(plan, MachineWeights<Float>(plan, payload: payload))
      var script = Script(model, seed: seed)
      undisturbed.reset(targetReturn: script.target)
      var disturbed = undisturbed
      /// What other agents left there; zeros, which padding is, stay.
      func disturb() {
        for buffer in plan.memory.buffers where buffer.name.isOfOnePhase {
          for place in buffer.offset..<buffer.offset + buffer.floatCount {
            let number = disturbed.machine.numbers[place]
            changed += number == 0 ? 0 : 1
            disturbed.machine.numbers[place] = -3.5 * number
          }
        }
      }
      for step in 0..<2 * model.window + 4 {
        let states = (0..<model.options.batch).map { _ in script.state() }
        let rewards = states.map { _ in script.reward() }
        let isTold = step > 0 && script.chance(2)
        if step > 0 {
          disturb()
          let executed = states.map { _ in script.action() }
          undisturbed.prepare(executed: executed, rewards: isTold ? rewards : nil)
          disturbed.prepare(executed: executed, rewards: isTold ? rewards : nil)
        }
        disturb()
        let expected = undisturbed.act(states: states, rewards: isTold ? nil : rewards)
        let found = disturbed.act(states: states, rewards: isTold ? nil : rewards)
        #expect(found == expected, "step \(step), seed \(seed), \(plan.forms)")
      }
    }
    #expect(changed > 100_000)
  }
}
