/// A program's arguments: `--name value`, `--name=value` and flags, in any order, each at most once.
package struct OptionList: Sendable {
  /// A command line that cannot be understood.
  package struct Problem: Error {
    package var message: String

    package init(_ message: String) { self.message = message }
  }

  private var values: [String: String] = [:]
  private var flags: Set<String> = []

  /// - Parameters:
  ///   - flags: options without a value.
  ///   - valued: options that need one.
  ///   - optionallyValued: options that take the next argument unless that is an option itself.
  package init(
    _ arguments: [String], flags accepted: Set<String>, valued: Set<String>,
    optionallyValued: Set<String> = []
  ) throws(Problem) {
    let known = accepted.union(valued).union(optionallyValued)
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let option = parts.first.map(String.init) ?? ""
      var value = parts.count == 2 ? String(parts[1]) : nil
      guard known.contains(option) else {
        let list = known.filter { $0.hasPrefix("--") }.sorted().joined(separator: ", ")
        throw Problem("'\(argument)' is unknown; accepted: \(list)")
      }
      if accepted.contains(option), let value {
        throw Problem("\(option) takes no value; '\(value)' is too much")
      }
      if valued.contains(option), value == nil { value = rest.popFirst() }
      if optionallyValued.contains(option), value == nil, let next = rest.first,
        !next.hasPrefix("--"), !known.contains(next)
      {
        value = rest.popFirst()
      }
      if value?.isEmpty ?? valued.contains(option) { throw Problem("\(option) needs a value") }
      guard values[option] == nil, flags.insert(option).inserted else {
        throw Problem("\(option) is given twice; one is accepted")
      }
      values[option] = value
    }
  }

  /// Whether the option is given, with a value or without.
  package func has(_ option: String) -> Bool { flags.contains(option) }

  package func value(of option: String) -> String? { values[option] }

  /// nil where the option is not given.
  package func number(
    _ option: String, from least: Double, to most: Double
  ) throws(Problem) -> Double? {
    guard let text = values[option] else { return nil }
    guard let number = Double(text), (least...most).contains(number) else {
      throw Problem(
        "\(option) '\(text)': a number from \(plain(least)) to \(plain(most)) is accepted")
    }
    return number
  }

  /// nil where the option is not given.
  package func wholeNumber(_ option: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
    guard let text = values[option] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Problem(
        "\(option) '\(text)': a whole number from \(range.lowerBound) to \(range.upperBound) "
          + "is accepted")
    }
    return number
  }

  private func plain(_ number: Double) -> String {
    number == number.rounded() ? String(Int(number)) : String(number)
  }
}
