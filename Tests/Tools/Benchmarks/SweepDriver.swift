import DecisionTransformer
import Foundation
import Programs

/// Measures one generated model, called `Model`, for `sweep.py`; a JSON object on standard output.
/// Where the self test of the measured type and weights fails there is none, and the exit status is 1.
///
/// usage: driver <packed weights> <seconds>
@main
struct SweepDriver {
  struct Result: Encodable {
    var selfTestPassed: Bool
    var act, prepare: Double
    var feedbackMultiplyAdds = Model.feedbackMultiplyAdds
    var feedbackWeightBytes = Model.feedbackWeightBytes
    var preparationMultiplyAdds = Model.preparationMultiplyAdds
    var gigaflops, gigabytesPerSecond: Double
  }

  static func main() {
    do {
      print(try measurement())
    } catch {
      Console.error("sweep: \(error)")
      exit(1)
    }
  }

  private static func measurement() throws -> String {
    let seconds = Double(CommandLine.arguments[2])!
    let weights = try PackedWeights(path: CommandLine.arguments[1])
    let selfTest = try Model.selfTest(weights: weights)
    try selfTest.requirePassed()
    var model = try Model(weights: weights)
    var ceilings = Ceilings(streamedBytes: Model.feedbackWeightBytes)
    var act = Samples(capacity: 100_000)
    var prepare = Samples(capacity: 100_000)
    let state = Model.State { Float($0 % 7) * 0.1 }

    let started = now()
    repeat {
      ceilings.measure(bursts: 3)
      model.reset(targetReturn: 1)
      for step in 0..<50 {
        let called = now()
        _ = try model.act(state, reward: 0)
        let acted = now()
        model.prepare()
        let prepared = now()
        // The first steps find other data in the caches.
        guard step >= 2 else { continue }
        act.append(acted - called)
        prepare.append(prepared - acted)
        if Double(prepared - started) > 2e9 * seconds { break }
      }
    } while Double(now() - started) < 1e9 * seconds

    let result = Result(
      selfTestPassed: selfTest.passed,
      act: act.distribution.rank(0.5), prepare: prepare.distribution.rank(0.5),
      gigaflops: ceilings.multiplyAdd.p50, gigabytesPerSecond: ceilings.streaming.p50)
    return String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
  }
}
