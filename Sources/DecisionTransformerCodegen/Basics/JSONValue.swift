/// A JSON text as a value.
public enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A literal with neither fraction nor exponent that fits an `Int`.
  case integer(Int)
  /// A literal with a fraction or an exponent, or one too large for an `Int`; always finite.
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// The members in the order of the text; no name occurs twice.
  case object([JSONMember])
}

/// One name and its value in a JSON object.
public struct JSONMember: Equatable, Sendable {
  public var name: String
  public var value: JSONValue

  public init(name: String, value: JSONValue) {
    self.name = name
    self.value = value
  }
}

extension JSONValue {
  /// A finite number as it is read back: a whole one as an integer, with or without a fraction of zero.
  package init(_ number: Double) {
    self =
      Int(exactly: number).flatMap { $0.magnitude < 1 << 53 ? .integer($0) : nil }
      ?? .number(number)
  }

  package init(_ numbers: [Double]) { self = .array(numbers.map { JSONValue($0) }) }
  package init(_ texts: [String]) { self = .array(texts.map(JSONValue.string)) }

  /// The value in a few characters of one line, for messages: `"relu"`, `2.0`, `an array`.
  public var excerpt: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value):
      value.count > 60
        ? "\(String(value.prefix(60)).debugDescription)..." : value.debugDescription
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue {
  /// The same with the elements of a short array of numbers and texts.
  package var shortText: String {
    guard case .array(let elements) = self, elements.count <= 8 else { return excerpt }
    return "[\(elements.map(\.excerpt).joined(separator: ", "))]"
  }
}

/// Why and where a text is not JSON.
public struct JSONError: Error, Equatable, Sendable {
  /// Line of the offending character, counted from 1.
  public var line: Int
  /// Its column, counted from 1 in Unicode code points.
  public var column: Int
  public var message: String

  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

  /// The position as messages show it: "line 3, column 7".
  public var position: String { "line \(line), column \(column)" }
}

extension JSONError: CustomStringConvertible {
  public var description: String { "\(position): \(message)" }
}
