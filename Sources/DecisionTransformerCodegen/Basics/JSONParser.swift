/// A strict parser of JSON (RFC 8259) in UTF-8.
///
/// Stricter than most in one place: a name may occur only once in an object, because a file that
/// says two things cannot be obeyed. It reads any bytes in linear time and bounded depth.
public struct JSONParser {
  /// How deeply arrays and objects may nest.
  public static let maximumDepth = 128

  private var scanner: JSONScanner
  /// The name in front of the value that is being read, of the innermost object.
  private var name: String?

  /// The value that `bytes` spell.
  public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
      try parse(UnsafeRawBufferPointer(buffer))
    }
  }

  /// The value that `bytes` spell; nothing of the result points into them.
  public static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
    var parser = JSONParser(scanner: JSONScanner(bytes))
    try parser.scanner.rejectByteOrderMark()
    let value = try parser.value(depth: 0)
    parser.scanner.skipSpace()
    guard parser.scanner.next == nil else {
      throw parser.scanner.error("\(parser.scanner.found) after the end of the JSON value")
    }
    return value
  }

  private init(scanner: JSONScanner) {
    self.scanner = scanner
  }
}

// MARK: - Values

extension JSONParser {
  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    scanner.skipSpace()
    guard let byte = scanner.next else {
      throw scanner.error("a value is missing; found \(scanner.found)")
    }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try scanner.string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try scanner.number()
    case UInt8(ascii: "?"): throw placeholder
    default: return try scanner.word()
    }
  }

  /// What `dtgen init` prints in place of a number.
  private var placeholder: JSONError {
    let place = name.map { " in \(JSONValue.string($0).excerpt)" } ?? ""
    return scanner.error(
      "a value is missing; found \(scanner.found)\(place); accepted: a value in place of each ?")
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    try enter(depth)
    var members: [JSONMember] = []
    // A few names are compared one by one, many through a set. Names that Unicode calls equal
    // count as the same name, because a look-up could not tell them apart.
    var names: Set<String> = []
    scanner.skipSpace()
    if scanner.take("}") { return .object([]) }
    repeat {
      scanner.skipSpace()
      let start = scanner.position
      guard scanner.next == UInt8(ascii: "\"") else {
        throw scanner.error("a name in double quotes is missing; found \(scanner.found)")
      }
      let name = try scanner.string()
      if members.count == 8 { names = Set(members.map(\.name)) }
      let isNew =
        members.count < 8
        ? !members.contains { $0.name == name } : names.insert(name).inserted
      guard isNew else {
        throw scanner.error(
          "the key \(JSONValue.string(name).excerpt) occurs twice; accepted: once", at: start)
      }
      scanner.skipSpace()
      guard scanner.take(":") else {
        throw scanner.error("\":\" is missing after a name; found \(scanner.found)")
      }
      self.name = name
      members.append(JSONMember(name: name, value: try value(depth: depth)))
      scanner.skipSpace()
    } while scanner.take(",")
    guard scanner.take("}") else {
      throw scanner.error("\",\" or \"}\" is missing; found \(scanner.found)")
    }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    try enter(depth)
    scanner.skipSpace()
    if scanner.take("]") { return .array([]) }
    var elements: [JSONValue] = []
    repeat {
      elements.append(try value(depth: depth))
      scanner.skipSpace()
    } while scanner.take(",")
    guard scanner.take("]") else {
      throw scanner.error("\",\" or \"]\" is missing; found \(scanner.found)")
    }
    return .array(elements)
  }

  /// Steps over an opening bracket.
  private mutating func enter(_ depth: Int) throws(JSONError) {
    guard depth <= Self.maximumDepth else {
      throw scanner.error("nested too deeply; at most \(Self.maximumDepth) levels are accepted")
    }
    scanner.skip()
  }
}
