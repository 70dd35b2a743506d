import Foundation

/// What the compiler says of a module's public declarations.
struct SymbolGraph: Decodable {
  struct Symbol: Decodable {
    struct Identifier: Decodable { var precise: String }
    struct Comment: Decodable {
      struct Line: Decodable { var text: String }
      var lines: [Line]
    }

    var identifier: Identifier
    var pathComponents: [String]
    var docComment: Comment?

    /// The compiler wrote it, as it writes `!=` for what is `Equatable`.
    var isSynthesized: Bool { identifier.precise.contains("::SYNTHESIZED::") }
    var isDocumented: Bool { docComment?.lines.contains { !$0.text.isEmpty } ?? false }
  }

  struct Module: Decodable { var name: String }

  var module: Module
  var symbols: [Symbol]

  init(path: String) throws {
    self = try JSONDecoder().decode(
      Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Declarations that somebody wrote. An extension of somebody else's type is none, its members are.
  var declarations: [Symbol] {
    symbols.filter { !$0.isSynthesized && !$0.identifier.precise.hasPrefix("s:e:") }
  }

  var undocumented: [String] {
    declarations.filter { !$0.isDocumented }.map {
      "\(module.name): \($0.pathComponents.joined(separator: ".")): no documentation comment"
    }
  }
}

/// A page of a built archive, as far as its groups go.
struct RenderedPage: Decodable {
  struct Group: Decodable {
    var title: String?
    /// DocC made the group, of what no group of the catalogue names.
    var generated: Bool?
    var identifiers: [String]
  }

  var topicSections: [Group]?

  init(path: String) throws {
    self = try JSONDecoder().decode(
      Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Pages that are in no group of the catalogue, but for DocC's own of what a protocol asks for.
  var ungrouped: [String] {
    (topicSections ?? []).filter { $0.generated == true }.flatMap(\.identifiers)
      .filter { !$0.hasSuffix("-Implementations") }
  }
}
