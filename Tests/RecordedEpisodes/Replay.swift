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

  /// - Parameter retargetsEarly: whether a new target is set before the step before it is prepared,
  ///   or after.
  package init(_ episode: RecordedEpisode, pace: Pace = .prepared, retargetsEarly: Bool = false) {
    targetReturn = Float(episode.targetReturn)
    states = episode.states.map(Controller.State.init)
    rewards = episode.rewards
    executed = episode.executed?.map { Controller.Action($0.map { Float($0) }) }
    retarget = episode.retarget.map { ($0.step, Float($0.targetReturn)) }
    self.retargetsEarly = retargetsEarly
    schedule = pace.schedule(of: states.count, tellingActions: executed != nil)
    let width = episode.model.config.actionDimension
    let none = Controller.Action(Array(repeating: .nan, count: width))
    actions = Array(repeating: none, count: states.count)
  }

  /// The latest run's actions in environment units.
  package var environmentActions: [[Float]] { actions.map(\.values) }

  /// Drives `controller` through the episode. Nothing is allocated here.
  package mutating func run(_ controller: inout Controller) throws(StepError) {
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
    }
  }

  private func retarget(_ controller: inout Controller, before step: Int) {
    guard let retarget, retarget.step == step else { return }
    controller.retarget(retarget.targetReturn)
  }
}

extension RecordedEpisode {
  /// Actions in environment units as numbers in the model's units.
  package func modelUnits(_ actions: [[Float]]) -> [[Double]] {
    actions.map { zip($0, model.actionScale).map { Double($0) / $1 } }
  }
}
