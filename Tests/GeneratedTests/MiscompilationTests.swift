import DecisionTransformer
import DecisionTransformerCodegen
import Foundation
import RecordedEpisodes
import TestFolders
import Testing

/// Generated code with one mistake, as a compiler or an editor might make it, fails the self test.
@Suite("The self test notices a mistake in the code")
struct MiscompilationTests {
  struct Mistake {
    var name: String
    var text: String
    var replacement: String
    /// What the report must begin to fail at; nil where that depends on the window.
    var stage: String?
  }

  /// Four heads in three layers, the last one absorbed; a window of eight steps.
  static let mistakes = [
    Mistake(
      name: "a sign in the embedding's norm", text: "gain, shift)",
      replacement: "gain, -shift)", stage: "embedding"),
    Mistake(
      name: "epsilon left out", text: "epsilon: epsilon", replacement: "epsilon: 0"),
    Mistake(
      name: "a head has another's probabilities", text: "var row = 0, last = lastKey",
      replacement: "place = scores; var row = 0, last = lastKey"),
    Mistake(
      name: "one key too few", text: "lastKey: returnSlot", replacement: "lastKey: returnSlot - 1"),
    Mistake(
      name: "every row sees the same keys", text: "last += step", replacement: "last += 0"),
    Mistake(
      name: "keys of steps before the first", text: "- 3 * timestep",
      replacement: "- 3 * (timestep + 1)"),
    Mistake(
      name: "rows slide to the wrong place", text: "VectorMath.move(rows.start, by: ",
      replacement: "VectorMath.move(rows.start + 32, by: "),
    Mistake(
      name: "a row of the window is left out", text: "while row < rows {",
      replacement: "while row < max(1, rows - 1) {"),
    Mistake(
      name: "a reward is added", text: "let next = returnToGo - ",
      replacement: "let next = returnToGo + ", stage: "action"),
    Mistake(
      name: "components of the action change places", text: "action[index] = prediction[index]",
      replacement: "action[index] = prediction[index ^ 1]", stage: "action"),
    Mistake(
      name: "components of the executed action change places",
      text: "actionInput[index] = executed[index]",
      replacement: "actionInput[index] = executed[index ^ 1]"),
    Mistake(
      name: "a mistake in one schedule alone", text: "rows: 1, first: token, ",
      replacement: "rows: 1, first: token - 1, "),
    Mistake(
      name: "a wrong activation", text: "VectorMath.hyperbolicTangent(sums)",
      replacement: "sums", stage: "block h.0"),
  ]

  @Test func everyMistake() throws {
    let folder = TestData.model("TanhOddInner")
    let packed = try PackedModel(folder: folder)
    var sources: [String: String] = [:]
    var lines = [
      "import DecisionTransformer", "let weights = try PackedWeights(path: \"weights\")",
    ]
    for number in 0...Self.mistakes.count {
      var plan = packed.plan
      plan.deployment.name = "Variant\(number)"
      var files = Compiler.sources(plan).map {
        ($0.name, String(decoding: $0.contents, as: UTF8.self))
      }
      if number > 0 {
        let mistake = Self.mistakes[number - 1]
        try #require(files.contains { $1.contains(mistake.text) }, "\(mistake.name)")
        files = files.map { ($0, $1.replacing(mistake.text, with: mistake.replacement)) }
      }
      sources.merge(files) { $1 }
      lines.append("print(try Variant\(number).selfTest(weights: weights))")
    }
    sources["main.swift"] = lines.joined(separator: "\n")
    let reports = try ScratchProgram(sources: sources, data: ["weights": packed.bytes]).output()
      .split(separator: "\n")
    try #require(reports.count == Self.mistakes.count + 1)
    #expect(reports[0].hasPrefix("self test passed: "), "\(reports[0])")
    for (mistake, report) in zip(Self.mistakes, reports.dropFirst()) {
      let stage = mistake.stage ?? ""
      #expect(report.hasPrefix("self test failed: "), "\(mistake.name): \(report)")
      #expect(report.contains("; first: \(stage)"), "\(mistake.name): \(report)")
    }
  }
}
