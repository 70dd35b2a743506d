import DecisionTransformerCodegen
import Foundation
import RecordedEpisodes
import TestFolders
import Testing

/// Generated/ is what the generator makes today, and what a reviewer was promised.
@Suite("Checked-in code")
struct CheckedInCodeTests {
  static let refresh = """
    swift package --allow-writing-to-package-directory generate-decision-transformer --code-only \
    --model Hopper --model Pendulum --model HalfCheetah
    """

  @Test("is fresh", arguments: RecordedEpisode.trainedNames)
  func fresh(name: String) throws {
    let folder = try RecordedEpisode(trained: name).folder
    let files = try Compiler.compile(folder: folder.path, codeOnly: true).files
    try #require(files.map(\.name) == ["\(name).swift"])
    let path = "Generated/\(name)Model/\(name).swift"
    let difference = UnifiedDiff(from: [UInt8](try checkedIn(name)), to: files[0].contents)
    let isFresh = difference.isEmpty
    #expect(
      isFresh,
      """
      \(path) is stale. This command refreshes it: \(Self.refresh)
      \(difference.text(oldName: path, newName: "fresh").prefix(2000))
      """)
  }

  @Test("stands alone in its folder", arguments: RecordedEpisode.trainedNames)
  func folder(name: String) throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder(of: name).path)
    #expect(files == ["\(name).swift"])
  }

  @Test("imports the runtime and nothing else", arguments: RecordedEpisode.trainedNames)
  func imports(name: String) throws {
    let lines = try lines(of: name).filter { $0.split(separator: " ").contains("import") }
    #expect(lines == ["public import DecisionTransformer"])
  }

  @Test("of Hopper is short enough to be read")
  func length() throws {
    #expect(try checkedIn("Hopper").count { $0 == UInt8(ascii: "\n") } < 900)
  }

  private func folder(of name: String) -> URL {
    TestData.package.appending(path: "Generated/\(name)Model")
  }

  private func checkedIn(_ name: String) throws -> Data {
    try Data(contentsOf: folder(of: name).appending(path: "\(name).swift"))
  }

  private func lines(of name: String) throws -> [Substring] {
    String(decoding: try checkedIn(name), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }
}
