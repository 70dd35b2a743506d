import Programs
import Testing

@testable import cartpole

/// The Swift cart against Gymnasium's.
@Suite("CartPole-v1")
struct CartPoleEnvironmentTests {
  static let kinds = ["balanced", "tossed", "leaving"]
  let recordings: Recordings

  init() throws { recordings = try .read() }

  /// Sine and cosine are the only operations that IEEE 754 leaves open, and the recorded ones are those of
  /// exact arithmetic, rounded. Linux's C library gives the same; another may be off in the last bit.
  #if os(Linux)
    static let tolerance = 0.0
  #else
    static let tolerance = 1e-15
  #endif

  @Test("computes each step as Gymnasium does, bit for bit", arguments: kinds)
  func steps(kind: String) throws {
    let episode = try #require(recordings.episodes[kind])
    for (step, action) in episode.actions.enumerated() {
      var environment = CartPoleEnvironment(episode.states[step])
      #expect(environment.step(action) == 1)
      for (number, expected) in zip(environment.numbers, episode.states[step + 1]) {
        #expect(abs(number - expected) <= Self.tolerance * max(1, abs(expected)), "step \(step)")
      }
    }
  }

  @Test("shows what Gymnasium shows, in float32", arguments: kinds)
  func observations(kind: String) throws {
    let episode = try #require(recordings.episodes[kind])
    for (state, observation) in zip(episode.states.dropFirst(), episode.observations) {
      #expect(CartPoleEnvironment(state).shown == observation)
    }
  }

  @Test("runs whole episodes as Gymnasium does, and ends them when it does", arguments: kinds)
  func episodes(kind: String) throws {
    let episode = try #require(recordings.episodes[kind])
    var environment = CartPoleEnvironment(episode.states[0])
    for (step, action) in episode.actions.enumerated() {
      #expect(environment.end == nil)
      #expect(environment.step(action) == 1)
      for (number, expected) in zip(environment.numbers, episode.states[step + 1]) {
        #expect(abs(number - expected) <= 1e6 * Self.tolerance, "step \(step)")
      }
    }
    #expect((environment.end != nil) == episode.terminated)
  }

  @Test("the recordings end at either limit, or not at all")
  func recordedEnds() throws {
    let ends = try Self.kinds.map { kind in
      CartPoleEnvironment(try #require(recordings.episodes[kind]?.states.last)).end
    }
    #expect(ends == [nil, .poleFell, .cartLeft])
  }

  @Test(
    "plays what d3rlpy's loop played: the same states to the end",
    arguments: ["episode", "episode_sampled"])
  func familyEpisode(name: String) throws {
    let episode = try FamilyEpisode(name)
    var environment = CartPoleEnvironment(try #require(recordings.starts[name]))
    for (state, action) in zip(episode.states, episode.actions) {
      for (number, expected) in zip(environment.shown, state) {
        #expect(abs(number - expected) <= Float(1e6 * Self.tolerance))
      }
      _ = environment.step(action)
    }
    #expect(environment.end == .poleFell)
  }

  /// The recording's first row alone is float32: up to 2e-9 from where the episode began. The pole is unstable,
  /// so that this grows, by 8 % a step here; 9 % is allowed.
  @Test(
    "and nearly the same from its first float32 state",
    arguments: ["episode", "episode_sampled"])
  func familyEpisodeFromFloat32(name: String) throws {
    let episode = try FamilyEpisode(name)
    var environment = CartPoleEnvironment(try #require(episode.states.first).map(Double.init))
    var growing = 4e-9
    for (state, action) in zip(episode.states, episode.actions) {
      for (number, expected) in zip(environment.numbers, state) {
        #expect(abs(number - Double(expected)) <= growing + Double(expected.ulp))
      }
      _ = environment.step(action)
      growing *= 1.09
    }
    #expect(environment.end == .poleFell)
  }

  @Test("is truncated after 500 steps, like the registered environment")
  func truncation() {
    #expect(recordings.truncatedAfter == CartPoleEnvironment.episodeLength)
    var environment = CartPoleEnvironment([0, 0, 0, 0])
    while environment.end == nil {
      let lean = environment.angle + 0.3 * environment.angularVelocity
      _ = environment.step(
        lean + 0.05 * environment.position + 0.1 * environment.velocity > 0 ? 1 : 0)
    }
    #expect(environment.steps == 500)
    #expect(environment.end == .truncated)
  }

  @Test(
    "ends beyond its limits, not at them",
    arguments: [
      (0, CartPoleEnvironment.angleLimit, nil),
      (0, CartPoleEnvironment.angleLimit.nextUp, .poleFell),
      (0, -CartPoleEnvironment.angleLimit, nil),
      (0, -CartPoleEnvironment.angleLimit.nextUp, .poleFell),
      (2.4, 0, nil), (2.4.nextUp, 0, .cartLeft), (-2.4, 0, nil), (-2.4.nextUp, 0, .cartLeft),
      (3, 1, .poleFell),
    ] as [(Double, Double, CartPoleEnvironment.End?)])
  func limits(position: Double, angle: Double, end: CartPoleEnvironment.End?) {
    #expect(CartPoleEnvironment([position, 9, angle, 9]).end == end)
  }

  @Test("what is pushed to the right goes to the right, and the pole leans to the left")
  func directions() {
    for (action, sign) in [(1, 1.0), (0, -1.0)] {
      var environment = CartPoleEnvironment([0, 0, 0, 0])
      _ = environment.step(action)
      #expect(environment.velocity * sign > 0)
      #expect(environment.angularVelocity * sign < 0)
    }
  }

  @Test("starts spread evenly over Gymnasium's ±0.05")
  func starts() {
    let starts = (0..<4000).map { (seed: UInt64) in
      var generator = SplitMix64(seed: seed)
      return CartPoleEnvironment(using: &generator).numbers
    }
    for component in 0..<4 {
      let values = starts.map { $0[component] }
      #expect(values.allSatisfy { (-0.05..<0.05).contains($0) })
      // Eight equal parts, 500 expected in each, with a standard deviation of 21.
      let parts = Dictionary(grouping: values) { Int(4 * ($0 / 0.05 + 1)) }
      #expect(parts.count == 8)
      #expect(parts.values.allSatisfy { abs($0.count - 500) < 130 })
    }
  }
}
