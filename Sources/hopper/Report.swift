import DecisionTransformer
import Foundation
import Programs

/// What the program prints: one value, as text and as JSON.
struct Report: Encodable {
  /// The generated type's constants.
  struct Model: Encodable {
    var stateDimension = Hopper.stateDimension
    var actionDimension = Hopper.actionDimension
    var hiddenSize = Hopper.hiddenSize
    var layers = Hopper.layerCount
    var heads = Hopper.headCount
    var window = Hopper.window
    var packedBytes = Hopper.packedWeightsSize
    var memoryBytes = Hopper.memorySize
    var layoutDigest = "0x" + PackedWeights.digestText(Hopper.layoutDigest)
  }

  /// How long calls took, in microseconds.
  struct Latency: Encodable {
    var min, p50, p99, max: Double

    init(nanoseconds: [UInt64]) {
      let times = Distribution(nanoseconds)
      (min, p50, p99, max) = (times.rank(0), times.rank(0.5), times.rank(0.99), times.rank(1))
    }
  }

  struct Latencies: Encodable {
    var act: Latency
    var prepare: Latency
    /// Whether the compiler optimised: without that, times say nothing.
    var optimized: Bool
    /// The instructions that were compiled for, and what another build would use of this processor.
    var builtFor = Processor.buildInstructions
    var advice = Processor.buildAdvice
  }

  var model = Model()
  var steps: Int
  var passes: Int
  var maxActionDifference: Double
  var allocationsInLoop: UInt64?
  var latencyMicroseconds: Latencies

  init(_ measurements: Replay.Measurements) {
    steps = measurements.steps
    passes = measurements.passes
    maxActionDifference = measurements.largestDifference
    allocationsInLoop = measurements.allocations
    #if DEBUG
      let optimized = false
    #else
      let optimized = true
    #endif
    latencyMicroseconds = Latencies(
      act: Latency(nanoseconds: measurements.act),
      prepare: Latency(nanoseconds: measurements.prepare), optimized: optimized)
  }

  /// Whether the promises were kept, as far as they can be checked on this platform.
  var isGood: Bool {
    maxActionDifference <= HopperProgram.tolerance && (allocationsInLoop ?? 0) == 0
  }
}

extension Report {
  var json: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    // Strings, numbers and nothing else.
    return String(decoding: try! encoder.encode(self), as: UTF8.self)
  }

  var text: String {
    let times = latencyMicroseconds
    let share = PeriodShare(
      act: .init(median: times.act.p50, tail: times.act.p99),
      prepare: .init(median: times.prepare.p50, tail: times.prepare.p99), quantile: "p99")
    let allocations = allocationsInLoop.map { "\($0)" } ?? "not counted on this platform"
    return """
      Hopper: state \(model.stateDimension) -> action \(model.actionDimension), \
      hidden size \(model.hiddenSize), \(model.layers) layers, heads: \(model.heads), \
      window \(model.window) steps
        packed weights  \(model.packedBytes) bytes, layout \(model.layoutDigest)
        memory          \(model.memoryBytes) bytes a controller

      Replay of \(steps) recorded steps, \(passes) \(passes == 1 ? "pass" : "passes") \
      after one to warm up; microseconds a call\
      \(times.optimized ? "" : " (debug build: not optimised)")
      built for \(times.builtFor)\(times.advice.map { ";\n\($0)" } ?? "")
                       min       p50       p99       max
        act      \(row(times.act))
        prepare  \(row(times.prepare))
      \(share.sentences.joined(separator: "\n"))

      parity: max |Δaction| = \(String(format: "%.1e", maxActionDifference)) \
      over \(steps) steps; allocations in loop: \(allocations)
      """
  }

  private func row(_ latency: Latency) -> String {
    [latency.min, latency.p50, latency.p99, latency.max]
      .map { String(format: "%9.2f", $0) }.joined(separator: " ")
  }
}
