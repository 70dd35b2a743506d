/// An episode as far as it has come.
struct Episode {
  /// One control step.
  struct Step {
    /// Before the step: θ in radians, 0 upright, whole turns counted; and rad/s.
    var angle, angularVelocity: Double
    /// N m, as the motor exerted it.
    var torque: Float
    var reward: Double
    /// Nanoseconds.
    var act, prepare: UInt64

    /// From upright, in [-180°, 180°).
    var degreesFromUpright: Double { PendulumEnvironment.normalized(angle) * 180 / .pi }
  }

  /// Of the generator that drew the start.
  var seed: UInt64
  /// The return that the controller was asked for.
  var target: Float
  var steps: [Step] = []

  /// The rewards so far.
  var achieved: Double { steps.reduce(0) { $0 + $1.reward } }

  /// Seconds in the pendulum's world.
  var time: Double { Double(steps.count) * PendulumEnvironment.timeStep }

  var isComplete: Bool { steps.count == PendulumEnvironment.episodeLength }
}
