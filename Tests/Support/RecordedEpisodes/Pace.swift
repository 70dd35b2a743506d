/// The ways to drive a controller through an episode. All of them are the same function.
package enum Pace: String, CaseIterable, Codable, Sendable {
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

  /// What is done after each of `count` steps.
  func schedule(of count: Int, tellingActions: Bool) -> [Pace] {
    let others = Self.all(tellingActions: tellingActions).dropLast()
    // The pattern meets every ordered pair of ways.
    return (0..<count).map { step in
      self == .alternating ? others[(step + step / others.count) % others.count] : self
    }
  }
}
