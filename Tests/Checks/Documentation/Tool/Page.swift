import Foundation

/// A Markdown page, as far as it names other files.
///
/// Links and pictures are plain, `[text](path)` with the path from the page's own folder, because that is what a code
/// host and an editor follow. `Catalogue` writes them as docc wants them.
struct Page {
  enum Part {
    case link(text: String, target: String, isPicture: Bool)
    /// `text`, in a line: without the marks.
    case code(String)
  }

  /// From `root`.
  let path: String
  let root: String
  private(set) var text: String

  init(path: String, root: String) throws {
    self.path = Self.folded(path, from: root)
    self.root = root
    text = try String(contentsOfFile: path, encoding: .utf8)
  }

  /// Links that lead nowhere, and files of the repository that are named and not there.
  func problems() -> [String] {
    var problems: [String] = []
    func require(_ file: String, _ name: String) {
      if !exists(file) { problems.append("\(path): \(name): there is no such file") }
    }
    _ = replacingParts { part in
      switch part {
      case .link(_, let target, _):
        guard !Self.leadsElsewhere(target) else { return nil }
        let (file, heading) = destination(of: target)
        require(file, target)
        if let heading, exists(file), !headings(of: file).contains(heading) {
          problems.append("\(path): \(target): there is no such heading")
        }
      case .code(let text):
        for name in Self.filesOfTheRepository(in: text) { require(name, name) }
      }
      return nil
    }
    for block in (try? Article(path: "\(root)/\(path)"))?.blocks ?? [] where block.language == "sh"
    {
      for name in block.commands.flatMap(Self.filesOfTheRepository) { require(name, name) }
    }
    if path.contains("/Articles/"), text.contains("<doc:") || text.contains("](doc:") {
      problems.append("\(path): a link that docc alone follows; accepted: [text](File.md)")
    }
    return problems
  }

  // MARK: Parts

  /// The text with what `replace` makes of each part; nil leaves it. Fenced blocks and comments stay as they are.
  func replacingParts(_ replace: (Part) -> String?) -> String {
    var isFenced = false
    var prose = ""
    var result = ""
    func finishProse() {
      result += Self.replacingParts(of: prose, replace)
      prose = ""
    }
    for line in text.components(separatedBy: "\n").map({ "\($0)\n" }) {
      let isFence = line.hasPrefix("```")
      if isFence { isFenced.toggle() }
      if isFence || isFenced || line.hasPrefix("<!-- ") {
        finishProse()
        result += line
      } else {
        prose += line
      }
    }
    finishProse()
    return String(result.dropLast())
  }

  private static func replacingParts(of prose: String, _ replace: (Part) -> String?) -> String {
    prose.replacing(/(?<code>`+[^`]+`+)|(?<mark>!?)\[(?<text>[^\[\]]*)\]\((?<target>[^()\s]+)\)/) {
      match in
      let part: Part =
        if let text = match.output.text, let target = match.output.target {
          .link(text: String(text), target: String(target), isPicture: match.output.mark == "!")
        } else {
          .code(match.output.0.trimmingCharacters(in: ["`"]))
        }
      return replace(part) ?? String(match.output.0)
    }
  }

  // MARK: Files

  static func leadsElsewhere(_ target: String) -> Bool {
    target.contains("://") || target.hasPrefix("mailto:") || target.hasPrefix("doc:")
  }

  /// The file, from the root, and the heading in it.
  func destination(of target: String) -> (file: String, heading: String?) {
    let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let folder = (path as NSString).deletingLastPathComponent
    let file =
      parts[0].isEmpty ? path : Self.folded("\(root)/\(folder)/\(parts[0])", from: root)
    return (file, parts.count == 2 ? String(parts[1]) : nil)
  }

  /// Words that begin like the path of a file of the repository.
  private static func filesOfTheRepository(in text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).map(String.init).filter { word in
      let pattern =
        /(?:Tests|\.ci|Sources\/(?:C?DecisionTransformer|dtgen|dtbench|hopper|pendulum))[\w.\/-]*/
      return word.wholeMatch(of: pattern) != nil && word.contains("/")
    }
  }

  private func exists(_ file: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(root)/\(file)")
  }

  /// The headings as a code host names them.
  private func headings(of file: String) -> Set<String> {
    let text = (try? String(contentsOfFile: "\(root)/\(file)", encoding: .utf8)) ?? ""
    return Set(
      text.components(separatedBy: "\n").filter { $0.hasPrefix("#") }.map { line in
        line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
          .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
          .replacing(" ", with: "-")
      })
  }

  /// `path` from `root`, without `..`.
  private static func folded(_ path: String, from root: String) -> String {
    let full = URL(fileURLWithPath: path).standardized.path
    let start = URL(fileURLWithPath: root).standardized.path + "/"
    return full.hasPrefix(start) ? String(full.dropFirst(start.count)) : full
  }
}
