/// The scalars of a YAML file as trainers write it beside a checkpoint: `key: value` without indentation, lists of
/// numbers below their key. What is written in any other way is not read, and its key unknown.
package struct ConfigurationText {
  package let path: String
  private var values: [String: JSONValue] = [:]

  /// - Throws: Where the bytes are no text, or a key is there twice: nothing says which of the values was meant.
  package init(_ bytes: [UInt8], path: String) throws(InvalidInput) {
    self.path = path
    guard let text = String(validating: bytes, as: UTF8.self), !text.contains("\0") else {
      throw InvalidInput([
        Diagnostic(path: path, "is not a text in UTF-8; accepted: the file that the trainer wrote")
      ])
    }
    var list: (key: String, numbers: [JSONValue])?
    var lines: [String: Int] = [:]
    var problems: [Diagnostic] = []
    let all = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in all.enumerated() where !line.isEmpty {
      if line.hasPrefix("- "), list != nil {
        list?.numbers.append(Self.value(of: line.dropFirst(2)))
        continue
      }
      if let (key, numbers) = list { values[key] = .array(numbers) }
      list = nil
      guard let colon = line.firstIndex(of: ":"), line.first?.isLetter == true else { continue }
      let key = String(line[..<colon])
      let text = line[line.index(after: colon)...]
      if let first = lines[key] {
        problems.append(
          Diagnostic(
            path: path, key: key,
            "is there twice, in lines \(first) and \(index + 1); accepted: once"))
      } else {
        lines[key] = index + 1
      }
      if text.allSatisfy(\.isWhitespace) {
        list = (key, [])
      } else {
        values[key] = Self.value(of: text)
      }
    }
    if let (key, numbers) = list { values[key] = .array(numbers) }
    guard problems.isEmpty else { throw InvalidInput(problems) }
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
