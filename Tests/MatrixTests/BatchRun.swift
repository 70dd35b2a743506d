import DecisionTransformer
import RecordedEpisodes

/// A script in a generated type's own vectors, and the actions of its latest run.
struct BatchRun<Controller: BatchController & ~Copyable> {
  private struct Step {
    var script: BatchScript.Step
    var states: Controller.States
    var spoiledStates: Controller.States?
    var rewardsBefore: Controller.Rewards?
    var rewardsAfter: Controller.Rewards
    var executed: Controller.Actions?
  }

  private let steps: [Step]
  private(set) var actions: [Controller.Actions]
  /// Calls with a spoiled state that were not refused as they should be.
  private(set) var wrongAnswers = 0

  init(_ script: BatchScript, actionDimension: Int) {
    steps = script.steps.indices.map { index in
      let step = script.steps[index]
      var spoiled: [[Float]]?
      if let agent = step.spoiled {
        spoiled = step.states
        spoiled![agent][step.states[agent].count - 1] = .nan
      }
      return Step(
        script: step, states: Controller.States(step.states),
        spoiledStates: spoiled.map { Controller.States($0) },
        rewardsBefore: script.rewards(before: index).map { Controller.Rewards($0) },
        rewardsAfter: Controller.Rewards(step.rewards),
        executed: step.executed.map { Controller.Actions($0) })
    }
    let none = Array(repeating: Float.nan, count: actionDimension)
    let noActions = Controller.Actions(Array(repeating: none, count: Controller.batch))
    actions = Array(repeating: noActions, count: steps.count)
  }

  /// Nothing is allocated here.
  mutating func run(_ controller: inout Controller) throws(BatchStepError) {
    for index in steps.indices {
      for new in steps[index].script.resets {
        controller.reset(agent: new.agent, targetReturn: new.targetReturn)
      }
      for new in steps[index].script.retargets {
        controller.retarget(agent: new.agent, new.targetReturn)
      }
      refuse(&controller, steps[index])
      actions[index] = try controller.act(
        steps[index].states, rewards: steps[index].rewardsBefore)
      for new in steps[index].script.earlyResets {
        controller.reset(agent: new.agent, targetReturn: new.targetReturn)
      }
      try prepare(&controller, steps[index], actions[index])
    }
  }

  private mutating func refuse(_ controller: inout Controller, _ step: Step) {
    guard let agent = step.script.spoiled, let states = step.spoiledStates else { return }
    do throws(BatchStepError) {
      _ = try controller.act(states, rewards: step.rewardsBefore)
      wrongAnswers += 1
    } catch {
      let index = step.script.states[agent].count - 1
      if error != BatchStepError(agent: agent, .nonFiniteState(index: index)) { wrongAnswers += 1 }
    }
  }

  private func prepare(
    _ controller: inout Controller, _ step: Step, _ actions: Controller.Actions
  ) throws(BatchStepError) {
    do throws(BatchStepError) {
      switch step.script.pace {
      case .prepared: controller.prepare()
      case .executed: try controller.prepare(executed: step.executed ?? actions, rewards: nil)
      case .rewardKnown:
        try controller.prepare(executed: step.executed ?? actions, rewards: step.rewardsAfter)
      case .actOnly, .alternating: break
      }
    } catch {
      // Every agent has been reset or has had its last step.
      guard error == BatchStepError(agent: 0, .nothingToPrepare) else { throw error }
    }
  }
}

extension BatchScript {
  /// What the script means for one agent, with a controller of its own.
  func run<Controller: GeneratedController & ~Copyable>(
    _ controller: inout Controller, agent: Int
  ) throws -> [[Float]] {
    var actions: [[Float]] = []
    for (index, step) in steps.enumerated() {
      func reset(_ targets: [Target], _ controller: inout Controller) {
        for new in targets where new.agent == agent {
          controller.reset(targetReturn: new.targetReturn)
        }
      }
      reset(step.resets, &controller)
      for new in step.retargets where new.agent == agent { controller.retarget(new.targetReturn) }
      let action = try controller.act(
        Controller.State(step.states[agent]), reward: rewards(before: index)?[agent])
      actions.append(action.values)
      reset(step.earlyResets, &controller)
      let executed = Controller.Action(step.executed?[agent] ?? action.values)
      do throws(StepError) {
        switch step.pace {
        case .prepared: controller.prepare()
        case .executed: try controller.prepare(executed: executed, reward: nil)
        case .rewardKnown:
          try controller.prepare(executed: executed, reward: step.rewards[agent])
        case .actOnly, .alternating: break
        }
      } catch {
        guard error == .nothingToPrepare else { throw error }
      }
    }
    return actions
  }
}
