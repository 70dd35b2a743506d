/// A JSON value as lines that a diff of two files can be read from: an entry is one line, or a few.
///
/// The same value gives the same bytes. Members stay in their order.
package struct ManifestText {
  /// Characters of a line, but for a single value that is longer.
  private static let width = 120
  /// Of these, what closes the lists around a value takes: `]},`.
  private static let closingWidth = 3
  /// The file's object, and the lists in it, have every item on a line of its own.
  private static let spreadDepth = 2

  package let text: String

  package init(_ value: JSONValue) {
    text = Self.lines(value, indent: 0, column: 0, depth: 0) + "\n"
  }

  /// A value in one line.
  package static func inline(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .string(let text): quoted(text)
    case .array, .object:
      brackets(value).0
        + items(value).map { key, item in
          key + inline(item)
        }.joined(separator: ", ") + brackets(value).1
    }
  }

  /// - Parameters:
  ///   - indent: Of the line in which the value begins.
  ///   - column: Where in the line it begins.
  private static func lines(_ value: JSONValue, indent: Int, column: Int, depth: Int) -> String {
    let items = items(value)
    if items.isEmpty { return inline(value) }
    let isSpread = depth == 0 || depth < spreadDepth && !isPlainList(value)
    let inline = inline(value)
    if !isSpread, fits(inline, column) { return inline }
    let (open, close) = brackets(value)
    // Numbers stand one by one: one that changes is one line of a diff.
    guard isSpread || isNumberList(value) else {
      return open + filled(items, indent: indent + 1, column: column + 1, depth: depth) + close
    }
    let margin = String(repeating: " ", count: indent + 2)
    let parts = items.map { key, item in
      margin + key
        + lines(item, indent: indent + 2, column: indent + 2 + key.count, depth: depth + 1)
    }
    return "\(open)\n\(parts.joined(separator: ",\n"))\n\(margin.dropLast(2))\(close)"
  }

  private static func fits(_ text: String, _ column: Int) -> Bool {
    column + text.count + closingWidth <= width
  }

  /// Items one behind the other, in as many lines as they need.
  ///
  /// - Parameters:
  ///   - indent: Of lines but the first.
  ///   - column: Where the first item begins.
  private static func filled(
    _ items: [(key: String, value: JSONValue)], indent: Int, column start: Int, depth: Int
  ) -> String {
    let margin = String(repeating: " ", count: indent)
    var (text, column) = ("", start)
    for (index, item) in items.enumerated() {
      let whole = item.key + inline(item.value)
      if index > 0 {
        let continues = fits(whole, column + 2)
        text += continues ? ", " : ",\n\(margin)"
        column = continues ? column + 2 : indent
      }
      let isShort = fits(whole, column)
      text +=
        isShort
        ? whole
        : item.key
          + lines(
            item.value, indent: indent, column: column + item.key.count, depth: depth + 1)
      // Nothing stands behind what needed lines of its own.
      column = isShort ? column + whole.count : width
    }
    return text
  }

  private static func items(_ value: JSONValue) -> [(key: String, value: JSONValue)] {
    switch value {
    case .array(let elements): elements.map { ("", $0) }
    case .object(let members): members.map { (quoted($0.name) + ": ", $0.value) }
    default: []
    }
  }

  private static func brackets(_ value: JSONValue) -> (String, String) {
    if case .object = value { ("{", "}") } else { ("[", "]") }
  }

  /// Whether it is a list without lists in it.
  private static func isPlainList(_ value: JSONValue) -> Bool {
    guard case .array(let elements) = value else { return false }
    return elements.allSatisfy { items($0).isEmpty }
  }

  private static func isNumberList(_ value: JSONValue) -> Bool {
    guard case .array(let elements) = value else { return false }
    return elements.allSatisfy { $0.asDouble != nil }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
