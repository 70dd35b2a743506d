/// Breaks lines of generated Swift that are wider than a page.
package enum LineFitter {
  /// `code` in lines of at most `CodeWriter.width` characters, where there is a place to break them.
  package static func fit(_ code: String) -> String {
    var lines = code.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // Attributes go in front of their declaration where both fit.
    for index in lines.indices.dropLast().reversed() {
      let (line, next) = (lines[index], lines[index + 1])
      let text = next.drop { $0 == " " }
      guard line.hasSuffix(attributes), line.count < 40, !text.hasPrefix("@"),
        text.contains("func "), line.count + 1 + text.count <= CodeWriter.width
      else { continue }
      lines[index] += " " + text
      lines.remove(at: index + 1)
    }
    // What does not fit into a line of a comment goes in front of its next one.
    for index in lines.indices.dropLast() {
      let (line, next) = (lines[index], lines[index + 1])
      guard line.count > CodeWriter.width, let margin = margin(of: line),
        margin == self.margin(of: next),
        !next.dropFirst(margin.count).hasPrefix("- ")
      else { continue }
      let parts = fit(line: line)
      lines[index] = parts[0]
      lines[index + 1] =
        (parts.dropFirst().map { $0.dropFirst(margin.count) } + [next.dropFirst(margin.count)])
        .joined(separator: " ")
      lines[index + 1] = margin + lines[index + 1].trimmingPrefix { $0 == " " }
    }
    return lines.flatMap(fit).joined(separator: "\n")
  }

  private static let attributes = "@_noAllocation @_noLocks"

  /// The indentation, the marker and the spaces of a line of documentation; nil for other lines, and for empty ones.
  private static func margin(of line: String) -> String? {
    let indentation = line.prefix { $0 == " " }
    let text = line.dropFirst(indentation.count)
    guard text.hasPrefix("///") else { return nil }
    let marker = text.prefix { $0 == "/" }
    let spaces = text.dropFirst(marker.count).prefix { $0 == " " }
    guard !text.dropFirst(marker.count + spaces.count).isEmpty else { return nil }
    return String(indentation + marker + spaces)
  }

  private static func fit(line: String) -> [String] {
    guard line.count > CodeWriter.width else { return [line] }
    let indentation = String(line.prefix { $0 == " " })
    let text = String(line.dropFirst(indentation.count))
    if text.hasPrefix("//") { return wrap(comment: text, indentation) }
    if let place = trailingComment(in: text) {
      // Above the code that it is about.
      let code = text[..<place].reversed().drop { $0 == " " }.reversed()
      return fit(line: indentation + String(text[place...])) + fit(line: indentation + String(code))
    }
    return block(text, indentation) ?? wrap(code: text, indentation)
  }

  // MARK: Comments

  private static func wrap(comment: String, _ indentation: String) -> [String] {
    let marker = comment.hasPrefix("///") ? "///" : "//"
    let text = comment.dropFirst(marker.count)
    let margin = String(text.prefix { $0 == " " })
    let bullet = text.dropFirst(margin.count).hasPrefix("- ") ? "  " : ""
    var lines = [indentation + marker + margin]
    for word in text.dropFirst(margin.count).split(separator: " ") {
      let last = lines[lines.count - 1]
      let isFirst = last.hasSuffix(" ")
      if !isFirst, last.count + 1 + word.count > CodeWriter.width {
        lines.append(indentation + marker + margin + bullet + word)
      } else {
        lines[lines.count - 1] += (isFirst ? "" : " ") + word
      }
    }
    return lines
  }

  // MARK: Code

  /// A place in code, outside of strings, with the brackets that are open there.
  private struct Place {
    package var index: String.Index
    package var depth: Int
  }

  private static func places(in text: String) -> [Place] {
    var (places, depth, isString): ([Place], Int, Bool) = ([], 0, false)
    for index in text.indices {
      switch text[index] {
      case "\"": isString.toggle()
      case "(", "[", "{": if !isString { depth += 1 }
      case ")", "]", "}": if !isString { depth -= 1 }
      default: break
      }
      if !isString { places.append(Place(index: index, depth: depth)) }
    }
    return places
  }

  private static func trailingComment(in text: String) -> String.Index? {
    places(in: text).first { text[$0.index...].hasPrefix("// ") }?.index
  }

  /// `header { first; second }` as a block of several lines; nil for anything else.
  private static func block(_ text: String, _ indentation: String) -> [String]? {
    let places = places(in: text)
    guard text.hasSuffix(" }"),
      let open = places.first(where: { text[$0.index] == "{" && $0.depth == 1 })?.index,
      places.last(where: { $0.depth == 0 && text[$0.index] == "}" })?.index
        == text.index(before: text.endIndex),
      // One block, not several in a row.
      !places.contains(where: { $0.index > open && $0.depth == 0 && text[$0.index] != "}" })
    else { return nil }
    let body = trimmed(text[text.index(after: open)...].dropLast())
    var (statements, start) = ([String](), body.startIndex)
    for place in Self.places(in: body) where place.depth == 0 && body[place.index] == ";" {
      statements.append(trimmed(body[start..<place.index]))
      start = body.index(after: place.index)
    }
    statements.append(trimmed(body[start...]))
    // What a closure takes stays behind its brace.
    let header = indentation + text[...open]
    return fit(line: header) + statements.flatMap { fit(line: "\(indentation)  \($0)") }
      + ["\(indentation)}"]
  }

  /// Breaks behind the last comma that fits, else in front of the last operator, arrow or brace.
  private static func wrap(code: String, _ indentation: String) -> [String] {
    let room = CodeWriter.width - indentation.count
    let places = places(in: code).filter {
      code.distance(from: code.startIndex, to: $0.index) < room
    }
    // Outermost, so that arguments stay together.
    let commas = places.filter { code[$0.index...].hasPrefix(", ") }
    let comma = commas.last { $0.depth == commas.map(\.depth).min() }
    let separators = [" throws(", " -> ", " = ", " + ", " - ", " && ", " ? ", " : ", " * "]
    var end: String.Index?
    if let comma {
      end = code.index(after: comma.index)
    } else if let place = places.last(where: { place in
      place.index > code.startIndex && separators.contains { code[place.index...].hasPrefix($0) }
    }) {
      end = place.index
    }
    guard let end else { return [indentation + code] }
    let rest = trimmed(code[end...])
    let margin = indentation + (indentation.isEmpty ? "  " : "    ")
    return ["\(indentation)\(code[..<end])"] + fit(continuation: rest, margin)
  }

  /// The rest of a broken line; its own rest keeps the margin.
  private static func fit(continuation text: String, _ margin: String) -> [String] {
    guard margin.count + text.count > CodeWriter.width else { return [margin + text] }
    let lines = wrap(code: text, margin)
    return lines.enumerated().map { index, line in
      index == 0 ? line : margin + line.trimmingPrefix { $0 == " " }
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(String(text.drop { $0 == " " }.reversed()).drop { $0 == " " }.reversed())
  }
}
