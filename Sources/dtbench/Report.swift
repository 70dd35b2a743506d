import DecisionTransformer
import Foundation
import Programs

/// What the program prints of one model: one value, as text and as JSON.
struct Report: Encodable {
  /// What the generated type says its calls cost.
  struct Work: Encodable {
    var feedbackMultiplyAdds, feedbackWeightBytes, preparationMultiplyAdds: Int
    var packedWeightBytes, memoryBytes: Int

    init<Controller: MeasuredController & ~Copyable>(_ type: Controller.Type) {
      feedbackMultiplyAdds = type.feedbackMultiplyAdds
      feedbackWeightBytes = type.feedbackWeightBytes
      preparationMultiplyAdds = type.preparationMultiplyAdds
      packedWeightBytes = type.packedWeightsSize
      memoryBytes = type.memorySize
    }
  }

  struct FixedRate: Encodable {
    var hertz: Double
    var waiting: String
    var act, prepare, both: Latency
    var lateStarts: Int
    var steps: Int

    enum CodingKeys: String, CodingKey {
      case hertz, waiting, act, prepare, steps
      case both = "act+prepare"
      case lateStarts = "late_starts"
    }
  }

  /// That the measured type computes its checkpoint, in this program and on this machine; without that there is no report.
  struct SelfTest: Encodable {
    var passed: Bool
    var steps, comparisons: Int
    /// The largest part of a tolerance that a difference took.
    var worst: Float

    init(_ report: SelfTestReport) {
      passed = report.passed
      (steps, comparisons) = (report.stepCount, report.comparisonCount)
      worst = report.worst.difference / report.worst.tolerance
    }
  }

  /// Calls at full speed where `prepare` is given the reward.
  struct EarlyReward: Encodable {
    var act, prepare, both: Latency
    var steps: Int

    enum CodingKeys: String, CodingKey {
      case act, prepare, steps
      case both = "act+prepare"
    }
  }

  /// The core's ceilings in the same run: 10⁹ operations and 10⁹ bytes a second.
  struct CeilingRates: Encodable {
    var multiplyAdd, streaming: Ceilings.Rate
    var streamedBytes: Int
  }

  /// What share of the ceilings the calls reach: the median call of the median burst, and the best call
  /// of the best burst.
  struct Share: Encodable {
    var p50, best: Double

    init(amount: Int, _ latency: Latency, _ ceiling: Ceilings.Rate) {
      p50 = Double(amount) / (1000 * latency.p50) / ceiling.p50
      best = Double(amount) / (1000 * latency.min) / ceiling.best
    }
  }

  struct Shares: Encodable {
    /// All of `prepare`, its norms, softmax and copying included, against the multiply-add ceiling.
    var prepareOfMultiplyAdds: Share
    /// The weights that `act` reads, against the bandwidth for a buffer of that size.
    var actOfStreaming: Share
    var actOfMultiplyAdds: Share
  }

  /// p99.9 / p50 of `act`, and of a spin loop of the same length run alternately with it.
  struct Tail: Encodable {
    var act, spin, ratio: Double
  }

  /// For drawings: `dtgen inspect --html --bench` shows them.
  struct Histograms: Encodable {
    var act, prepare, spin: Histogram
  }

  var model, precision: String
  var machine: Machine
  var selfTest: SelfTest
  var work: Work
  var steps: Int
  var act, prepare, both: Latency
  var spin: Latency
  var tail: Tail
  var fixedRate: FixedRate
  var earlyReward: EarlyReward
  var firstCall: FirstCalls
  var ceilings: CeilingRates
  var shares: Shares
  var denormals: DenormalComparison?
  /// Calls through C beside calls in Swift.
  var library: LibraryComparison?
  /// Where the time goes, operation by operation.
  var explanation: Explanation?
  /// Calls at full speed.
  var histogram: Histograms
  /// For the plot.
  let curves: [Curve]

  enum CodingKeys: String, CodingKey {
    case model, precision, machine, work, steps, act, prepare, spin, tail, ceilings, shares,
      denormals, library, explanation, histogram
    case both = "act+prepare"
    case selfTest = "self_test"
    case fixedRate = "fixed_rate"
    case earlyReward = "early_reward"
    case firstCall = "first_call"
  }

  init(
    model: String, precision: String, machine: Machine, selfTest: SelfTest, work: Work,
    first: FirstCalls, fullSpeed: LoopTimes, fixedRate: LoopTimes, rate: Double, waiting: Waiting,
    earlyRewards: LoopTimes, ceilings: borrowing Ceilings, denormals: DenormalComparison?,
    library: LibraryComparison?, explanation: Explanation?
  ) {
    (self.model, self.precision, self.machine, self.work) = (model, precision, machine, work)
    self.selfTest = selfTest
    (firstCall, self.denormals, self.library) = (first, denormals, library)
    self.explanation = explanation
    steps = fullSpeed.act.nanoseconds.count
    act = Latency(fullSpeed.act)
    prepare = Latency(fullSpeed.prepare)
    both = Latency(fullSpeed.both)
    let spinTimes = fullSpeed.spin ?? fullSpeed.act
    spin = Latency(spinTimes)
    histogram = Histograms(
      act: Histogram(fullSpeed.act), prepare: Histogram(fullSpeed.prepare),
      spin: Histogram(spinTimes))
    tail = Tail(
      act: fullSpeed.act.tailRatio, spin: spinTimes.tailRatio,
      ratio: fullSpeed.act.tailRatio / spinTimes.tailRatio)
    self.fixedRate = FixedRate(
      hertz: rate, waiting: waiting.rawValue, act: Latency(fixedRate.act),
      prepare: Latency(fixedRate.prepare), both: Latency(fixedRate.both),
      lateStarts: fixedRate.lateStarts, steps: fixedRate.act.nanoseconds.count)
    earlyReward = EarlyReward(
      act: Latency(earlyRewards.act), prepare: Latency(earlyRewards.prepare),
      both: Latency(earlyRewards.both), steps: earlyRewards.act.nanoseconds.count)
    self.ceilings = CeilingRates(
      multiplyAdd: ceilings.multiplyAdd, streaming: ceilings.streaming,
      streamedBytes: ceilings.streamedBytes)
    shares = Shares(
      prepareOfMultiplyAdds: Share(
        amount: 2 * work.preparationMultiplyAdds, prepare, self.ceilings.multiplyAdd),
      actOfStreaming: Share(amount: work.feedbackWeightBytes, act, self.ceilings.streaming),
      actOfMultiplyAdds: Share(
        amount: 2 * work.feedbackMultiplyAdds, act, self.ceilings.multiplyAdd))
    curves = [
      Curve(name: "act", distribution: fullSpeed.act),
      Curve(name: "prepare", distribution: fullSpeed.prepare),
      Curve(name: "act at \(ReportText.plain(rate)) Hz", distribution: fixedRate.act),
      Curve(name: "spin loop", distribution: spinTimes),
    ]
  }

  /// One report as an object, several as an array.
  static func json(_ reports: [Report]) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .custom { path in SnakeCaseKey(path.last!.stringValue) }
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    // Strings, finite numbers and nothing else.
    let data = try! reports.count == 1 ? encoder.encode(reports[0]) : encoder.encode(reports)
    return String(decoding: data, as: UTF8.self)
  }
}

/// `camelCase` as `camel_case`; what is no such name ("act+prepare", "p99.9") stays.
private struct SnakeCaseKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) {
    stringValue = name.reduce(into: "") { text, character in
      if character.isUppercase { text += "_" }
      text += character.lowercased()
    }
  }

  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
