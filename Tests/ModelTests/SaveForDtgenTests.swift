import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

/// Sources/Python/save_for_dtgen.py refuses, before it writes a folder, what dtgen would refuse of it, and has by heart
/// what dtgen accepts. Compared here, beside the change that would make them differ; Tests/Checks/Python runs the script.
@Suite("What save_for_dtgen.py knows of dtgen")
struct SaveForDtgenTests {
  private let script: String

  init() throws {
    script = try String(
      contentsOf: TestData.package.appending(path: "Sources/Python/save_for_dtgen.py"),
      encoding: .utf8)
  }

  @Test("are the capitalised names that a model cannot have")
  func names() throws {
    let list = try #require(script.firstMatch(of: /\nTAKEN_NAMES = set\(\n +"""([^"]+)"""/)?.1)
    let capitalised = ModelName.taken.filter { $0.first?.isUppercase == true }
    #expect(list.split(whereSeparator: \.isWhitespace).map(String.init) == capitalised.sorted())
  }

  @Test("are the keys of codegen.json")
  func keys() throws {
    let rules = try #require(script.firstMatch(of: #/\nRULES = (?s:.*?)\nKEYS = /#)?.0)
    let keys = rules.matches(of: /["{ ]"(\w+)": ?\w/).map { String($0.1) }
    #expect(keys.sorted() == GenerationOptionsReader.keys.sorted())
  }
}
