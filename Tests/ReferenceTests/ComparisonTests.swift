import DTGenReports
import DecisionTransformerCodegen
import Foundation
import RecordedEpisodes
import TestFolders
import Testing

/// `dtgen compare`'s report.
@Suite("A comparison with recorded numbers")
struct ComparisonTests {
  private static let recorded = TestData.episodes.appending(
    path: "EightHeadsOneLayer.safetensors")

  @Test("of record_checkpoint.py finds every stage equal, attentions too")
  func recorded() throws {
    let report = try compare("EightHeadsOneLayer", Self.recorded)
    #expect(report.passed)
    #expect(
      report.stages.map(\.name) == [
        "returns_to_go", "actions", "embedding", "last_hidden_state", "attention h.0",
        "action_preds", "state_preds", "return_preds",
      ])
    for stage in report.stages {
      #expect(stage.reference.largest <= 1e-13, "\(stage)")
      #expect(stage.packed.largest <= 1e-6, "\(stage)")
      #expect(stage.magnitude > 0.1, "\(stage)")
    }
    // The packed weights are rounded, and it shows.
    #expect(report.stages.contains { $0.packed.largest > 1e-9 })
  }

  @Test("takes the goldens of record.py too", arguments: RecordedEpisode.goldenNames)
  func goldens(name: String) throws {
    let golden = try RecordedEpisode(golden: name)
    let report = try compare(name, URL(fileURLWithPath: golden.file.path))
    #expect(report.passed)
    #expect(report.stages.count == 6 + golden.model.config.layerCount)
    for stage in report.stages { #expect(stage.reference.largest <= 1e-11, "\(stage)") }
  }

  @Test("names the stage, the place and the size of a difference")
  func difference() throws {
    let golden = try SafetensorsFile(path: Self.recorded.path)
    for (tensor, stage) in [
      ("stage.hidden_states", "last_hidden_state"), ("stage.attentions", "attention h.0"),
      ("actions", "actions"), ("stage.return_preds", "return_preds"),
    ] {
      let shape = try #require(golden.tensors[tensor]).shape
      let count = shape.reduce(1, *)
      let report = try compare("EightHeadsOneLayer", changed: tensor, at: count - 1, by: 0.25)
      let failed = report.stages.filter { !$0.passed }
      #expect(!report.passed)
      try #require(failed.map(\.name) == [stage])
      #expect(abs(failed[0].reference.largest - 0.25) < 1e-9)
      #expect(failed[0].reference.worstIndex == shape.map { $0 - 1 })
      #expect(report.text.contains("beyond the tolerance: \(stage)"))
    }
  }

  @Test("holds the packed weights to the tolerance too")
  func tolerance() throws {
    let strict = try ComparisonReport(
      folder: TestData.model("EightHeadsOneLayer").path, golden: Self.recorded.path,
      tolerance: 1e-10)
    #expect(!strict.passed)
    #expect(strict.stages.allSatisfy { $0.reference.largest <= 1e-10 })
  }

  @Test("says what is wrong with a file")
  func wrongFiles() throws {
    #expect(throws: InvalidInput.self) {
      try ComparisonReport(
        folder: TestData.model("WindowOfOne").path, golden: Self.recorded.path,
        tolerance: 1)
    }
    let weights = TestData.model("EightHeadsOneLayer").appending(
      path: "model.safetensors")
    let error = #expect(throws: InvalidInput.self) {
      try compare("EightHeadsOneLayer", weights)
    }
    let lines = error?.diagnostics.map(\.description) ?? []
    #expect(
      lines == [
        "\(weights.path): states: is missing; accepted: float32 of shape [0, 5]",
        "\(weights.path): rewards: is missing; accepted: float32 of shape [0]",
        "\(weights.path): __metadata__.target_return: is missing; accepted: a number in environment units",
      ])
  }

  private func compare(_ name: String, _ golden: URL) throws -> ComparisonReport {
    try ComparisonReport(
      folder: TestData.model(name).path, golden: golden.path, tolerance: 2e-5)
  }

  /// With one float64 number of the recorded file changed.
  private func compare(
    _ name: String, changed tensor: String, at index: Int, by change: Double
  ) throws -> ComparisonReport {
    let file = try SafetensorsFile(path: Self.recorded.path)
    let place = try #require(file.tensors[tensor]).byteRange.lowerBound + 8 * index
    var bytes = [UInt8](try Data(contentsOf: Self.recorded))
    bytes.withUnsafeMutableBytes { bytes in
      let value = bytes.loadUnaligned(fromByteOffset: place, as: Double.self)
      bytes.storeBytes(of: value + change, toByteOffset: place, as: Double.self)
    }
    let folder = ScratchFolder(named: "golden")
    return try compare(name, folder.write("Changed.safetensors", bytes))
  }
}
