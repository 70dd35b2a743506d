import Foundation

/// The parts of Tests/Checks/Documentation/check.sh that read Markdown and JSON. Prints one line for each problem and ends
/// with 1 if there was one.
@main
enum DocumentationTool {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "articles":
      let root = arguments[1]
      report(try arguments.dropFirst(2).flatMap { try Article(path: $0).problems(root: root) })
    case "links":
      let root = arguments[1]
      report(
        try arguments.dropFirst(2).flatMap { try Page(path: $0, root: root).problems() })
    case "catalogue":
      try Catalogue(root: arguments[1], path: arguments[2]).write(to: arguments[3])
    case "script":
      print(try Article(path: arguments[1]).script)
    case "printed":
      let log = try String(contentsOfFile: arguments[2], encoding: .utf8)
      report(try Article(path: arguments[1]).missing(in: log))
    case "coverage":
      let graphs = try arguments.dropFirst().map { try SymbolGraph(path: $0) }
      let count = graphs.reduce(0) { $0 + $1.declarations.count }
      print("\(count) public declarations")
      report(graphs.flatMap(\.undocumented) + (count == 0 ? ["no public declaration"] : []))
    case "groups":
      report(
        try arguments.dropFirst().flatMap { path in
          try RenderedPage(path: path).ungrouped.map { "\(path): in no group: \($0)" }
        })
    default:
      report([
        "usage: articles <root> <file>... | links <root> <file>... | script <file> | printed <file> <log> "
          + "| catalogue <root> <catalogue> <copy> | coverage <graph>... | groups <page>..."
      ])
    }
  }

  private static func report(_ problems: [String]) {
    for problem in problems { print(problem) }
    if !problems.isEmpty { exit(1) }
  }
}
