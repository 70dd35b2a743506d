import DecisionTransformer
import Foundation
import Programs

/// Measures one generated model, called `Model`, for `sweep.py`; a JSON object on standard output.
///
/// usage: driver <packed weights> <seconds>
@main
struct SweepDriver {
  struct Result: Encodable {
    var act, prepare: Double
    var feedbackMultiplyAdds = Model.feedbackMultiplyAdds
    var feedbackWeightBytes = Model.feedbackWeightBytes
    var preparationMultiplyAdds = Model.preparationMultiplyAdds
    var gigaflops, gigabytesPerSecond: Double
  }

  static func main() throws {
    let seconds = Double(CommandLine.arguments[2])!
    var model = try Model(weights: PackedWeights(path: CommandLine.arguments[1]))
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
      act: act.distribution.rank(0.5), prepare: prepare.distribution.rank(0.5),
      gigaflops: ceilings.multiplyAdd.p50, gigabytesPerSecond: ceilings.streaming.p50)
    print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
  }
}
