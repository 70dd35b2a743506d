package import DecisionTransformer

/// A script in a generated type's own vectors, and the actions of its latest run.
package struct BatchRun<Controller: BatchController & ~Copyable> {
  private let script: BatchScript
  private let states: [Controller.States]
  private let spoiledStates: [Controller.States?]
  private let rewardsBefore: [Controller.Rewards?]
  private let rewardsAfter: [Controller.Rewards]
  private let executed: [Controller.Actions?]
  package private(set) var actions: [Controller.Actions]
  /// Calls with a spoiled state that were not refused as they should be.
  package private(set) var wrongAnswers = 0

  package init(_ script: BatchScript, actionDimension: Int) {
    self.script = script
    states = script.steps.map { Controller.States($0.states) }
    spoiledStates = script.steps.map { step in
      guard let agent = step.spoiled else { return nil }
      var states = step.states
      states[agent][states[agent].count - 1] = .nan
      return Controller.States(states)
    }
    rewardsBefore = script.steps.indices.map { index in
      script.rewards(before: index).map { Controller.Rewards($0) }
    }
    rewardsAfter = script.steps.map { Controller.Rewards($0.rewards) }
    executed = script.steps.map { step in step.executed.map { Controller.Actions($0) } }
    let none = Array(repeating: Float.nan, count: actionDimension)
    let noActions = Controller.Actions(Array(repeating: none, count: Controller.batch))
    actions = Array(repeating: noActions, count: script.steps.count)
  }

  /// Nothing is allocated here.
  package mutating func run(_ controller: inout Controller) throws(BatchStepError) {
    for step in 0..<states.count {
      reset(&controller, script.steps[step].resets)
      let retargets = script.steps[step].retargets
      // Indices: without optimisation an array's iterator allocates.
      for index in 0..<retargets.count {
        controller.retarget(agent: retargets[index].agent, retargets[index].targetReturn)
      }
      refuse(&controller, step)
      actions[step] = try controller.act(states[step], rewards: rewardsBefore[step])
      reset(&controller, script.steps[step].earlyResets)
      do throws(BatchStepError) {
        try prepare(&controller, step)
      } catch {
        // Every agent has been reset or has had its last step.
        guard error == BatchStepError(agent: 0, .nothingToPrepare) else { throw error }
      }
    }
  }

  private func reset(_ controller: inout Controller, _ targets: [BatchScript.Target]) {
    for index in 0..<targets.count {
      controller.reset(agent: targets[index].agent, targetReturn: targets[index].targetReturn)
    }
  }

  private mutating func refuse(_ controller: inout Controller, _ step: Int) {
    guard let states = spoiledStates[step], let agent = script.steps[step].spoiled else { return }
    do throws(BatchStepError) {
      _ = try controller.act(states, rewards: rewardsBefore[step])
      wrongAnswers += 1
    } catch {
      let index = script.steps[step].states[agent].count - 1
      if error != BatchStepError(agent: agent, .nonFiniteState(index: index)) { wrongAnswers += 1 }
    }
  }

  private func prepare(
    _ controller: inout Controller, _ step: Int
  ) throws(BatchStepError) {
    let executed = executed[step] ?? actions[step]
    switch script.steps[step].pace {
    case .prepared: controller.prepare()
    case .executed: try controller.prepare(executed: executed, rewards: nil)
    case .rewardKnown: try controller.prepare(executed: executed, rewards: rewardsAfter[step])
    case .actOnly, .alternating: break
    }
  }
}

extension BatchScript {
  /// What the script means for one agent, with a controller of its own.
  package func run<Controller: GeneratedController & ~Copyable>(
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
