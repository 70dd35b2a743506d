import Foundation
import TestFolders
import Testing

import DTGenReports
import DecisionTransformerCodegen

/// The error of an episode of the user's own, step by step.
@Suite("Errors by step")
struct StepErrorTests {
  private static let golden = TestData.goldens.appending(path: "EightHeads.safetensors")

  private func report(
    _ golden: URL = golden, tolerance: Double = 2e-5
  ) throws -> ComparisonReport {
    try ComparisonReport(
      folder: Fixtures.folder("EightHeads"), golden: golden.path, tolerance: tolerance)
  }

  /// The golden file with one number of float64 changed.
  private func changed(_ tensor: String, at index: Int, by change: Double) throws -> URL {
    let file = try SafetensorsFile(path: Self.golden.path)
    let found = try #require(file.tensors[tensor])
    let place = found.byteRange.lowerBound + 8 * index
    var bytes = [UInt8](try Data(contentsOf: Self.golden))
    bytes.withUnsafeMutableBytes { bytes in
      let value = bytes.loadUnaligned(fromByteOffset: place, as: Double.self)
      bytes.storeBytes(of: value + change, toByteOffset: place, as: Double.self)
    }
    return try folder.write("Changed.safetensors", bytes)
  }

  private let folder = ScratchFolder(named: "steps")

  @Test("are those of the stage, and the largest is its largest")
  func sameErrors() throws {
    let report = try report()
    let errors = try #require(report.byStep)
    let stage = try #require(report.stages.first { $0.tensor == errors.tensor })
    #expect(errors.tensor == "actions" && errors.packed.count == report.steps)
    #expect(errors.reference.max() == stage.reference.largest)
    #expect(errors.packed.max() == stage.packed.largest)
    #expect(errors.packed[stage.packed.worstIndex[0]] == stage.packed.largest)
    #expect(errors.firstBeyond == nil)
    #expect(report.text.contains("every step is within the tolerance of 2.0e-05"))
  }

  @Test("say at which step a difference begins, in the text, as JSON and on the page")
  func beginning() throws {
    let width = 2
    let report = try report(changed("actions", at: 17 * width + 1, by: 0.25))
    let errors = try #require(report.byStep)
    #expect(errors.firstBeyond == 17)
    #expect(abs(errors.reference[17] - 0.25) < 1e-9 && errors.reference[16] < 1e-12)
    let beginning = "the first step beyond the tolerance of 2.0e-05 is 17"
    #expect(report.text.contains(beginning))
    #expect(report.text.contains(#/16–17 +2\.5e-01 +2\.5e-01 +17\n/#))
    #expect(report.json.contains("\"first_beyond\" : 17"))
    let html = StepErrorSection(episode: report).markup.html
    #expect(html.contains(beginning) && html.contains("<th scope=\"row\">16–17</th>"))
  }

  @Test("are drawn with a point for each step, and on the page of the model")
  func drawing() throws {
    let report = try report()
    let page = InspectionPage(
      try Compiler.compile(folder: Fixtures.folder("EightHeads")), episode: report
    ).html
    let line = try #require(page.firstMatch(of: /class="step-packed" points="([^"]*)"/)?.1)
    let heights = line.split(separator: " ").map { Double($0.split(separator: ",")[1])! }
    #expect(heights.count == report.steps)
    let errors = try #require(report.byStep).packed
    // The larger the error, the higher the point.
    let (low, high) = (
      errors.indices.min { errors[$0] < errors[$1] }!,
      errors.indices.max { errors[$0] < errors[$1] }!
    )
    #expect(heights[high] == heights.min() && heights[low] == heights.max())
    #expect(heights[high] < heights[low])
  }

  @Test("are not there without an episode, and the page says how to get them")
  func absent() throws {
    #expect(StepErrorSection(episode: nil).markup.html.contains("--golden EPISODE"))
    let trunk = try Compiler.compile(folder: Fixtures.folder("TrunkFourHeads"))
    #expect(!InspectionPage(trunk).html.contains("Error by step"))
  }

  @Test(
    "of long episodes are a short table that has every step once",
    arguments: [1, 20, 21, 40, 41, 100, 101, 300, 1000])
  func groups(count: Int) {
    let packed = (0..<count).map { Double(($0 * 7919) % 1009) }
    let errors = StepErrors(
      tensor: "actions", reference: packed.map { $0 / 2 }, packed: packed, tolerance: 1,
      judgesPacked: true)
    let groups = errors.groups()
    #expect(groups.count <= 20 && groups.flatMap { Array($0.steps) } == Array(0..<count))
    for group in groups {
      #expect(group.packed == packed[group.steps].max())
      #expect(group.reference == group.packed / 2 && packed[group.worstStep] == group.packed)
    }
    #expect(count > 20 || groups.allSatisfy { $0.steps.count == 1 })
  }

  @Test("of rounded weights do not count: those are another function on purpose")
  func rounded() {
    func errors(_ last: Double, judgesPacked: Bool) -> StepErrors {
      StepErrors(
        tensor: "actions", reference: [0, 0, 0, last], packed: [0, 1, 1, 1], tolerance: 0.5,
        judgesPacked: judgesPacked)
    }
    #expect(errors(1, judgesPacked: true).firstBeyond == 1)
    #expect(errors(1, judgesPacked: false).firstBeyond == 3)
    #expect(errors(0, judgesPacked: true).text.hasSuffix("the tolerance of 5.0e-01 is 1"))
    #expect(
      errors(0, judgesPacked: false).text.hasSuffix(
        "every step is within the tolerance of 5.0e-01, without the rounding of weights"))
  }
}
