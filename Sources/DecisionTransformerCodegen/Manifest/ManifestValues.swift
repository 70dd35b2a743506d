// The values of a manifest. One that is missing or wrong is a problem of the file, and something harmless instead.

extension JSONObjectFile {
  /// Reports keys that are missing, and others than these.
  package mutating func expect(_ keys: [String], optional: [String] = []) {
    for key in keys where self[key] == nil {
      reject(key, "is missing; accepted: what dtgen writes there")
    }
    for key in self.keys where !keys.contains(key) && !optional.contains(key) {
      let accepted = (keys + optional).map { "\"\($0)\"" }.joined(separator: ", ")
      reject(key, "is no key of a manifest; accepted: \(accepted)")
    }
  }

  package mutating func text(_ key: String) -> String {
    guard let value = self[key] else { return "" }
    if case .string(let text) = value { return text }
    reject(key, found: value, accepted: "a string")
    return ""
  }

  package mutating func texts(_ key: String) -> [String] {
    elements(key).enumerated().compactMap { index, element in
      if case .string(let text) = element { return text }
      reject(key, element: index, found: element, accepted: "a string")
      return nil
    }
  }

  /// A whole number that leaves room for sums and products with others.
  package mutating func amount(_ key: String) -> Int {
    var amount = 0
    read(key, into: &amount, in: 0...1 << 48)
    return amount
  }

  /// Rows and columns.
  package mutating func pair(_ key: String) -> (Int, Int) {
    guard let value = self[key] else { return (0, 0) }
    let range = 0...1 << 22
    if case .array(let elements) = value, elements.count == 2,
      case .integer(let first) = elements[0], case .integer(let second) = elements[1],
      range.contains(first), range.contains(second)
    {
      return (first, second)
    }
    reject(key, found: value, accepted: "two integers from 0 to \(range.upperBound)")
    return (0, 0)
  }

  /// A number of 64 bits, as digests and checksums are written.
  package mutating func digest(_ key: String) -> UInt64 {
    guard let value = self[key] else { return 0 }
    if case .string(let text) = value, text.utf8.count == 18,
      text.utf8.prefix(2).elementsEqual("0x".utf8),
      text.utf8.dropFirst(2).allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let digest = UInt64(text.dropFirst(2), radix: 16)
    {
      return digest
    }
    reject(key, found: value, accepted: "\"0x\" and 16 hexadecimal digits")
    return 0
  }

  /// Named values: single ones, or lists of these.
  package mutating func facts(_ key: String) -> [JSONMember] {
    guard let value = self[key] else { return [] }
    guard case .object(let members) = value else {
      reject(key, found: value, accepted: "an object")
      return []
    }
    var part = JSONObjectFile(members, path: path, in: key)
    for member in members where !member.value.isPlain(allowsList: true) {
      part.reject(
        member.name, found: member.value,
        accepted: "a number, a string, true, false, null, or a list of these")
    }
    take(part, from: key)
    return members
  }

  /// A list of objects, each read by `read`.
  package mutating func objects<Value>(
    _ key: String, _ read: (inout JSONObjectFile) -> Value
  ) -> [Value] {
    elements(key).enumerated().compactMap { index, element in
      guard case .object(let members) = element else {
        reject(key, element: index, found: element, accepted: "an object")
        return nil
      }
      return part(members, of: key, in: "\(key)[\(index)]", read)
    }
  }

  package mutating func object<Value>(
    _ key: String, _ read: (inout JSONObjectFile) -> Value
  ) -> Value? {
    guard let value = self[key] else { return nil }
    guard case .object(let members) = value else {
      reject(key, found: value, accepted: "an object")
      return nil
    }
    return part(members, of: key, in: key, read)
  }

  private mutating func part<Value>(
    _ members: [JSONMember], of key: String, in place: String,
    _ read: (inout JSONObjectFile) -> Value
  ) -> Value {
    var part = JSONObjectFile(members, path: path, in: place)
    let value = read(&part)
    take(part, from: key)
    return value
  }

  private mutating func elements(_ key: String) -> [JSONValue] {
    guard let value = self[key] else { return [] }
    if case .array(let elements) = value { return elements }
    reject(key, found: value, accepted: "an array")
    return []
  }
}

extension JSONValue {
  fileprivate func isPlain(allowsList: Bool) -> Bool {
    switch self {
    case .null, .bool, .integer, .number, .string: true
    case .array(let elements): allowsList && elements.allSatisfy { $0.isPlain(allowsList: false) }
    case .object: false
    }
  }
}

/// For reports that are made by Foundation's encoder.
extension JSONValue: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let members):
      try container.encode(Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first })
    }
  }
}
