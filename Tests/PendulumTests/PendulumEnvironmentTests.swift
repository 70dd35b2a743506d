import DecisionTransformerCodegen
import Foundation
import Programs
import RecordedEpisodes
import Testing

@testable import pendulum

/// The Swift pendulum against Gymnasium's, recorded by Tests/Tools/Oracle/record_pendulum.py.
@Suite("Pendulum-v1")
struct PendulumEnvironmentTests {
  static let kinds = ["held", "random", "driving", "nothing"]

  /// An episode of Gymnasium with torques of one kind.
  struct Recording {
    /// T + 1 rows: angle and speed.
    var states: [[Double]]
    var observations: [[Float]]
    /// As given to the environment, beyond its limits too.
    var torques: [Float]
    var rewards: [Double]

    init(_ kind: String) throws {
      let file = try SafetensorsFile(path: Fixtures.path("dynamics.safetensors"))
      states = RecordedEpisode.rows(file.doubles(of: "\(kind).states"), of: 2)
      observations = RecordedEpisode.rows(file.values(of: "\(kind).observations"), of: 3)
      torques = file.values(of: "\(kind).torques")
      rewards = file.doubles(of: "\(kind).rewards")
    }

    func environment(at step: Int) -> PendulumEnvironment {
      PendulumEnvironment(angle: states[step][0], angularVelocity: states[step][1])
    }
  }

  @Test("computes each step as Gymnasium does, to the last bits of float64", arguments: kinds)
  func steps(kind: String) throws {
    let recording = try Recording(kind)
    try #require(recording.torques.count == PendulumEnvironment.episodeLength)
    for step in recording.torques.indices {
      var environment = recording.environment(at: step)
      let reward = environment.step(torque: recording.torques[step])
      // NumPy's sine may differ from the C library's in the last bit.
      #expect(abs(reward - recording.rewards[step]) <= 1e-14 * max(1, abs(reward)))
      let next = recording.environment(at: step + 1)
      #expect(abs(environment.angle - next.angle) <= 1e-14 * max(1, abs(next.angle)))
      #expect(abs(environment.angularVelocity - next.angularVelocity) <= 1e-14)
    }
  }

  @Test("runs whole episodes as Gymnasium does", arguments: kinds)
  func episodes(kind: String) throws {
    let recording = try Recording(kind)
    var environment = recording.environment(at: 0)
    for step in recording.torques.indices {
      let reward = environment.step(torque: recording.torques[step])
      #expect(abs(reward - recording.rewards[step]) <= 1e-9)
      let next = recording.environment(at: step + 1)
      #expect(abs(environment.angle - next.angle) <= 1e-9)
      #expect(abs(environment.angularVelocity - next.angularVelocity) <= 1e-9)
    }
  }

  @Test("shows what Gymnasium shows, in float32", arguments: kinds)
  func observations(kind: String) throws {
    let recording = try Recording(kind)
    for (step, expected) in recording.observations.enumerated() {
      let observation = recording.environment(at: step).observation
      for component in observation.indices {
        #expect(abs(observation[component] - expected[component]) <= expected[component].ulp)
      }
    }
  }

  @Test("the recordings reach every limit")
  func limits() throws {
    let recordings = try Self.kinds.map(Recording.init)
    let speeds = recordings.flatMap { $0.states.map { abs($0[1]) } }
    #expect(speeds.max() == PendulumEnvironment.maximumSpeed)
    let torques = recordings.flatMap(\.torques).map(abs)
    #expect(torques.max()! > PendulumEnvironment.maximumTorque)
    let angles = recordings.flatMap { $0.states.map { abs($0[0]) } }
    #expect(angles.max()! > 20 * .pi)
  }

  @Test(
    "an angle's cost is that of its direction",
    arguments: [
      (0, 0), (3, 3), (-3, -3), (Double.pi, -Double.pi), (-Double.pi, -Double.pi),
      (2 * Double.pi + 1, 1), (-2 * Double.pi - 1, -1), (7 * Double.pi / 2, -Double.pi / 2),
    ] as [(Double, Double)])
  func normalizedAngles(angle: Double, expected: Double) {
    #expect(abs(PendulumEnvironment.normalized(angle) - expected) < 1e-14)
  }

  @Test("starts spread evenly over the angles and speeds of Gymnasium's reset")
  func starts() {
    let starts = (0..<4000).map { (seed: UInt64) in
      var generator = SplitMix64(seed: seed)
      return PendulumEnvironment(using: &generator)
    }
    for (values, bound) in [(starts.map(\.angle), Double.pi), (starts.map(\.angularVelocity), 1)] {
      #expect(values.allSatisfy { (-bound..<bound).contains($0) })
      // Eight equal parts, 500 expected in each, with a standard deviation of 21.
      let parts = Dictionary(grouping: values) { Int(4 * ($0 / bound + 1)) }
      #expect(parts.count == 8)
      #expect(parts.values.allSatisfy { abs($0.count - 500) < 130 })
    }
  }
}

@Suite struct SplitMix64Tests {
  /// The published sequence of https://rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64
  @Test func isTheGeneratorThatItSays() {
    var generator = SplitMix64(seed: 1_234_567)
    let numbers = (0..<5).map { _ in generator.next() }
    #expect(
      numbers == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }
}
