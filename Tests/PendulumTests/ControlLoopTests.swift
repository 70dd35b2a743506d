import DecisionTransformerCodegen
import RecordedEpisodes
import Testing

@testable import pendulum

@Suite("The closed loop")
struct ControlLoopTests {
  /// What Hugging Face's model collected in Gymnasium: `returns[i][j]` from `starts[j]` when asked
  /// for `targets[i]`.
  struct Recording {
    var targets: [Float]
    var starts: [PendulumEnvironment]
    var returns: [[Double]]

    init() throws {
      let file = try SafetensorsFile(path: Fixtures.path("returns.safetensors"))
      targets = file.values(of: "targets")
      starts = RecordedEpisode.rows(file.doubles(of: "starts"), of: 2).map {
        PendulumEnvironment(angle: $0[0], angularVelocity: $0[1])
      }
      returns = RecordedEpisode.rows(file.doubles(of: "returns"), of: starts.count)
    }
  }

  /// A nudge of 1e-6 on every action changes a return by less than 0.05 (measured with Hugging Face's
  /// model), a wrong cache by tens.
  @Test("collects what Hugging Face's model collects in Gymnasium from the same starts")
  func returnsOfHuggingFace() throws {
    let recording = try Recording()
    var loop = try ControlLoop()
    for (target, returns) in zip(recording.targets, recording.returns) {
      // An unoptimised controller takes two seconds for an episode.
      #if DEBUG
        let starts = recording.starts.prefix(1)
      #else
        let starts = recording.starts[...]
      #endif
      for (start, expected) in zip(starts, returns) {
        loop.begin(at: start, target: target)
        let achieved = try loop.finish().achieved
        #expect(abs(achieved - expected) < 0.05, "asked for \(target) from \(start)")
      }
    }
  }

  @Test("the same seed gives the same episode, another seed another start")
  func seeds() throws {
    var loop = try ControlLoop()
    func run(seed: UInt64, steps: Int) throws -> [[Double]] {
      loop.begin(seed: seed, target: -200)
      for _ in 0..<steps { try loop.step() }
      #expect(loop.episode.steps.count == steps)
      return loop.episode.steps.map {
        [$0.angle, $0.angularVelocity, Double($0.torque), $0.reward]
      }
    }
    let first = try run(seed: 3, steps: 12)
    #expect(try run(seed: 4, steps: 12)[0] != first[0])
    // An episode that was cut short leaves nothing behind.
    #expect(try run(seed: 3, steps: 12) == first)
  }

  @Test("what it records is what the environment did")
  func record() throws {
    var loop = try ControlLoop()
    loop.begin(seed: 1, target: -800)
    for _ in 0..<30 { try loop.step() }
    let steps = loop.episode.steps
    var environment = PendulumEnvironment(
      angle: steps[0].angle, angularVelocity: steps[0].angularVelocity)
    for step in steps {
      #expect(step.angle == environment.angle)
      #expect(step.angularVelocity == environment.angularVelocity)
      #expect(abs(step.torque) <= PendulumEnvironment.maximumTorque)
      #expect(step.reward == environment.step(torque: step.torque))
    }
    #expect(abs(loop.episode.achieved - steps.map(\.reward).reduce(0, +)) < 1e-9)
    #expect(abs(loop.episode.time - 1.5) < 1e-9)
  }
}
