import Foundation
import TestFolders
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The picture of a control step in README.md and in the article.
@Suite("The picture of the two phases")
struct TwoPhasesPictureTests {
  private static let articles = "Sources/DecisionTransformer/DecisionTransformer.docc/Articles"

  private func text(_ path: String) throws -> String {
    try String(contentsOf: TestData.package.appending(path: path), encoding: .utf8)
  }

  @Test("is there in place of a drawing of characters")
  func replacesDrawing() throws {
    for (page, picture) in [
      ("README.md", "\(Self.articles)/two-phases.svg"),
      ("\(Self.articles)/TwoPhases.md", "two-phases.svg"),
    ] {
      let text = try text(page)
      #expect(text.contains("](\(picture))"))
      #expect(!text.contains("◀──"))
    }
  }

  @Test("is well formed, names both phases, has colours for dark pages, and loads nothing")
  func picture() throws {
    let svg = try text("\(Self.articles)/two-phases.svg")
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    let words = svg.matches(of: />([^<>]+)<\/text>/).map { String($0.1) }
    for word in ["state", "action", "act", "prepare", "critical path", "while the world moves"] {
      #expect(words.contains(word))
    }
    let parts = svg.split(separator: "@media (prefers-color-scheme: dark)")
    try #require(parts.count == 2)
    // Each class that has a colour on light ground has one on dark ground.
    let light = Set(parts[0].matches(of: /(\.[a-z]+|text) \{[^}]*#/).map { String($0.1) })
    let dark = Set(parts[1].matches(of: /(\.[a-z]+|text) \{[^}]*#/).map { String($0.1) })
    #expect(light.count == 6 && light == dark)
    #expect(!svg.contains("href") && !svg.contains("url("))
  }
}
