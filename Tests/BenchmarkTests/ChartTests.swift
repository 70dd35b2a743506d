import Foundation
import Programs
import Testing

@testable import dtbench

/// What people see of latencies: the plot, and what part of a period they are.
@Suite("A plot of latencies")
struct ChartTests {
  @Test("has times with their units at its marks, and shares of calls")
  func axes() {
    // 20 to 60 µs, and one call of 3 ms.
    let act = Distribution((0..<1000).map { 20_000 + 40 * UInt64($0) })
    let prepare = Distribution([UInt64](repeating: 400_000, count: 999) + [3_000_000])
    let svg = Chart(
      title: "Made up",
      curves: [
        Curve(name: "act", distribution: act), Curve(name: "prepare", distribution: prepare),
      ]
    ).svg
    let labels = svg.matches(of: />([^<>]+)<\/text>/).map { String($0.1) }
    for label in [
      "10 µs", "20 µs", "50 µs", "100 µs", "200 µs", "500 µs", "1 ms", "2 ms", "5 ms", "10 ms",
      "0 %", "90 %", "99 %", "99.9 %", "time of a call", "percentile of the calls",
    ] {
      #expect(labels.count { $0 == label } == 1, "\(label) in \(labels)")
    }
  }

  @Test("is said in parts of a period by p50 and p99.9")
  func shares() {
    let act = Latency(Distribution([UInt64](repeating: 40_000, count: 999) + [90_000]))
    let prepare = Latency(
      Distribution(
        [UInt64](repeating: 400_000, count: 99_800) + [UInt64](repeating: 800_000, count: 200)))
    #expect(
      PeriodShare(act, prepare).sentences[0]
        == "at 100 Hz act takes 0.40 % of the period and prepare 4.0 % (p50), 0.40 % and 8.0 % at p99.9"
    )
  }
}
