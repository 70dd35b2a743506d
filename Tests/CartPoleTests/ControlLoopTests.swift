import Testing

@testable import cartpole

@Suite("The closed loop with discrete actions")
struct ControlLoopTests {
  /// The two largest logits are nowhere nearer than 0.027, so that rounding changes no action, and the
  /// environment then no state.
  @Test("plays, greedily, the episode that d3rlpy's loop played with the same model")
  func recordedEpisode() throws {
    let recorded = try FamilyEpisode("episode")
    var loop = try ControlLoop(samples: false)
    let start = try #require(try Recordings.read().starts["episode"])
    loop.begin(at: CartPoleEnvironment(start), target: 130)
    let episode = try loop.finish()
    #expect(episode.steps.map(\.action) == recorded.actions)
    #expect(episode.achieved == 127)
    #expect(episode.state.end == .poleFell)
  }

  private static func run(seed: UInt64, samples: Bool, steps: Int = 8) throws -> [Episode.Step] {
    var loop = try ControlLoop(samples: samples)
    loop.begin(seed: seed, target: 100)
    for _ in 0..<steps { try loop.step() }
    return loop.episode.steps
  }

  @Test(
    "the same seed gives the same episode, another seed another start", arguments: [false, true])
  func seeds(samples: Bool) throws {
    let first = try Self.run(seed: 3, samples: samples)
    let again = try Self.run(seed: 3, samples: samples)
    #expect(first.map(\.state) == again.map(\.state))
    #expect(first.map(\.action) == again.map(\.action))
    #expect(try Self.run(seed: 4, samples: samples)[0].state != first[0].state)
    // Drawn actions begin where greedy ones do.
    #expect(try Self.run(seed: 3, samples: !samples)[0].state == first[0].state)
  }

  @Test("an episode that was cut short leaves nothing behind")
  func cutShort() throws {
    var loop = try ControlLoop(samples: false)
    loop.begin(seed: 8, target: 15)
    for _ in 0..<5 { try loop.step() }
    let episode = try loop.run(seed: 3, target: 30)
    var fresh = try ControlLoop(samples: false)
    #expect(try fresh.run(seed: 3, target: 30).steps.map(\.action) == episode.steps.map(\.action))
  }

  @Test("greedy actions are the more probable ones; drawn ones are not always")
  func probabilities() throws {
    let greedy = try (0..<10).flatMap { try Self.run(seed: $0, samples: false) }
    #expect(greedy.allSatisfy { ($0.probabilityOfRight > 0.5) == ($0.action == 1) })
    let drawn = try (0..<40).flatMap { try Self.run(seed: $0, samples: true) }
    #expect(drawn.allSatisfy { (0...1).contains($0.probabilityOfRight) })
    // As often to the right as the probabilities say, within five standard deviations.
    let expected = drawn.map(\.probabilityOfRight).reduce(0, +)
    let variance = drawn.map { $0.probabilityOfRight * (1 - $0.probabilityOfRight) }.reduce(0, +)
    let counted = Double(drawn.filter { $0.action == 1 }.count)
    #expect(abs(counted - expected) <= 5 * variance.squareRoot())
    #expect(drawn.contains { ($0.probabilityOfRight > 0.5) != ($0.action == 1) })
  }

  @Test("what it records is what the environment did")
  func record() throws {
    var loop = try ControlLoop(samples: true)
    let episode = try loop.run(seed: 1, target: 30)
    var environment = try #require(episode.steps.first).state
    var reward = 0.0
    for step in episode.steps {
      #expect(step.state == environment)
      reward += Double(environment.step(step.action))
    }
    #expect(episode.state == environment)
    #expect(environment.end != nil)
    #expect(episode.achieved == reward)
    #expect(abs(episode.time - 0.02 * reward) < 1e-9)
  }

  @Test("softmax of two logits, however far apart")
  func softmax() {
    #expect(ControlLoop.probabilityOfRight([2, 2]) == 0.5)
    #expect(abs(ControlLoop.probabilityOfRight([0, 1]) - 0.731_058_578_630_005) < 1e-12)
    #expect(ControlLoop.probabilityOfRight([1000, -1000]) == 0)
    #expect(ControlLoop.probabilityOfRight([-1000, 1000]) == 1)
  }
}
