import Foundation

/// A page of a catalogue, as far as its code goes.
///
/// Every fenced block with a language has a comment on the line above that says how it is known to be right:
///
/// | comment | the block is |
/// |---|---|
/// | `excerpt: <path>` | consecutive lines of a file that is compiled or run, but for indentation |
/// | `as in: <path>` | consecutive lines of a page whose commands are run elsewhere |
/// | `runs`, `runs with: <Python module>` | run by the script, the second where that module is there |
/// | `printed` | what the blocks before print, among other lines |
/// | `not run: <reason>` | neither |
struct Article {
  struct Block {
    var marker: String?
    var language: String
    var lines: [String]
    /// Of the fence, from 1.
    var line: Int

    /// What follows `name: ` in the marker; empty where the marker is `name` alone.
    func marked(_ name: String) -> String? {
      if marker == name { return "" }
      guard let marker, marker.hasPrefix("\(name): ") else { return nil }
      return String(marker.dropFirst(name.count + 2))
    }

    var isMarked: Bool {
      ["excerpt", "as in", "runs", "runs with", "printed", "not run"].contains {
        marked($0).map { !$0.isEmpty || marker == "runs" || marker == "printed" } ?? false
      }
    }
  }

  let path: String
  private(set) var blocks: [Block] = []

  init(path: String) throws {
    self.path = path
    let lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
    var open: Block?
    for (index, line) in lines.enumerated() {
      guard line.hasPrefix("```") else {
        open?.lines.append(line)
        continue
      }
      if let block = open {
        blocks.append(block)
        open = nil
      } else {
        open = Block(
          marker: index > 0 ? Self.comment(lines[index - 1]) : nil,
          language: String(line.dropFirst(3)), lines: [], line: index + 1)
      }
    }
  }

  private static func comment(_ line: String) -> String? {
    guard line.hasPrefix("<!-- "), line.hasSuffix(" -->") else { return nil }
    return String(line.dropFirst(5).dropLast(4))
  }

  /// Blocks that say nothing of themselves, and excerpts that are none.
  func problems(root: String) -> [String] {
    blocks.compactMap { block in
      let place = "\(path):\(block.line)"
      if !block.isMarked {
        return block.language.isEmpty && block.marker == nil
          ? nil : "\(place): the comment above the block is missing or unknown"
      }
      guard let file = block.marked("excerpt") ?? block.marked("as in") else { return nil }
      guard let text = try? String(contentsOfFile: "\(root)/\(file)", encoding: .utf8) else {
        return "\(place): \(file): cannot be read"
      }
      return Self.contains(text.components(separatedBy: "\n"), block.lines)
        ? nil : "\(place): these lines are not in \(file)"
    }
  }

  private static func contains(_ lines: [String], _ excerpt: [String]) -> Bool {
    let wanted = withoutIndentation(excerpt)
    guard !excerpt.isEmpty, lines.count >= excerpt.count else { return false }
    return (0...(lines.count - excerpt.count)).contains {
      withoutIndentation(lines[$0..<($0 + excerpt.count)]) == wanted
    }
  }

  /// The lines without the spaces that all of them begin with.
  private static func withoutIndentation(_ lines: some Collection<String>) -> [String] {
    let least = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return lines.map { String($0.dropFirst(least)) }
  }

  /// A script of the blocks that run.
  var script: String {
    blocks.filter { $0.language == "sh" }.compactMap { block in
      let commands = block.lines.joined(separator: "\n")
      if block.marked("runs") != nil { return commands }
      return block.marked("runs with").map { module in
        "if python3 -c 'import \(module)' 2>/dev/null; then\n\(commands)\n"
          + "else echo 'not run: there is no \(module)' >&2; fi"
      }
    }.joined(separator: "\n")
  }

  /// Lines of `printed` blocks that `log` has not.
  func missing(in log: String) -> [String] {
    let printed = Set(log.components(separatedBy: "\n"))
    return blocks.filter { $0.marked("printed") != nil }.flatMap { block in
      block.lines.filter { !printed.contains($0) }.map {
        "\(path):\(block.line): the commands do not print: \($0)"
      }
    }
  }
}
