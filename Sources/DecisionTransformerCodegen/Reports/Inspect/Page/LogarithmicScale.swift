import Foundation

/// Positions on a logarithmic axis, in percent of its length.
package struct LogarithmicScale: Equatable, Sendable {
  /// Powers of ten at both ends.
  package var low, high: Double

  /// Covers `values`, those above zero, up to whole powers of ten; one decade at least.
  package init(covering values: [Double]) {
    let logarithms = values.filter { $0 > 0 && $0.isFinite }.map(log10)
    low = (logarithms.min() ?? 0).rounded(.down)
    high = max(low + 1, (logarithms.max() ?? 1).rounded(.up))
  }

  /// Covers `values` with a margin of a tenth of a decade on both sides.
  package init(fitting values: [Double]) {
    let logarithms = values.filter { $0 > 0 && $0.isFinite }.map(log10)
    low = (logarithms.min() ?? 0) - 0.1
    high = (logarithms.max() ?? 1) + 0.1
  }

  /// Zero and below are at the lower end.
  package func percent(_ value: Double) -> Double {
    guard value > 0 else { return 0 }
    return 100 * min(max((log10(value) - low) / (high - low), 0), 1)
  }

  /// The power of ten that a value is nearest to.
  package static func power(_ value: Double) -> Int { Int(log10(value).rounded()) }

  /// A power of ten: `10⁻⁶`
  package static func label(_ value: Double) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    let power = power(value)
    return "10" + (power < 0 ? "⁻" : "")
      + String(String(power.magnitude).map { digits[$0.wholeNumberValue!] })
  }

  /// Powers of ten, with `steps` also their multiples.
  package func ticks(steps: [Double] = [1]) -> [Double] {
    stride(from: low.rounded(.down), through: high.rounded(.up), by: 1).flatMap { power in
      steps.map { $0 * pow(10, power) }
    }.filter { (low...high).contains(log10($0)) }
  }
}
