package import DecisionTransformer

/// The ways to drive a controller through an episode. All of them are the same function.
package enum Pace: CaseIterable, Sendable {
  /// `act` alone, which prepares by itself.
  case actOnly
  /// `prepare()` after each `act`.
  case prepared
  /// `prepare(executed:)` after each `act`, which is told the reward.
  case executed
  /// `prepare(executed:reward:)` after each `act`, which has one token left.
  case rewardKnown
  /// A different one of the others at every step.
  case alternating

  /// The ways for an episode whose executed actions the controller must be told, or need not be.
  package static func all(tellingActions: Bool) -> [Pace] {
    tellingActions ? [.executed, .rewardKnown, .alternating] : allCases
  }

  fileprivate func pace(at step: Int, tellingActions: Bool) -> Pace {
    guard self == .alternating else { return self }
    let others = Self.all(tellingActions: tellingActions).dropLast()
    // A pattern that meets every ordered pair of ways.
    return others[others.startIndex + (step + step / others.count) % others.count]
  }
}

extension GeneratedController where Self: ~Copyable {
  /// The actions, in environment units, that answer the recorded states and rewards.
  ///
  /// - Parameter retargetsEarly: whether a new target is set before the step before it is prepared,
  ///   or after.
  package mutating func replay(
    _ episode: RecordedEpisode, pace: Pace = .prepared, retargetsEarly: Bool = false
  ) throws -> [[Float]] {
    reset(targetReturn: Float(episode.targetReturn))
    var actions: [[Float]] = []
    var reward: Float?
    for (step, state) in episode.states.enumerated() {
      if !retargetsEarly { retarget(episode, before: step) }
      let action = try act(State(state), reward: reward)
      actions.append(action.values)
      if retargetsEarly { retarget(episode, before: step + 1) }
      guard step + 1 < episode.states.count else { break }
      let executed = episode.executed.map { Action($0[step].map { Float($0) }) }
      reward = episode.rewards[step]
      switch pace.pace(at: step, tellingActions: executed != nil) {
      case .prepared: prepare()
      case .executed: try prepare(executed: executed ?? action, reward: nil)
      case .rewardKnown:
        try prepare(executed: executed ?? action, reward: reward)
        reward = nil
      case .actOnly, .alternating: break
      }
    }
    return actions
  }

  private mutating func retarget(_ episode: RecordedEpisode, before step: Int) {
    guard let retarget = episode.retarget, retarget.step == step else { return }
    self.retarget(Float(retarget.targetReturn))
  }
}

extension RecordedEpisode {
  /// Actions in environment units as numbers in the model's units.
  package func modelUnits(_ actions: [[Float]]) -> [[Double]] {
    actions.map { zip($0, model.actionScale).map { Double($0) / $1 } }
  }
}
