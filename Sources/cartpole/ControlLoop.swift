import DecisionTransformer
import Foundation
import Programs

/// An episode as far as it has come.
struct Episode {
  /// One control step.
  struct Step {
    /// Before the step.
    var state: CartPoleEnvironment
    /// 0 to the left, 1 to the right.
    var action: Int
    /// The model's, of pushing to the right: of softmax(logits).
    var probabilityOfRight: Double
    /// Nanoseconds.
    var act: UInt64
  }

  /// Of the generator that drew the start.
  var seed: UInt64
  /// The return that the controller was asked for.
  var target: Float
  var steps: [Step] = []
  /// As it is now.
  var state: CartPoleEnvironment
  /// The rewards so far.
  var achieved = 0.0

  /// Seconds in the cart's world.
  var time: Double { Double(steps.count) * CartPoleEnvironment.timeStep }
  /// Of all steps; there is at least one.
  var act: Distribution { Distribution(steps.map(\.act)) }
}

/// The controller in front of the cart.
struct ControlLoop: ~Copyable {
  private var controller: CartPole
  /// Drew the start, and draws the actions behind it.
  private var generator = SplitMix64(seed: 0)
  private let samples: Bool
  /// What the environment paid for the latest action.
  private var reward: Float = 0
  private(set) var episode: Episode

  /// - Parameter samples: whether actions are drawn from the model's distribution, not its most probable ones.
  init(samples: Bool) throws {
    self.samples = samples
    controller = try CartPole()
    episode = Episode(seed: 0, target: 0, state: CartPoleEnvironment(using: &generator))
  }

  /// Begins an episode at a start that `seed` draws.
  mutating func begin(seed: UInt64, target: Float) {
    generator = SplitMix64(seed: seed)
    begin(at: CartPoleEnvironment(using: &generator), seed: seed, target: target)
  }

  mutating func begin(at start: CartPoleEnvironment, seed: UInt64 = 0, target: Float) {
    reward = 0
    episode = Episode(seed: seed, target: target, state: start)
    episode.steps.reserveCapacity(CartPoleEnvironment.episodeLength)
    controller.reset(targetReturn: target)
  }

  /// One step of d3rlpy's loop: the observation and the latest reward in, a push out; and while the
  /// world moves, the preparation of the next step.
  mutating func step() throws(StepError) {
    let before = episode.state
    let observation = before.observation
    let uniform = samples ? generator.fraction() : nil
    let called = now()
    let action =
      if let uniform {
        try controller.act(observation, reward: reward, uniform: uniform)
      } else {
        try controller.act(observation, reward: reward)
      }
    let acted = now()
    reward = episode.state.step(action)
    controller.prepare()
    episode.achieved += Double(reward)
    episode.steps.append(
      Episode.Step(
        state: before, action: action,
        probabilityOfRight: Self.probabilityOfRight(controller.logits), act: acted - called))
  }

  /// A whole episode at once.
  mutating func run(seed: UInt64, target: Float) throws(StepError) -> Episode {
    begin(seed: seed, target: target)
    return try finish()
  }

  /// The rest of the episode at once.
  mutating func finish() throws(StepError) -> Episode {
    while episode.state.end == nil { try step() }
    return episode
  }

  /// softmax of two logits is the logistic function of their difference.
  static func probabilityOfRight(_ logits: Numbers<2>) -> Double {
    1 / (1 + exp(Double(logits[0]) - Double(logits[1])))
  }
}
