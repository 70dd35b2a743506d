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

  @Test("takes frames as bytes, with axes of their own")
  func frames() throws {
    let golden = TestData.goldens.appending(path: "Frames/NewestFrame.safetensors")
    let report = try compare("NewestFrame", golden)
    #expect(report.passed)
    #expect(report.stages.map(\.name) == ["returns_to_go", "actions"])
    for stage in report.stages { #expect(stage.reference.largest <= 1e-12, "\(stage)") }
    // Of another model's size, and numbers of a type that nobody compares.
    for (folder, other, line) in [
      ("PixelActions", "kzl-atari-a", "returns_to_go: found I64; accepted: F32, F64, F16, BF16"),
      ("NewestFrame", "kzl-atari-a", "states: found shape [12, 4, 84, 84]; accepted: [12, 120], "),
    ] {
      let path = TestData.families.appending(path: "\(other)/episode.safetensors")
      let scratch = ScratchFolder(named: "frames")
      let file = try scratch.write(
        "golden.safetensors", Self.withTarget(try Data(contentsOf: path)))
      let error = #expect(throws: InvalidInput.self) { try compare(folder, file) }
      #expect(error?.description.contains(line) == true, "\(String(describing: error))")
    }
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

  @Test(
    "refuses recorded numbers that are not finite: beside them everything is equal",
    arguments: [Double.infinity, .nan])
  func notFinite(change: Double) throws {
    let error = #expect(throws: InvalidInput.self) {
      try compare("EightHeadsOneLayer", changed: "actions", at: 1, by: change)
    }
    #expect(
      error?.description.hasSuffix("actions: element 1 is \(change); accepted: finite numbers")
        == true)
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
        "\(weights.path): states: is missing; accepted: float32 of shape [T, 5]",
        "\(weights.path): rewards: is missing; accepted: float32 of shape [T]",
        "\(weights.path): __metadata__.target_return: is missing; accepted: a number in environment units",
      ])
  }

  /// d3rlpy's own episode; its loop is another one's, but for what is compared. There is no `forward` with such positions.
  @Test(
    "of numbered actions and of positions that move is of returns, logits and the reference's last window"
  )
  func numberedActions() throws {
    let family = try RecordedFamily("d3rlpy-cartpole")
    let choices = try #require(family.choices)
    let logits = choices.logits.joined().map { Float($0) }
    let scratch = ScratchFolder(named: "golden")
    let model = TestData.package.appending(path: "Sources/cartpole/CartPole.dtmodel")
    func report(executed: [Float]? = nil) throws -> ComparisonReport {
      var tensors: [(name: String, shape: [Int], values: [Float])] = [
        ("states", [127, 4], Array(family.states.joined())), ("rewards", [127], family.rewards),
        ("actions", [127, 2], logits),
      ]
      if let executed { tensors.append(("executed", [127, 2], executed)) }
      let file = try scratch.write("Golden.safetensors", Self.safetensors(tensors, target: 130))
      return try ComparisonReport(folder: model.path, golden: file.path, tolerance: 2e-5)
    }
    let whole = try report()
    #expect(whole.passed && whole.stages.contains { $0.name == "actions" }, "\(whole.text)")
    let oneHot = choices.numbers.flatMap { $0 == 0 ? [1, 0] : [0, 1] as [Float] }
    #expect(try report(executed: oneHot).passed)
    for (wrong, message) in [
      (Float(0.5), "executed: row 3 is no action; accepted: 1 at the number"),
      (.nan, "executed: element 6 is nan; accepted: finite numbers"),
    ] {
      var executed = oneHot
      executed[6] = wrong
      let error = #expect(throws: InvalidInput.self) { try report(executed: executed) }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
  }

  /// The actions that the authors' own loops sent, scaled or clamped.
  @Test(
    "takes what a pipeline recorded, in the environment's units, and says so where a file has others",
    arguments: [
      "corl-b", "d3rlpy-pendulum", "d3rlpy-2.7-padding-l", "online-dt-a",
      "online-dt-deterministic-b",
    ])
  func environmentUnits(name: String) throws {
    let family = try RecordedFamily(name)
    let scratch = ScratchFolder(named: "golden")
    let folder = try family.importModel(
      into: scratch, family: name.contains("deterministic") ? .onlineDT : nil
    )
    .folder
    func report(_ tensor: String) throws -> ComparisonReport {
      func flat(_ name: String, _ rows: [[Float]]) -> (name: String, shape: [Int], values: [Float])
      {
        (name: name, shape: [rows.count, rows[0].count], values: Array(rows.joined()))
      }
      let tensors: [(name: String, shape: [Int], values: [Float])] = [
        flat("states", family.states),
        (name: "rewards", shape: [family.rewards.count], values: family.rewards),
        flat(tensor, family.actions.map { row in row.map { Float($0) } }),
      ]
      let file = try scratch.write(
        "Golden.safetensors", Self.safetensors(tensors, target: family.targetReturn))
      return try ComparisonReport(folder: folder.path, golden: file.path, tolerance: 2e-5)
    }
    let right = try report("environment_actions")
    #expect(right.passed && right.stages.map(\.name) == ["environment_actions"], "\(right.text)")
    #expect(right.byStep?.tensor == "environment_actions" && right.byStep?.firstBeyond == nil)
    #expect(right.byStep?.packed.count == right.steps)
    let wrong = try report("actions")
    #expect(wrong.byStep?.tensor == "actions" && wrong.byStep?.firstBeyond != nil)
    #expect(!wrong.passed && wrong.text.hasSuffix("scaled and bounded, is environment_actions"))
  }

  private static func safetensors(
    _ tensors: [(name: String, shape: [Int], values: [Float])], target: Double
  ) -> [UInt8] {
    var (header, offset) = (["\"__metadata__\": {\"target_return\": \"\(target)\"}"], 0)
    for tensor in tensors {
      let end = offset + 4 * tensor.values.count
      header.append(
        "\"\(tensor.name)\": {\"dtype\": \"F32\", \"shape\": \(tensor.shape), \"data_offsets\": [\(offset), \(end)]}"
      )
      offset = end
    }
    let text = Array("{\(header.joined(separator: ", "))}".utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    return length + text + tensors.flatMap { $0.values.withUnsafeBytes { Array($0) } }
  }

  /// The same file with a target in its metadata.
  private static func withTarget(_ file: Data) -> [UInt8] {
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header =
      #"{"__metadata__":{"target_return":"2"},"#.utf8 + file.dropFirst(9).prefix(length - 1)
    let size = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return size + header + file.dropFirst(8 + length)
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
