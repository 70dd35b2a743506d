/// The text of a codegen.json in which some keys get other values; all that is not theirs stays as it was written.
package struct OptionsText {
  package private(set) var text: String

  /// - Parameter text: A JSON object that has been read without problems.
  package init(_ text: String) { self.text = text }

  /// Gives a key a value, behind all others where it is new. `value` is JSON.
  package mutating func set(_ key: String, to value: String) {
    let bytes = Array(text.utf8)
    // As the file has them.
    let newline = text.contains("\r\n") ? "\r\n" : "\n"
    let value = value.replacing("\n", with: newline)
    if let range = Self.value(of: key, in: bytes) {
      text =
        Self.string(bytes[..<range.lowerBound]) + value + Self.string(bytes[range.upperBound...])
      return
    }
    guard let end = bytes.lastIndex(of: UInt8(ascii: "}")) else { return }
    let space: Set<UInt8> = [0x20, 0x09, 0x0a, 0x0d]
    let last = bytes[..<end].lastIndex { !space.contains($0) } ?? 0
    let comma = bytes[last] == UInt8(ascii: "{") ? "" : ","
    text =
      Self.string(bytes[...last]) + "\(comma)\(newline)  \"\(key)\": \(value)\(newline)"
      + Self.string(bytes[end...])
  }

  private static func string(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// The bytes of the value of a key of the outermost object.
  private static func value(of key: String, in bytes: [UInt8]) -> Range<Int>? {
    var (depth, place) = (0, 0)
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        let start = place
        place = endOfString(bytes, from: place)
        guard depth == 1, string(bytes[start + 1..<place - 1]) == key else { continue }
        var colon = place
        while colon < bytes.count, bytes[colon] != UInt8(ascii: ":") {
          guard
            bytes[colon] == 0x20 || bytes[colon] == 0x0a || bytes[colon] == 0x0d
              || bytes[colon] == 0x09
          else { break }
          colon += 1
        }
        // A text that is a value is followed by something else.
        guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { continue }
        return valueRange(bytes, from: colon + 1)
      case UInt8(ascii: "{"), UInt8(ascii: "["): (depth, place) = (depth + 1, place + 1)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): (depth, place) = (depth - 1, place + 1)
      default: place += 1
      }
    }
    return nil
  }

  private static func valueRange(_ bytes: [UInt8], from colon: Int) -> Range<Int> {
    var start = colon
    while [0x20, 0x09, 0x0a, 0x0d].contains(bytes[start]) { start += 1 }
    var (depth, place) = (0, start)
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""): place = endOfString(bytes, from: place)
      case UInt8(ascii: "{"), UInt8(ascii: "["): (depth, place) = (depth + 1, place + 1)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return start..<trimmed(bytes, start, place) }
        (depth, place) = (depth - 1, place + 1)
      case UInt8(ascii: ",") where depth == 0: return start..<trimmed(bytes, start, place)
      default: place += 1
      }
    }
    return start..<place
  }

  private static func trimmed(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[end - 1]) { end -= 1 }
    return end
  }

  /// Behind the closing quotation mark.
  private static func endOfString(_ bytes: [UInt8], from quote: Int) -> Int {
    var place = quote + 1
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(place + 1, bytes.count)
  }
}
