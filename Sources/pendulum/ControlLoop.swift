import DecisionTransformer
import Programs

/// The controller in front of the pendulum.
struct ControlLoop: ~Copyable {
  private var controller: Pendulum
  private var environment = PendulumEnvironment(angle: 0, angularVelocity: 0)
  /// What the environment paid for the latest action.
  private var reward: Float = 0
  private(set) var episode = Episode(seed: 0, target: 0)

  init() throws {
    controller = try Pendulum()
  }

  /// Begins an episode at a start that `seed` draws.
  mutating func begin(seed: UInt64, target: Float) {
    var generator = SplitMix64(seed: seed)
    begin(at: PendulumEnvironment(using: &generator), seed: seed, target: target)
  }

  mutating func begin(at start: PendulumEnvironment, seed: UInt64 = 0, target: Float) {
    environment = start
    reward = 0
    episode = Episode(seed: seed, target: target)
    episode.steps.reserveCapacity(PendulumEnvironment.episodeLength)
    controller.reset(targetReturn: target)
  }

  /// One step of the published loop: the observation and the latest reward in, a torque out; and while
  /// the world moves, the preparation of the next step.
  mutating func step() throws(StepError) {
    let before = environment
    let observation = before.observation
    let called = now()
    let action = try controller.act(observation, reward: reward)
    let acted = now()
    // The torque is sent.
    let paid = environment.step(torque: action[0])
    let sent = now()
    controller.prepare()
    let prepared = now()
    reward = Float(paid)
    episode.steps.append(
      Episode.Step(
        angle: before.angle, angularVelocity: before.angularVelocity,
        torque: PendulumEnvironment.clipped(action[0]), reward: paid,
        act: acted - called, prepare: prepared - sent))
  }

  /// A whole episode at once.
  mutating func run(seed: UInt64, target: Float) throws(StepError) -> Episode {
    begin(seed: seed, target: target)
    return try finish()
  }

  /// The rest of the episode at once.
  mutating func finish() throws(StepError) -> Episode {
    while !episode.isComplete { try step() }
    return episode
  }
}
