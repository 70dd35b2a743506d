import Foundation
import TestFolders
import Testing

/// Data flows one way: a stage of the generator names only what stages before it declare.
@Suite("Stages")
struct StageTests {
  /// Folders of the generator, in their order.
  private static let order = [
    "Basics", "Network", "Model", "Checkpoint", "Reference", "Plan", "Pack", "Machine",
    "SelfTest", "Render", "Manifest", "Output",
    "Pipeline", "Inspect", "Compare", "Difference",
  ]

  private struct File {
    let name: String
    let stage: Int
    let code: String
  }

  private static func files() throws -> [File] {
    let root = TestData.package.appending(path: "Sources/DecisionTransformerCodegen")
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path)
    return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
      let folder = String(path.prefix { $0 != "/" })
      let stage = try #require(order.firstIndex(of: folder), "\(path): a folder of no stage")
      let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
      // Types in comments and in generated code are none.
      let code = text.replacing(#/"""(?s:.*?)"""|"(?:[^"\\\n]|\\.)*"|//[^\n]*/#, with: "")
      return File(name: path, stage: stage, code: code)
    }
  }

  @Test("name nothing that a later one declares")
  func direction() throws {
    let files = try Self.files()
    var declared: [Substring: Set<Int>] = [:]
    let declaration =
      #/(?m)^(?:(?:public|package|indirect|final) )*(?:struct|enum|class|protocol) (\w+)/#
    for file in files {
      for match in file.code.matches(of: declaration) {
        declared[match.1, default: []].insert(file.stage)
      }
    }
    // The control: the types are found.
    #expect(declared["Plan"] == [5] && declared["RecipeEvaluator"] == [6])
    #expect(declared.count > 150)
    for file in files {
      for match in file.code.matches(of: #/\b[A-Z]\w+/#) {
        guard let stages = declared[match.0], let first = stages.min(), first > file.stage else {
          continue
        }
        Issue.record("\(file.name) names \(match.0), which stage \(Self.order[first]) declares")
      }
    }
  }

  @Test("do not see the model folder's checkpoint before it is packed, nor on a machine")
  func planWithoutCheckpoint() throws {
    for file in try Self.files() where ["Plan", "Machine"].contains(Self.order[file.stage]) {
      #expect(!file.code.contains(#/\b(Checkpoint|Model|ModelConfig)\b/#), "\(file.name)")
    }
  }

  @Test("judge by a reference that knows no plan")
  func reference() throws {
    let files = try Self.files().filter { Self.order[$0.stage] == "Reference" }
    #expect(files.count > 5)
    for file in files {
      #expect(!file.code.contains(#/\b(Plan|Operation|PackedTensor|Machine)\b/#), "\(file.name)")
    }
  }
}
