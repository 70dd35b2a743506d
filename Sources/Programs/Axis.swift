import Foundation

/// A scale with a title, marked at some values.
package struct Axis: Sendable {
  package struct Tick: Equatable, Sendable {
    package var value: Double
    package var label: String

    package init(_ value: Double, _ label: String) { (self.value, self.label) = (value, label) }
  }

  package let title: String
  package let range: ClosedRange<Double>
  package let ticks: [Tick]

  package init(_ title: String, _ range: ClosedRange<Double>, ticks: [Tick]) {
    (self.title, self.range, self.ticks) = (title, range, ticks)
  }

  /// Marked at multiples of 1, 2 or 5 times a power of ten, at most `count` of them, and long enough
  /// to begin and end with one.
  package init(_ title: String, covering values: ClosedRange<Double>, atMost count: Int = 8) {
    let length = max(values.upperBound - values.lowerBound, 1e-9 * max(1, abs(values.lowerBound)))
    // The range may reach beyond the values by less than a step at both ends.
    let least = length / Double(max(1, count - 2))
    let power = pow(10, log10(least).rounded(.down))
    let step = power * ([1, 2, 5].first { $0 * power >= least * (1 - 1e-9) } ?? 10)
    let first = (values.lowerBound / step + 1e-9).rounded(.down)
    let last = max(first + 1, (values.upperBound / step - 1e-9).rounded(.up))
    let digits = max(0, Int(-log10(step).rounded(.down)))
    ticks = stride(from: first, through: last, by: 1).map {
      Tick($0 * step, Self.label($0 * step, digits: digits))
    }
    (self.title, range) = (title, first * step...last * step)
  }

  /// A logarithmic axis of times, whose values are powers of ten of a microsecond: marked at 1, 2 and 5 times a power of
  /// ten where there are few of them, and in the unit in which a mark is short.
  package init(_ title: String, microseconds powers: ClosedRange<Double>) {
    let steps = powers.upperBound - powers.lowerBound > 4 ? [1] : [1.0, 2, 5]
    let marks = stride(
      from: powers.lowerBound.rounded(.down), through: powers.upperBound, by: 1
    ).flatMap { power in steps.map { (log10($0) + power, $0 * pow(10, power)) } }
    ticks = marks.filter { powers.contains($0.0) }.map { Tick($0.0, Self.time($0.1)) }
    (self.title, range) = (title, powers)
  }

  /// `0.5 µs`, `20 µs`, `5 ms`, `1 s`
  package static func time(_ microseconds: Double) -> String {
    let (value, unit) =
      microseconds < 999.5
      ? (microseconds, "µs")
      : microseconds < 999_500 ? (microseconds / 1e3, "ms") : (microseconds / 1e6, "s")
    return String(format: "%g", value) + " \(unit)"
  }

  /// A number with this many decimal places and a typographer's minus.
  package static func label(_ value: Double, digits: Int = 0) -> String {
    let text = String(format: "%.\(digits)f", abs(value))
    return value < 0 && Double(text) != 0 ? "\u{2212}\(text)" : text
  }
}
