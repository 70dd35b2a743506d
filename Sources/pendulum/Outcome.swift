import Programs

/// What remains of an episode when it is over.
struct Outcome {
  var seed: UInt64
  var target: Float
  var achieved: Double
  var steps: Int
  /// Medians, microseconds.
  var act, prepare: Double

  /// - Parameter episode: of at least one step.
  init(_ episode: Episode) {
    (seed, target, achieved) = (episode.seed, episode.target, episode.achieved)
    steps = episode.steps.count
    act = Distribution(episode.steps.map(\.act)).rank(0.5)
    prepare = Distribution(episode.steps.map(\.prepare)).rank(0.5)
  }

  var isComplete: Bool { steps == PendulumEnvironment.episodeLength }
}
