import Foundation

/// A figure or a choice that differs, under its key in config.json, codegen.json or the manifest.
package struct FactChange: Encodable, Equatable, Sendable {
  package var name: String
  /// Nil on a side that has none.
  package var old: String?
  package var new: String?
  /// What differs in a list that is too long to be shown twice.
  package var difference: String?

  package init(name: String, old: String?, new: String?) {
    (self.name, self.old, self.new) = (name, old, new)
  }

  /// In the order of the new side; what only the old side has comes last.
  package static func changes(_ old: [JSONMember], _ new: [JSONMember]) -> [FactChange] {
    let (values, others) = (old.valuesByName, new.valuesByName)
    return (new + old.filter { others[$0.name] == nil }).map(\.name).compactMap { name in
      let (before, after) = (values[name] ?? .null, others[name] ?? .null)
      guard before != after else { return nil }
      var change = FactChange(name: name, old: text(before), new: text(after))
      change.difference = difference(before, after) ?? otherLength(before, after)
      return change
    }
  }

  package static func changes(_ triples: [(String, String?, String?)]) -> [FactChange] {
    triples.compactMap { name, old, new in
      old == new ? nil : FactChange(name: name, old: old, new: new)
    }
  }

  /// What a person reads.
  package var text: String {
    if let difference { return "\(name): \(difference)" }
    return "\(name): \(Self.short(old)) → \(Self.short(new))"
  }

  /// A name without quotation marks, anything else as in JSON; nil for null.
  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .null: nil
    case .string(let text): text
    default: ManifestText.inline(value)
    }
  }

  private static let longestText = 60

  private static func short(_ text: String?) -> String {
    guard let text, text.count > longestText else { return text ?? "none" }
    return "\(text.prefix(longestText))..."
  }

  private static let mostPlaces = 4

  /// Of two lists of as many numbers, where one of them is long: which differ, from what to what, and how far. One number
  /// stands for as many as the other side has.
  private static func difference(_ old: JSONValue, _ new: JSONValue) -> String? {
    guard max(ManifestText.inline(old).count, ManifestText.inline(new).count) > longestText,
      let before = numbers(old, as: new), let after = numbers(new, as: old),
      before.count == after.count
    else { return nil }
    let places = before.indices.filter { before[$0] != after[$0] }
    let largest = places.map { abs(before[$0] - after[$0]) }.max() ?? 0
    let shown = places.prefix(mostPlaces).map { "[\($0)] \(change(before[$0], after[$0]))" }
      .joined(separator: ", ")
    let rest = places.count > mostPlaces ? " and \(places.count - mostPlaces) more" : ""
    return
      "\(places.count) of \(before.count) numbers changed, by at most \(String(format: "%.3g", largest)): \(shown)\(rest)"
  }

  /// Of lists of other lengths, one of which is long, or of one that was not there: how many, and the first few.
  private static func otherLength(_ old: JSONValue, _ new: JSONValue) -> String? {
    let sides = [old, new].map(beginning)
    guard sides.contains(where: { $0 != nil }) else { return nil }
    return zip(sides, [old, new]).map { $0 ?? short(text($1)) }.joined(separator: " → ")
  }

  /// `11 numbers: [0] 1.309, [1] -0.08 and 9 more`; nil of what is no list of numbers, or is short.
  private static func beginning(_ value: JSONValue) -> String? {
    guard case .array(let elements) = value, ManifestText.inline(value).count > longestText,
      let numbers = numbers(value, as: .null)
    else { return nil }
    let shown = numbers.prefix(mostPlaces).enumerated().map {
      "[\($0)] \(String(format: "%.6g", $1))"
    }.joined(separator: ", ")
    let rest = elements.count - min(elements.count, mostPlaces)
    return "\(elements.count) numbers: \(shown)\(rest == 0 ? "" : " and \(rest) more")"
  }

  private static func numbers(_ value: JSONValue, as other: JSONValue) -> [Double]? {
    if let number = value.asDouble, case .array(let others) = other {
      return Array(repeating: number, count: others.count)
    }
    guard case .array(let elements) = value else { return nil }
    let numbers = elements.compactMap(\.asDouble)
    return numbers.count == elements.count ? numbers : nil
  }

  /// In six digits, or in all where the difference lies behind them.
  private static func change(_ old: Double, _ new: Double) -> String {
    let short = [old, new].map { String(format: "%.6g", $0) }
    return short[0] == short[1] ? "\(old) → \(new)" : "\(short[0]) → \(short[1])"
  }
}

extension [JSONMember] {
  fileprivate var valuesByName: [String: JSONValue] {
    Dictionary(map { ($0.name, $0.value) }) { first, _ in first }
  }
}
