/// A piece of HTML or SVG: text and attribute values are escaped when it is printed, so that no name from a
/// model, a checkpoint or a benchmark can become markup.
package indirect enum Markup: Equatable, Sendable {
  /// Characters as they are.
  case text(String)
  case element(String, attributes: [Attribute], content: [Markup])
  case sequence([Markup])
  /// The page's own style sheet or script, in which HTML knows no escapes. Never from input.
  case verbatim(StaticText)

  package struct Attribute: Equatable, Sendable {
    package var name: String
    package var value: String
  }

  /// Text that only this module's source can hold.
  package struct StaticText: Equatable, Sendable {
    package let text: String
    package init(_ text: StaticString) { self.text = "\(text)" }
  }

  package static let nothing = Markup.sequence([])
}

extension Markup {
  /// An element; attributes in the order given, those with the value nil left out.
  package static func tag(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ content: [Markup] = []
  ) -> Markup {
    .element(
      name,
      attributes: attributes.compactMap { name, value in
        value.map { Attribute(name: name, value: $0) }
      },
      content: content)
  }

  package static func tag(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ text: String
  ) -> Markup {
    tag(name, attributes, [.text(text)])
  }

  /// The text of the document. Elements that hold elements begin lines, for the reader of a difference.
  package var html: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to output: inout String) {
    switch self {
    case .text(let text): output += Self.escaped(text)
    case .sequence(let parts): for part in parts { part.write(to: &output) }
    case .verbatim(let text): output += text.text
    case .element(let name, let attributes, let content):
      output += "<\(name)"
      for attribute in attributes {
        output += " \(attribute.name)=\"\(Self.escaped(attribute.value))\""
      }
      output += ">"
      guard !Self.voidElements.contains(name) else { return output += "\n" }
      for part in content { part.write(to: &output) }
      output += "</\(name)>"
      if !Self.inlineElements.contains(name) { output += "\n" }
    }
  }

  /// Elements that HTML does not close.
  private static let voidElements: Set = ["meta", "br"]
  /// Elements after which a line break would be a space in a sentence.
  private static let inlineElements: Set = ["a", "b", "code", "em", "i", "small", "span", "strong"]

  /// Safe between tags and between double quotes. Control characters, which HTML forbids, are shown by their
  /// symbols; marks that turn the direction of writing are left out.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\u{0}"..."\u{8}", "\u{B}"..."\u{1F}":
        result.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value)!)
      case "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
