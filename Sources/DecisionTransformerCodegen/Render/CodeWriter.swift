/// Collects indented lines of Swift.
package struct CodeWriter {
  /// Columns of a page.
  package static let width = 110

  package private(set) var lines: [String] = []
  private var indentation = 0

  /// The text, each line ended.
  package var text: String { lines.map { $0 + "\n" }.joined() }

  /// Writes lines at the current indentation; empty lines stay empty.
  package mutating func write(_ newLines: String...) {
    for line in newLines {
      lines.append(line.isEmpty ? "" : String(repeating: "  ", count: indentation) + line)
    }
  }

  /// Writes `opening {`, what `body` writes one level deeper, and `}`.
  package mutating func scope(_ opening: String, _ body: (inout CodeWriter) -> Void) {
    write("\(opening) {")
    indentation += 1
    body(&self)
    indentation -= 1
    write("}")
  }

  /// Goes on behind a scope: `} keyword {`, what `body` writes, `}`.
  package mutating func chain(_ keyword: String, _ body: (inout CodeWriter) -> Void) {
    precondition(lines.last?.hasSuffix("}") == true, "there is a scope to go on from")
    lines.removeLast()
    write("} \(keyword) {")
    indentation += 1
    body(&self)
    indentation -= 1
    write("}")
  }

  /// A list in lines of at most `width` characters, where its items are no longer.
  package static func lines(of items: [String], separator: String = ",", width: Int) -> [String] {
    var lines = [""]
    for (index, item) in items.enumerated() {
      let item = index == items.count - 1 ? item : item + separator
      if lines[lines.count - 1].isEmpty {
        lines[lines.count - 1] = item
      } else if lines[lines.count - 1].count + 1 + item.count <= width {
        lines[lines.count - 1] += " " + item
      } else {
        lines.append(item)
      }
    }
    return lines
  }

  /// Writes `if … { } else if … { } else { }`; the last condition is nil. Alone, it needs no braces.
  package mutating func branches(
    _ branches: [(condition: String?, body: (inout CodeWriter) -> Void)]
  ) {
    if branches.count == 1, branches[0].condition == nil { return branches[0].body(&self) }
    for (index, branch) in branches.enumerated() {
      let test = branch.condition.map { "if \($0) {" } ?? "{"
      write(index == 0 ? test : "} else \(test)")
      indentation += 1
      branch.body(&self)
      indentation -= 1
    }
    write("}")
  }

  /// Pads `code` to a common column and puts `comment` behind it.
  package static func line(_ code: String, comment: String, column: Int = 84) -> String {
    guard !comment.isEmpty else { return code }
    let padding = String(repeating: " ", count: max(1, column - code.count))
    return "\(code)\(padding)// \(comment)"
  }
}

/// An integer as generated code prints it: groups of three digits from five digits on.
package func literal(_ value: Int) -> String {
  let digits = String(abs(value))
  guard digits.count > 4 else { return String(value) }
  var groups: [Substring] = []
  var rest = digits[...]
  while !rest.isEmpty {
    groups.insert(rest.suffix(3), at: 0)
    rest = rest.dropLast(3)
  }
  return (value < 0 ? "-" : "") + groups.joined(separator: "_")
}

/// A float32 as generated code prints it: the shortest decimal that reads back as the same number.
package func literal(_ value: some BinaryFloatingPoint) -> String {
  value == value.rounded() && abs(value) < 1e6 ? String(Int(value)) : String(describing: value)
}

/// `value` in a field of `width`, to the right.
package func right(_ value: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - value.count)) + value
}

/// `value` in a field of `width`, to the left.
package func left(_ value: String, _ width: Int) -> String {
  value + String(repeating: " ", count: max(0, width - value.count))
}
