import CAllocationHook
import Programs

/// Runs an episode through the controller, pass after pass.
struct Replay {
  let episode: Episode

  static let maximumPasses = 20
  /// No further pass is begun after this time; slow, unoptimised builds get by with one or two.
  private static let budget: UInt64 = 2_000_000_000

  /// The recorded actions were missed: nothing is timed.
  struct Mismatch: Error, CustomStringConvertible {
    var step: Int
    var difference: Double

    var description: String {
      "the action of recorded step \(step) is off by \(difference), accepted: up to "
        + "\(HopperProgram.tolerance); nothing was timed"
    }
  }

  /// What was seen. Times are in nanoseconds, one for each call of all passes but the first.
  struct Measurements {
    var steps = 0
    var passes = 0
    /// The largest |Δaction| of any step of any pass.
    var largestDifference = 0.0
    var act: [UInt64] = []
    var prepare: [UInt64] = []
    /// Allocations between the first `reset` and the last `prepare` of a pass, over all passes
    /// but the first; nil where they cannot be counted.
    var allocations: UInt64?
  }

  /// Replays the episode once to compare and to warm up (caches, pages, the language's lazy initialisation), then
  /// `maximumPasses` times or until the time is up. Throws `Mismatch` after the first replay where that gives
  /// other actions than the recording has.
  ///
  /// - Parameter progress: told the number of the pass that begins, and nil at the end.
  func run(progress: (Int?) -> Void) throws -> Measurements {
    var hopper = try Hopper()
    let steps = episode.states.count
    // Everything the loop writes to has its memory before the loop begins. That these allocations
    // are seen shows that the counter would see one in the loop.
    let control = allocation_count()
    var act = [UInt64](repeating: 0, count: Self.maximumPasses * steps)
    var prepare = act
    var actions = [Hopper.Action](repeating: Hopper.Action(repeating: 0), count: steps)
    let isCounting = allocation_count() > control
    var measurements = Measurements(steps: steps)
    var allocations: UInt64 = 0
    var begin = now()

    for pass in 0...Self.maximumPasses {
      progress(pass)
      let first = max(0, pass - 1) * steps
      let allocationsBefore = allocation_count()
      hopper.reset(targetReturn: episode.targetReturn)
      var reward: Float = 0
      for step in 0..<steps {
        let called = now()
        let action = try hopper.act(episode.states[step], reward: reward)
        let acted = now()
        hopper.prepare()
        let prepared = now()
        act[first + step] = acted - called
        prepare[first + step] = prepared - acted
        actions[step] = action
        reward = episode.rewards[step]
      }
      let allocationsAfter = allocation_count()

      let (difference, step) = largestDifference(of: actions)
      measurements.largestDifference = max(measurements.largestDifference, difference)
      if pass == 0 {
        guard difference <= HopperProgram.tolerance else {
          progress(nil)
          throw Mismatch(step: step, difference: difference)
        }
        begin = now()
      } else {
        allocations += allocationsAfter - allocationsBefore
        measurements.passes = pass
        if now() - begin > Self.budget { break }
      }
    }
    progress(nil)

    measurements.act = Array(act.prefix(measurements.passes * steps))
    measurements.prepare = Array(prepare.prefix(measurements.passes * steps))
    measurements.allocations = isCounting ? allocations : nil
    return measurements
  }

  /// From Hugging Face's actions, and at which step. This model's action scale is 1: environment units are model units.
  private func largestDifference(of actions: [Hopper.Action]) -> (Double, step: Int) {
    var largest = (0.0, step: 0)
    for (step, (action, expected)) in zip(actions, episode.actions).enumerated() {
      for index in action.indices {
        let distance = abs(Double(action[index]) - Double(expected[index]))
        let difference = distance.isNaN ? .infinity : distance
        if difference > largest.0 { largest = (difference, step) }
      }
    }
    return largest
  }
}
