import DecisionTransformerCodegen
import RecordedEpisodes
import Testing

/// Plans on the machine against Hugging Face in float64, with numbers that nobody has rounded.
@Suite("The machine equals Hugging Face's float64 answers")
struct MachineTests {
  @Test("over a whole episode, token by token", arguments: RecordedEpisode.goldenNames)
  func episode(name: String) throws {
    let golden = try RecordedEpisode(golden: name)
    var machine = ControlMachine(golden.plan, golden.unrounded(golden.plan))
    machine.reset(targetReturn: Float(golden.targetReturn))
    for step in golden.states.indices {
      if let retarget = golden.retarget, retarget.step == step {
        machine.retarget(Float(retarget.targetReturn))
      }
      let action = machine.act(
        state: golden.states[step], reward: step == 0 ? 0 : golden.rewards[step - 1]
      ).action
      #expect(machine.returnToGo() == golden.returnsToGo[step], "step \(step)")
      #expect(largestDifference([action], [golden.actions[step]]) <= 1e-9, "step \(step)")
      if let executed = golden.executed {
        machine.prepare(executed: executed[step].map { Float($0) })
      }
    }
  }

  @Test(
    "of forward, whatever the mask",
    arguments: ["ForwardFourHeads", "ForwardHiddenStates", "ForwardOneHead", "ForwardWindowOfOne"])
  func forward(name: String) throws {
    let golden = try RecordedEpisode(golden: name)
    let (config, plan) = (golden.model.config, golden.plan)
    var machine = ControlMachine(plan, golden.unrounded(plan))
    func rows(_ numbers: [Float], _ count: Int) -> [[Double]] {
      RecordedEpisode.rows(numbers.map(Double.init), of: count)
    }
    let windows = ForwardWindow.all(of: golden)
    #expect(!windows.isEmpty)
    for window in windows {
      let found = machine.forward(
        states: rows(window.states, config.stateDimension),
        actions: rows(window.actions, config.actionDimension),
        returnsToGo: window.returnsToGo.map(Double.init), timesteps: window.timesteps,
        attentionMask: window.attentionMask.map { $0 == 1 })
      for output in plan.network.outputs {
        let name = output.rawValue + (window.answers[output.rawValue] == nil ? "_preds" : "")
        #expect(largestDifference([found[output]!], [window.expected(name)]) <= 1e-9, "\(name)")
      }
    }
  }

  @Test("of a trunk, with and without cache", arguments: RecordedTrunk.names)
  func trunk(name: String) throws {
    let golden = try RecordedTrunk(name)
    let plan = Plan(golden.model)
    for (scenario, calls) in golden.scenarios {
      var machine = TrunkMachine(
        plan, MachineWeights<Double>(plan, RecipeEvaluator(golden.checkpoint, rounds: false)))
      for call in calls {
        machine.crop(to: call.past)
        let rows = machine.forward(
          inputsEmbeds: call.inputsEmbeds.map { $0.map(Double.init) }, positionIDs: call.positions,
          attentionMask: call.mask, usesCache: call.usesCache)
        #expect(largestDifference(rows, call.lastHiddenState) <= 1e-9, "\(scenario)")
      }
    }
  }
}

extension RecordedEpisode {
  fileprivate var plan: Plan { Plan(model) }

  fileprivate func unrounded(_ plan: Plan) -> MachineWeights<Double> {
    MachineWeights(plan, RecipeEvaluator(checkpoint, rounds: false))
  }
}
