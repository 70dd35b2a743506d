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
    --model Sources/hopper/Hopper.dtmodel --model Pendulum --model HalfCheetah
    """

  @Test("is fresh", arguments: RecordedEpisode.trainedNames)
  func fresh(name: String) throws {
    let folder = try RecordedEpisode(trained: name).folder
    let files = try Compiler.compile(folder: folder.path, codeOnly: true).files
    try #require(files.map(\.name).sorted() == Self.files(of: name))
    for file in files {
      let path = "Generated/\(name)Model/\(file.name)"
      let old = try Data(contentsOf: self.folder(of: name).appending(path: file.name))
      let difference = UnifiedDiff(from: [UInt8](old), to: file.contents)
      let isFresh = difference.isEmpty
      #expect(
        isFresh,
        """
        \(path) is stale. This command refreshes it: \(Self.refresh)
        \(difference.text(oldName: path, newName: "fresh").prefix(2000))
        """)
    }
  }

  @Test("has a command that refreshes it, and means one folder by each name")
  func refreshment() throws {
    let contributing = try String(
      contentsOf: TestData.package.appending(path: "CONTRIBUTING.md"), encoding: .utf8)
    #expect(contributing.replacing(" \\\n ", with: "").contains(Self.refresh))
    let folders = ["Sources", "Tests"].flatMap { folder in
      FileManager.default.enumerator(
        at: TestData.package.appending(path: folder), includingPropertiesForKeys: nil)?
        .compactMap { ($0 as? URL)?.path }.filter { $0.hasSuffix(".dtmodel") } ?? []
    }
    for model in Self.refresh.split(separator: " --model ").dropFirst() {
      let name = "/\(model)\(model.contains(".") ? "" : ".dtmodel")"
      #expect(folders.filter { $0.hasSuffix(name) }.count == 1, "\(model)")
    }
  }

  private static func files(of name: String) -> [String] {
    [".\(name).manifest.json", "\(name).swift", "\(name)Kernels.swift"]
  }

  @Test("stands alone in its folder, but for its manifest", arguments: RecordedEpisode.trainedNames)
  func folder(name: String) throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder(of: name).path)
    #expect(files.sorted() == Self.files(of: name))
  }

  @Test("imports the runtime and nothing else", arguments: RecordedEpisode.trainedNames)
  func imports(name: String) throws {
    let lines = try lines(of: name).filter { $0.split(separator: " ").contains("import") }
    #expect(lines == ["public import DecisionTransformer"])
  }

  @Test("of Hopper is short enough to be read")
  func length() throws {
    #expect(try lines(of: "Hopper").count <= 453)
  }

  @Test("has a manifest of some kilobytes", arguments: RecordedEpisode.trainedNames)
  func manifestSize(name: String) throws {
    let file = folder(of: name).appending(path: ".\(name).manifest.json")
    #expect(try Data(contentsOf: file).count < 24_000)
  }

  @Test("fits into a page's width", arguments: RecordedEpisode.trainedNames)
  func width(name: String) throws {
    for line in try lines(of: name) + lines(of: name, "Kernels") {
      #expect(line.count <= 110, "\(line)")
    }
  }

  private func folder(of name: String) -> URL {
    TestData.package.appending(path: "Generated/\(name)Model")
  }

  private func lines(of name: String, _ part: String = "") throws -> [Substring] {
    let file = folder(of: name).appending(path: "\(name)\(part).swift")
    return String(decoding: try Data(contentsOf: file), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }
}
