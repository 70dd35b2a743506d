package import DecisionTransformer

/// A recorded episode in a generated type's own vectors, and the actions of its latest run.
package struct Replay<Controller: GeneratedController & ~Copyable> {
  private let targetReturn: Float
  private let states: [Controller.State]
  private let rewards: [Float]
  private let executed: [Controller.Action]?
  private let retarget: (step: Int, targetReturn: Float)?
  private let retargetsEarly: Bool
  private let schedule: [Pace]
  private var actions: [Controller.Action]

  /// - Parameters:
  ///   - executed: environment units; nil where they are the predicted actions.
  ///   - retarget: a new target and the step from which it holds.
  ///   - retargetsEarly: whether a new target is set before the step before it is prepared, or after.
  package init(
    states: [[Float]], rewards: [Float], executed: [[Float]]?, targetReturn: Float,
    retarget: (step: Int, targetReturn: Float)?, pace: Pace, retargetsEarly: Bool = false
  ) {
    self.targetReturn = targetReturn
    self.states = states.map(Controller.State.init)
    self.rewards = rewards
    self.executed = executed?.map(Controller.Action.init)
    self.retarget = retarget
    self.retargetsEarly = retargetsEarly
    schedule = pace.schedule(of: states.count, tellingActions: executed != nil)
    let none = Controller.Action(Array(repeating: .nan, count: Controller.actionDimension))
    actions = Array(repeating: none, count: states.count)
  }

  /// The latest run's actions in environment units.
  package var environmentActions: [[Float]] { actions.map(\.values) }

  /// Drives `controller` through the episode. Nothing is allocated here.
  ///
  /// - Parameter afterStep: sees the controller after every step but the last, prepared where the pace
  ///   prepares.
  package mutating func run(
    _ controller: inout Controller, afterStep: ((borrowing Controller, Int) -> Void)? = nil
  ) throws(StepError) {
    controller.reset(targetReturn: targetReturn)
    var reward: Float?
    for step in 0..<states.count {
      if !retargetsEarly { retarget(&controller, before: step) }
      actions[step] = try controller.act(states[step], reward: reward)
      if retargetsEarly { retarget(&controller, before: step + 1) }
      guard step + 1 < states.count else { return }
      let action = executed?[step] ?? actions[step]
      reward = rewards[step]
      switch schedule[step] {
      case .prepared: controller.prepare()
      case .executed: try controller.prepare(executed: action, reward: nil)
      case .rewardKnown:
        try controller.prepare(executed: action, reward: reward)
        reward = nil
      case .actOnly, .alternating: break
      }
      if let afterStep { afterStep(controller, step) }
    }
  }

  private func retarget(_ controller: inout Controller, before step: Int) {
    guard let retarget, retarget.step == step else { return }
    controller.retarget(retarget.targetReturn)
  }
}
