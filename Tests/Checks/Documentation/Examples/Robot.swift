/// A stand-in for a robot of the shape of Hopper: it moves a little, pays 1 a step, and its motors take no more
/// than half of what is asked.
struct Robot {
  private(set) var state = Hopper.State(repeating: 0)
  private(set) var reward: Float = 0
  private(set) var stepCount = 0
  private(set) var isStopped = false
  let episodeLength: Int

  init(episodeLength: Int) {
    self.episodeLength = episodeLength
    state[0] = 1.25  // Hopper's height while it stands, in metres
  }

  var isDone: Bool { isStopped || stepCount == episodeLength }

  /// Sends the torques, and returns those that the motors really take.
  mutating func send(_ torques: Hopper.Action) -> Hopper.Action {
    var executed = torques
    for motor in 0..<Hopper.actionDimension {
      executed[motor] = min(max(torques[motor], -0.5), 0.5)
      state[5 + motor] += 0.01 * executed[motor]
    }
    stepCount += 1
    reward = 1
    return executed
  }

  /// Zero torque at once, until somebody looks.
  mutating func stop() { isStopped = true }
}
