import Foundation

/// A page, as far as its code goes: an article, or README.md.
///
/// Every fenced block with a language has a comment on the line above that says how it is known to be right:
///
/// | comment | the block is |
/// |---|---|
/// | `excerpt: <path>` | consecutive lines of a file that is compiled or run, but for indentation |
/// | `as in: <path>` | consecutive lines of a page whose commands are run elsewhere |
/// | `runs`, `runs with: <Python module>` | run by the script, the second where that module is there |
/// | `printed` | what the blocks before print, among other lines |
/// | `file: <name>` | a file, which lies beside the commands when they run |
/// | `run by: <script>` | commands that are lines of that script |
/// | `used by: <script> as <what>: <path>` | used by that script, which finds it by this comment; the path is its own business and may be left out |
/// | `not run: <reason>` | none of these |
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
      let named = ["excerpt", "as in", "runs with", "file", "run by", "used by", "not run"]
      return marker == "runs" || marker == "printed"
        || named.contains { marked($0)?.isEmpty == false }
    }

    /// Without what is said about them behind a `#`.
    var commands: [String] {
      lines.map { line in
        let command = line.firstRange(of: /\s+#.*/).map { line[..<$0.lowerBound] } ?? line[...]
        return command.trimmingCharacters(in: .whitespaces)
      }.filter { !$0.isEmpty }
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

  /// Blocks that say nothing of themselves, and those that are not what they say.
  func problems(root: String) -> [String] {
    blocks.flatMap { block in
      Self.problems(of: block, root: root).map { "\(path):\(block.line): \($0)" }
    }
  }

  private static func problems(of block: Block, root: String) -> [String] {
    if !block.isMarked {
      return block.language.isEmpty && block.marker == nil
        ? [] : ["the comment above the block is missing or unknown"]
    }
    func text(_ file: String) -> String? {
      try? String(contentsOfFile: "\(root)/\(file)", encoding: .utf8)
    }
    if let file = block.marked("excerpt") ?? block.marked("as in") {
      guard let text = text(file) else { return ["\(file): cannot be read"] }
      return contains(text.components(separatedBy: "\n"), block.lines)
        ? [] : ["these lines are not in \(file)"]
    }
    if let script = block.marked("run by") {
      guard let text = text(script) else { return ["\(script): cannot be read"] }
      let lines = Set(
        text.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
      return block.commands.filter { !lines.contains($0) }.map { "\(script) does not run: \($0)" }
    }
    if let use = block.marked("used by") {
      guard let name = use.firstRange(of: " as ") else { return ["used by whom, as what?"] }
      let script = String(use[..<name.lowerBound])
      guard let text = text(script) else { return ["\(script): cannot be read"] }
      let what = use[name.upperBound...].prefix { $0 != ":" }
      return text.contains("used by: \(script) as \(what)")
        ? [] : ["\(script) does not ask for \(what)"]
    }
    return []
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

  /// A script of the blocks that run, and of the files that they find.
  var script: String {
    blocks.compactMap { block in
      let commands = block.lines.joined(separator: "\n")
      if let name = block.marked("file") {
        return "cat >'\(name)' <<'END OF THE FILE'\n\(commands)\nEND OF THE FILE"
      }
      guard block.language == "sh" else { return nil }
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
