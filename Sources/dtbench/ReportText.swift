import Foundation
import Programs

extension Report {
  /// The report for people.
  var text: String {
    let text = ReportText(self)
    return [
      text.heading, text.latencies, text.comparison, text.denormals, text.library,
      explanation?.text ?? "",
    ]
    .filter { !$0.isEmpty }.joined(separator: "\n\n")
  }
}

extension PeriodShare {
  init(_ act: Latency, _ prepare: Latency) {
    func call(_ latency: Latency) -> Call { Call(median: latency.p50, tail: latency.p999) }
    self.init(act: call(act), prepare: call(prepare), quantile: "p99.9")
  }
}

/// Formats a report's parts.
struct ReportText {
  private let report: Report

  init(_ report: Report) { self.report = report }

  /// Without a fraction where there is none.
  static func plain(_ number: Double) -> String { String(format: "%g", number) }

  var heading: String {
    let machine = report.machine
    let core = machine.core.map { "core \($0) of \(machine.cores)" } ?? "not pinned"
    return """
      \(report.model), \(report.precision) weights
        \(machine.processor), \(core), memory \
      \(machine.memoryLocked ? "locked" : "not locked")
        built for \(machine.builtFor)\(machine.optimized ? "" : " (debug: not optimised)")\
      \(machine.advice.map { ";\n  \($0)" } ?? "")
        self test passed: \(report.selfTest.comparisons) numbers in \(report.selfTest.steps) steps
        act      \(report.work.feedbackMultiplyAdds) multiply-adds, \
      \(report.work.feedbackWeightBytes) bytes of weights
        prepare  \(report.work.preparationMultiplyAdds) multiply-adds
      """
  }

  var latencies: String {
    let fixed = report.fixedRate
    let header = Latency.header.map { column($0) }.joined()
    let share = PeriodShare(report.act, report.prepare)
    return """
      microseconds\(header)
      full speed, \(report.steps) steps
        act         \(row(report.act))
        prepare     \(row(report.prepare))
        act+prepare \(row(report.both))
        spin loop   \(row(report.spin))
        \(share.sentences.joined(separator: "\n  "))
      \(Self.plain(fixed.hertz)) Hz (\(fixed.waiting)), \(fixed.steps) steps, \
      \(fixed.lateStarts) started late
        act         \(row(fixed.act))
        prepare     \(row(fixed.prepare))
        act+prepare \(row(fixed.both))
      reward known in prepare, \(report.earlyReward.steps) steps
        act         \(row(report.earlyReward.act))
        prepare     \(row(report.earlyReward.prepare))
        act+prepare \(row(report.earlyReward.both))
      first call    initialization \(number(report.firstCall.initialization)), \
      act \(number(report.firstCall.act)), prepare \(number(report.firstCall.prepare))
      """
  }

  var comparison: String {
    let (ceilings, shares, tail) = (report.ceilings, report.shares, report.tail)
    func line(_ name: String, _ share: Report.Share) -> String {
      name + column(percent(share.best)) + column(percent(share.p50))
    }
    return """
      ceilings of this core                     \(column("best"))\(column("p50"))
        multiply-adds in registers, GFLOP/s     \
      \(column(number(ceilings.multiplyAdd.best)))\(column(number(ceilings.multiplyAdd.p50)))
        streaming of \(ceilings.streamedBytes) bytes, GB/s     \
      \(column(number(ceilings.streaming.best)))\(column(number(ceilings.streaming.p50)))
      \(line("  prepare, share of the multiply-adds     ", shares.prepareOfMultiplyAdds))
      \(line("  act, share of the multiply-adds         ", shares.actOfMultiplyAdds))
      \(line("  act, share of the streaming             ", shares.actOfStreaming))
      p99.9 / p50: act \(ratio(tail.act)), spin loop \(ratio(tail.spin)), \
      one to the other \(ratio(tail.ratio))
      """
  }

  var denormals: String {
    guard let medians = report.denormals else { return "" }
    func line(_ name: String, _ value: DenormalComparison.Medians) -> String {
      name + column(number(value.act)) + column(number(value.prepare))
    }
    return """
      denormal numbers, p50     \(column("act"))\(column("prepare"))
      \(line("  ordinary inputs         ", medians.ordinaryInputs))
      \(line("  denormal inputs         ", medians.denormalInputs))
      \(line("  ordinary memory         ", medians.ordinaryMemory))
      \(line("  denormal memory         ", medians.denormalMemory))
      """
  }

  var library: String {
    guard let library = report.library else { return "" }
    return """
      through C, p50            \(column("act"))\(column("prepare"))
        in Swift                \(column(number(library.swift.act)))\(column(number(library.swift.prepare)))
        through C               \(column(number(library.c.act)))\(column(number(library.c.prepare)))
        longer by (burst pairs) \(column(percent(library.actExcess)))\(column(percent(library.prepareExcess)))
        every action has the same bits: \(library.actionsAreEqual ? "yes" : "no")
      """
  }

  private func row(_ latency: Latency) -> String {
    // Names of rows reach two characters into the first column.
    latency.row.enumerated().map { column(number($1), width: $0 == 0 ? 8 : 10) }.joined()
  }

  private func column(_ text: String, width: Int = 10) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }

  private func number(_ value: Double) -> String { String(format: "%.2f", value) }
  private func ratio(_ value: Double) -> String { String(format: "%.3f", value) }
  private func percent(_ value: Double) -> String { String(format: "%.1f %%", 100 * value) }
}
