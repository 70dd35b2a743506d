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
      change.difference = difference(before, after)
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

  /// Of two lists of as many numbers, where one of them is long: which differ, and how far.
  private static func difference(_ old: JSONValue, _ new: JSONValue) -> String? {
    guard case .array(let before) = old, case .array(let after) = new,
      before.count == after.count,
      max(ManifestText.inline(old).count, ManifestText.inline(new).count) > longestText,
      case let numbers = zip(before, after).map({ ($0.asDouble, $1.asDouble) }),
      numbers.allSatisfy({ $0.0 != nil && $0.1 != nil })
    else { return nil }
    let places = numbers.indices.filter { numbers[$0].0 != numbers[$0].1 }
    let largest = places.map { abs(numbers[$0].0! - numbers[$0].1!) }.max() ?? 0
    let shown = places.prefix(8).map { "[\($0)]" }.joined(separator: ", ")
    let rest = places.count > 8 ? " and \(places.count - 8) more" : ""
    return
      "\(places.count) of \(numbers.count) numbers, by at most \(String(format: "%.3g", largest)): \(shown)\(rest)"
  }
}

extension [JSONMember] {
  fileprivate var valuesByName: [String: JSONValue] {
    Dictionary(map { ($0.name, $0.value) }) { first, _ in first }
  }
}
