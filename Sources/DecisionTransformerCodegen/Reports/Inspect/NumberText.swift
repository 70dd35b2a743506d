import Foundation

/// How reports spell numbers; the same on every machine.
package enum NumberText {
  /// Digits in groups of three: `1 966 080`.
  package static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    let groups = digits.enumerated().map { index, digit in
      (index > 0 && (digits.count - index) % 3 == 0 ? " " : "") + String(digit)
    }
    return (number < 0 ? "-" : "") + groups.joined()
  }

  /// Three digits and a unit: `2.51 MB`, `640 B`.
  package static func bytes(_ count: Int) -> String {
    short(count, units: ["B", "KB", "MB", "GB", "TB"])
  }

  /// Three digits and a word: `18.6 million`, `384`.
  package static func count(_ count: Int) -> String {
    short(count, units: ["", "thousand", "million", "billion", "trillion"])
  }

  /// Three digits and a letter: `18.6 M`.
  package static func abbreviated(_ count: Int) -> String {
    short(count, units: ["", "k", "M", "G", "T"])
  }

  private static func short(_ count: Int, units: [String]) -> String {
    var (value, unit) = (Double(count), 0)
    // 999.5 would be printed as 1000.
    while abs(value) >= 999.5, unit + 1 < units.count { (value, unit) = (value / 1000, unit + 1) }
    let digits = unit == 0 || abs(value) >= 99.95 ? 0 : abs(value) >= 9.995 ? 1 : 2
    let text = String(format: "%.\(digits)f", value)
    return units[unit].isEmpty ? text : "\(text) \(units[unit])"
  }

  /// `3.1e-07`
  package static func scientific(_ value: Double) -> String { String(format: "%.1e", value) }

  /// Three significant digits without an exponent, for microseconds: `21.9`, `0.84`, `1730`.
  package static func significant(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "0" }
    let places = max(0, 2 - Int(log10(abs(value)).rounded(.down)))
    return String(format: "%.\(places)f", value)
  }

  /// A time that is given in microseconds, in the unit in which it is short: `50 µs`, `0.2 µs`, `2 ms`, `1 s`.
  package static func microseconds(_ value: Double) -> String {
    let (number, unit) =
      value < 1e3 ? (value, "µs") : value < 1e6 ? (value / 1e3, "ms") : (value / 1e6, "s")
    return String(format: "%g", number) + " \(unit)"
  }

  /// A share in percent, two digits of it: `0.47 %`, `4.4 %`, `120 %`.
  package static func share(_ share: Double) -> String {
    let percent = 100 * share
    guard percent >= 0.005 else { return "less than 0.01 %" }
    return String(format: "%.\(percent < 0.995 ? 2 : percent < 9.95 ? 1 : 0)f %%", percent)
  }

  /// A share as `12.3 %`.
  package static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

  /// For positions in style sheets and drawings.
  package static func position(_ value: Double) -> String { String(format: "%.3f", value) }
}
