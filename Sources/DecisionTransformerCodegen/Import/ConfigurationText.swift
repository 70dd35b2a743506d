/// The scalars of a YAML file as trainers write it beside a checkpoint: `key: value` without indentation, lists of
/// numbers below their key. What is written in any other way is not read, and its key unknown.
package struct ConfigurationText {
  package let path: String
  private var values: [String: JSONValue] = [:]

  package init(_ bytes: [UInt8], path: String) {
    self.path = path
    var list: (key: String, numbers: [JSONValue])?
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      if line.hasPrefix("- "), list != nil {
        list?.numbers.append(Self.value(of: line.dropFirst(2)))
        continue
      }
      if let (key, numbers) = list { values[key] = .array(numbers) }
      list = nil
      guard let colon = line.firstIndex(of: ":"), line.first?.isLetter == true else { continue }
      let key = String(line[..<colon])
      let text = line[line.index(after: colon)...]
      if text.allSatisfy(\.isWhitespace) {
        list = (key, [])
      } else {
        values[key] = Self.value(of: text)
      }
    }
    if let (key, numbers) = list { values[key] = .array(numbers) }
  }

  package subscript(key: String) -> JSONValue? { values[key] }

  private static func value(of text: Substring) -> JSONValue {
    let word = text.drop { $0 == " " }.prefix { $0 != " " && $0 != "#" }
    if let number = Int(word) { return .integer(number) }
    if let number = Double(word), number.isFinite { return JSONValue(number) }
    return switch word {
    case "true": .bool(true)
    case "false": .bool(false)
    case "null", "~": .null
    default: .string(String(word))
    }
  }
}
