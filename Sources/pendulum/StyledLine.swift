/// A line of text for a terminal, part by part.
struct StyledLine: ExpressibleByStringLiteral {
  enum Style: String {
    case plain = ""
    case quiet = "2"
    case strong = "1"
    case rod = "36"
    case torque = "33"
    case good = "32"
  }

  private var parts: [(text: String, style: Style)] = []

  init() {}
  init(stringLiteral text: String) { append(text) }
  init(_ text: String, _ style: Style = .plain) { append(text, style) }

  mutating func append(_ text: String, _ style: Style = .plain) { parts.append((text, style)) }

  mutating func append(_ line: StyledLine) { parts += line.parts }

  /// Spaces up to this column.
  mutating func fill(to columns: Int) {
    if columns > width { append(String(repeating: " ", count: columns - width)) }
  }

  /// Columns: every character that this program prints takes one.
  var width: Int { parts.reduce(0) { $0 + $1.text.count } }

  /// At most `columns` wide, with escape sequences if `isColored`.
  func text(columns: Int, isColored: Bool) -> String {
    var room = max(0, columns)
    var text = ""
    for part in parts where room > 0 {
      let visible = part.text.prefix(room)
      room -= visible.count
      text +=
        isColored && part.style != .plain
        ? "\u{1B}[\(part.style.rawValue)m\(visible)\u{1B}[0m" : visible
    }
    return text
  }
}
