import Foundation

/// What part of a control loop's period two calls take, in words: what a control engineer asks of latencies first.
package struct PeriodShare: Sendable {
  /// Microseconds of a call: the median, and one that few calls exceed.
  package struct Call: Sendable {
    package var median, tail: Double

    package init(median: Double, tail: Double) { (self.median, self.tail) = (median, tail) }
  }

  /// Rates of common control loops, in Hz.
  package static let rates = [100.0, 1000]

  package let act, prepare: Call
  /// What the tail is: `p99`.
  package let quantile: String

  package init(act: Call, prepare: Call, quantile: String) {
    (self.act, self.prepare, self.quantile) = (act, prepare, quantile)
  }

  /// A sentence for each rate.
  package var sentences: [String] {
    Self.rates.map { hertz in
      func share(_ microseconds: Double) -> String { Self.percent(microseconds * hertz / 1e6) }
      return
        "at \(Axis.label(hertz)) Hz act takes \(share(act.median)) of the period and prepare "
        + "\(share(prepare.median)) (p50), \(share(act.tail)) and \(share(prepare.tail)) at \(quantile)"
    }
  }

  /// Two digits of it: `0.47 %`, `4.4 %`, `120 %`.
  package static func percent(_ share: Double) -> String {
    let percent = 100 * share
    guard percent >= 0.005 else { return "less than 0.01 %" }
    return String(format: "%.\(percent < 0.995 ? 2 : percent < 9.95 ? 1 : 0)f %%", percent)
  }
}
