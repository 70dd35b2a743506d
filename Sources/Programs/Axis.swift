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

  /// A number with this many decimal places and a typographer's minus.
  package static func label(_ value: Double, digits: Int = 0) -> String {
    let text = String(format: "%.\(digits)f", abs(value))
    return value < 0 && Double(text) != 0 ? "\u{2212}\(text)" : text
  }
}
