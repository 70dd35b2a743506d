import DecisionTransformer
import Foundation
import Programs

/// Measures one generated model of several agents, called `Model`, for `agents.py`; the JSON of `ours.py` on standard output.
/// Where the self test fails there is none, and the exit status is 1.
///
/// usage: driver <packed weights> <name> <precision> <seconds>
@main
struct AgentsDriver {
  struct Latency: Encodable {
    var p50, p99: Double

    init(_ samples: borrowing Samples) {
      let distribution = samples.distribution
      (p50, p99) = (distribution.rank(0.5), distribution.rank(0.99))
    }
  }

  struct SelfTestResult: Encodable { var passed: Bool }

  struct Result: Encodable {
    enum CodingKeys: String, CodingKey {
      case model, precision, batch, act, prepare
      case selfTest = "self_test", both = "act+prepare"
    }

    var model, precision: String
    var batch = Model.batch
    var selfTest: SelfTestResult
    var act, prepare, both: Latency
  }

  static func main() {
    do {
      print(try measurement())
    } catch {
      Console.error("agents: \(error)")
      exit(1)
    }
  }

  private static func measurement() throws -> String {
    let arguments = CommandLine.arguments
    let seconds = Double(arguments[4])!
    let weights = try PackedWeights(path: arguments[1])
    let selfTest = try Model.selfTest(weights: weights)
    try selfTest.requirePassed()
    var model = try Model(weights: weights)
    var act = Samples(capacity: 100_000)
    var prepare = Samples(capacity: 100_000)
    var both = Samples(capacity: 100_000)
    let states = Model.States { agent in
      Model.State { Float((agent + $0) % 7) * 0.1 }
    }
    let rewards = Model.Rewards(repeating: 0)

    let started = now()
    repeat {
      model.reset(targetReturn: 1)
      for step in 0..<50 {
        let called = now()
        _ = try model.act(states, rewards: rewards)
        let acted = now()
        model.prepare()
        let prepared = now()
        // The first steps find other data in the caches.
        guard step >= 2 else { continue }
        act.append(acted - called)
        prepare.append(prepared - acted)
        both.append(prepared - called)
        if Double(prepared - started) > 2e9 * seconds { break }
      }
    } while Double(now() - started) < 1e9 * seconds
    let result = Result(
      model: arguments[2], precision: arguments[3],
      selfTest: SelfTestResult(passed: selfTest.passed), act: Latency(act),
      prepare: Latency(prepare), both: Latency(both))
    return String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
  }
}
