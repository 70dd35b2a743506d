/// Puts the module in front of names that generated code takes from one, after rendering: see `NamesOfModules`.
package enum ModuleNames {
  /// `code` with the module in front of these names; comments, strings and members stay as they are.
  package static func qualify(_ code: String) -> String {
    var result = ""
    result.reserveCapacity(code.utf8.count + code.utf8.count / 8)
    for token in tokens(of: code) {
      if token.isName, let module = NamesOfModules.all[String(token.text)] {
        result += "\(module)::"
      }
      result += token.text
    }
    return result
  }

  /// A stretch of code: a name that no module or value is named for, or anything else.
  package struct Token {
    package var text: Substring
    package var isName: Bool
  }

  /// The whole of `code`, cut.
  package static func tokens(of code: String) -> [Token] {
    var tokens: [Token] = []
    let bytes = code.utf8
    var place = bytes.startIndex
    var previous: UInt8?
    while place < bytes.endIndex {
      let start = place
      var isName = false
      if bytes[place] == UInt8(ascii: "/"), bytes[place...].starts(with: "//".utf8) {
        place = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      } else if bytes[place] == UInt8(ascii: "\"") {
        let end = bytes[bytes.index(after: place)...].firstIndex(of: UInt8(ascii: "\""))
        place = end.map { bytes.index(after: $0) } ?? bytes.endIndex
      } else if isWord(bytes[place]) {
        place = bytes[place...].firstIndex { !isWord($0) } ?? bytes.endIndex
        isName = previous != UInt8(ascii: ".") && previous != UInt8(ascii: ":")
      } else {
        place = bytes.index(after: place)
      }
      previous = bytes[bytes.index(before: place)]
      tokens.append(Token(text: code[start..<place], isName: isName))
    }
    return tokens
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }
}
