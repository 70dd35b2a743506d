import DecisionTransformer
import Foundation
import TestFolders
import Testing

import DTGenReports
import DecisionTransformerCodegen

@Suite("What changed")
struct DifferenceTests {
  private let scratch = ScratchFolder(named: "difference")
  private var folder: URL { scratch.url }

  /// Writes what `dtgen generate` would.
  private func generate(_ model: String, into name: String) throws -> String {
    let output = OutputFolder(path: folder.appendingPathComponent(name).path)
    _ = try output.write(try Compiler.compile(folder: model).files)
    return output.path
  }

  @Test(
    "nothing, between a model and what was generated from it, with weights of either kind",
    arguments: Fixtures.controllers + Fixtures.trunks, ["embedded", "file"])
  func nothing(name: String, storage: String) throws {
    let model = try Fixtures.copy(name, into: folder)
    let options = "\(model)/codegen.json"
    if FileManager.default.fileExists(atPath: options) {
      try Fixtures.replace("{", by: "{\"weights\": \"\(storage)\",", in: options)
    }
    let output = try generate(model, into: "output")
    for (old, new) in [(model, output), (output, model), (output, output)] {
      let difference = try OutputDifference(old: old, new: new)
      #expect(difference.verdict == .nothing)
      #expect(difference.old.hasWeights && difference.new.hasWeights)
      #expect(
        difference.weights?.comparedTensors == (try Fixtures.plan(name)).weights.tensors.count)
      #expect(difference.text.contains("Nothing changed: the same code, the same weights."))
    }
  }

  @Test("only the weights: which tensors, how many values, how far")
  func weights() throws {
    let model = try Fixtures.copy("ReluOneHead", into: folder)
    // One component of the mean moves by 0.25, both values exact in float32: one packed number differs.
    let options = "\(model)/codegen.json"
    let text = try String(contentsOfFile: options, encoding: .utf8)
    let mean = try #require(text.firstMatch(of: /"state_mean": \[\s*([-0-9.e]+)/)?.1)
    try Fixtures.replace(String(mean), by: "0.5", in: options)
    let output = try generate(model, into: "output")
    try Fixtures.replace("0.5,", by: "0.75,", in: options)
    let difference = try OutputDifference(old: output, new: model)
    #expect(difference.verdict == .weights)
    #expect(difference.code == .init(removedLines: 0, addedLines: 0))
    let weights = try #require(difference.weights)
    #expect(weights.differing.map(\.name) == ["embed.stateMean"])
    let tensor = weights.differing[0]
    #expect(tensor.differing == 1)
    #expect(abs(tensor.largest - 0.25) < 1e-6)
    #expect(abs(tensor.mean - 0.25 / Double(tensor.values)) < 1e-6)
    #expect(difference.text.contains("Only the weights changed"))
    #expect(difference.text.contains("| embed.stateMean | 1 of \(tensor.values) | 2.5e-01 |"))
    #expect(difference.options.map(\.name) == ["state_mean"])
    #expect(
      difference.text.contains(
        #/- state_mean: (\[0.5, .*\] → \[0.75, .*\]|1 of .*: \[0\] 0.5 → 0.75)\n/#))
  }

  @Test("what rounded weights cost, of model folders and of what was generated from them")
  func precisionCost() throws {
    let old = try Fixtures.copy("RoundedTwoHeads", into: folder, as: "Old/RoundedTwoHeads")
    let new = try Fixtures.copy("RoundedTwoHeads", into: folder, as: "New/RoundedTwoHeads")
    try Fixtures.replace("bfloat16", by: "int8", in: "\(new)/codegen.json")
    let folders = try OutputDifference(old: old, new: new)
    let key = "largest_action_difference"
    #expect(folders.precisionCost.map(\.name).contains(key))
    #expect(folders.text.contains("**Cost of rounded weights**\n\n"))
    #expect(folders.text.contains("- \(key): "))
    let outputs = try OutputDifference(
      old: try generate(old, into: "old"), new: try generate(new, into: "new"))
    #expect(outputs.precisionCost == folders.precisionCost)
    try Fixtures.replace("int8", by: "float32", in: "\(new)/codegen.json")
    let exact = try OutputDifference(old: old, new: new)
    #expect(exact.precisionCost.first { $0.name == key }?.new == nil)
    #expect(exact.text.contains(#/- largest_action_difference: .* → none\n/#))
  }

  @Test("options: each with its values, and what they cost")
  func options() throws {
    let old = try Fixtures.copy("ReluOneHead", into: folder, as: "Old/ReluOneHead")
    let new = try Fixtures.copy("ReluOneHead", into: folder, as: "New/ReluOneHead")
    let window = try ModelFolder(path: old).readModel().model.window
    try Fixtures.replace(
      "\"window\": \(window)",
      by:
        "\"window\": 5, \"access\": \"package\", \"timestep_overflow\": \"clamp\", \"action_scale\": 3, \"action_offset\": -1.5, \"precision\": \"bfloat16\"",
      in: "\(new)/codegen.json")
    let difference = try OutputDifference(old: old, new: new)
    #expect(difference.verdict == .layout)
    #expect(difference.shape.isEmpty)
    #expect(difference.options.count == 6)
    for line in [
      "- window: \(window) → 5", "- access: public → package", "- action_scale: 1 → 3",
      "- action_offset: 0 → -1.5", "- precision: float32 → bfloat16",
      "- timestep_overflow: error → clamp",
    ] {
      #expect(difference.text.contains(line), "\(line)\n\(difference.text)")
    }
    #expect(difference.cost.contains { $0.name == "packed weights, bytes" && $0.new < $0.old })
    #expect(difference.tensors.contains { $0.name == "layer0.inner" && $0.kind == .resized })
    // float32 against bfloat16 of the same numbers: half a unit in the eighth digit, at most.
    let weights = try #require(difference.weights)
    #expect(!weights.differing.isEmpty && weights.differing.allSatisfy { $0.relative < 1.0 / 256 })
    #expect(!weights.differing.contains { $0.name.hasPrefix("embed") })
  }

  @Test(
    "what lies beside the code and the numbers: the self test, and where weights are",
    arguments: ["\"self_test\": false", "\"weights\": \"file\""])
  func besides(option: String) throws {
    let model = try Fixtures.copy("ReluOneHead", into: folder)
    let output = try generate(model, into: "output")
    try Fixtures.replace("{", by: "{\(option),", in: "\(model)/codegen.json")
    for side in [model, try generate(model, into: "changed")] {
      let difference = try OutputDifference(old: output, new: side)
      #expect(difference.verdict == .weights)
      #expect(difference.weights?.differing == [])
      let expected =
        option.contains("self_test")
        ? "- self test: yes → no" : "- weights: in the program → in the file"
      let asked =
        option.contains("self_test")
        ? "- self_test: automatic → false" : "- weights: automatic → file"
      #expect(difference.text.contains(asked))
      #expect(difference.text.contains(expected))
      #expect(difference.text.contains("what lies beside them changed"))
    }
  }

  @Test("a config.json with other bytes, whatever else changed")
  func reformattedConfig() throws {
    let model = try Fixtures.copy("ReluOneHead", into: folder)
    let output = try generate(model, into: "output")
    try Fixtures.replace("{", by: "{ ", in: "\(model)/config.json")
    for option in ["", "\"access\": \"internal\",", "\"c_interface\": true,"] {
      try Fixtures.replace("{", by: "{\(option)", in: "\(model)/codegen.json")
      let text = try OutputDifference(old: output, new: model).text
      #expect(text.contains("nothing in it that matters at inference changed"), "\(option)")
      #expect(!text.contains("codegen.json has other bytes"))
    }
  }

  @Test("a codegen.json with other bytes that says the same")
  func reformattedOptions() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let model = try Fixtures.copy("ReluOneHead", into: folder)
    let output = try generate(model, into: "output")
    try Fixtures.replace("{", by: "{ ", in: "\(model)/codegen.json")
    let difference = try OutputDifference(old: output, new: model)
    #expect(difference.verdict == .nothing)
    #expect(difference.text.contains("codegen.json has other bytes, but no option in it changed."))
  }

  @Test("code alone: each side takes the packed weights of the other")
  func code() throws {
    let model = try Fixtures.copy("ReluOneHead", into: folder)
    let output = try generate(model, into: "output")
    try Fixtures.replace("{", by: "{\"access\": \"internal\",", in: "\(model)/codegen.json")
    let difference = try OutputDifference(old: output, new: model)
    #expect(difference.verdict == .code)
    #expect(difference.tensors.isEmpty && difference.cost.isEmpty)
    #expect(difference.text.contains("- access: public → internal"))
    // An edit that no option explains.
    let file = "\(output)/ReluOneHead.swift"
    try Fixtures.replace(
      "private var canPrepare", by: "// by hand\n  private var canPrepare", in: file)
    let edited = try OutputDifference(old: Fixtures.folder("ReluOneHead"), new: output)
    #expect(edited.verdict == .code)
    #expect(edited.code == .init(removedLines: 0, addedLines: 1))
    #expect(edited.text.contains("Nothing above explains it"))
    #expect(edited.new.edited == ["ReluOneHead.swift"] && edited.old.edited.isEmpty)
    #expect(
      edited.text.contains("ReluOneHead.swift in `\(output)`: changed since dtgen wrote it."))
  }

  @Test("another version of the generator; another shape")
  func shape() throws {
    let model = try Fixtures.copy("ReluOneHead", into: folder)
    let output = try generate(model, into: "output")
    let file = "\(output)/.ReluOneHead.manifest.json"
    try Fixtures.replace(
      "\"generator\": \"\(Compiler.version)\"", by: "\"generator\": \"0.0.9\"", in: file)
    let version = try OutputDifference(old: output, new: model)
    #expect(version.text.contains("dtgen 0.0.9 → \(Compiler.version): another version"))
    let difference = try OutputDifference(old: model, new: Fixtures.folder("EightHeads"))
    #expect(difference.verdict == .layout)
    #expect(difference.text.hasPrefix("### ReluOneHead → EightHeads: "))
    #expect(difference.shape.contains { $0.name == "n_head" && $0.old == "1" && $0.new == "8" })
    #expect(difference.tensors.contains { $0.kind == .added })
    #expect(difference.tensors.contains { $0.kind == .removed })
    let object =
      try JSONSerialization.jsonObject(with: Data(difference.json.utf8)) as? [String: Any]
    #expect(object?["verdict"] as? String == "layout")
  }

  @Test("a digest has all its digits, zeros in front among them")
  func leadingZeros() throws {
    var compilation = try Compiler.compile(folder: Fixtures.folder("ReluOneHead"), codeOnly: true)
    let digest = compilation.plan.layoutDigestText
    compilation.plan.layoutDigest &= 0xff_ffff
    let short = "0x0000000000\(digest.suffix(6))"
    let report = InspectionReport(compilation)
    #expect(report.json.contains("\"\(short)\""))
    #expect(report.text.contains("layout \(short)"))

    let output = try generate(Fixtures.folder("ReluOneHead"), into: "output")
    try FileManager.default.removeItem(atPath: "\(output)/ReluOneHeadWeights.swift")
    try Fixtures.replace("0x\(digest)", by: short, in: "\(output)/.ReluOneHead.manifest.json")
    let difference = try OutputDifference(old: output, new: Fixtures.folder("ReluOneHead"))
    #expect(difference.text.contains("(layout \(short) → 0x\(digest))"))
    #expect(difference.json.contains("\"\(short)\""))
  }

  @Test("code without weights is compared, and said to be")
  func withoutWeights() throws {
    let output = try generate(Fixtures.folder("ReluOneHead"), into: "output")
    try FileManager.default.removeItem(atPath: "\(output)/ReluOneHeadWeights.swift")
    let difference = try OutputDifference(old: output, new: Fixtures.folder("ReluOneHead"))
    #expect(difference.verdict == .nothing && difference.weights == nil)
    #expect(
      difference.text.contains(
        "Weights are not compared: there are none in `\(output)`. Their checksums are the same."))
    // Other numbers are noticed all the same.
    let manifest = "\(output)/.ReluOneHead.manifest.json"
    try Fixtures.replace("\"checksum\": \"0x", by: "\"checksum\": \"0xF", in: manifest)
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: manifest)), as: UTF8.self)
    let digits = try #require(text.firstMatch(of: /"checksum": "0xF([0-9a-f]{16})"/)?.1)
    try Fixtures.replace("0xF\(digits)", by: "0xF\(digits.dropLast())", in: manifest)
    let others = try OutputDifference(old: output, new: Fixtures.folder("ReluOneHead"))
    #expect(others.verdict == .weights)
    #expect(others.text.contains("Their checksums are others."))
  }

  // MARK: Problems

  private func problems(_ old: String, _ new: String) -> String {
    do throws(InvalidInput) {
      _ = try OutputDifference(old: old, new: new)
      return "none"
    } catch {
      return error.description
    }
  }

  @Test("the problems of both sides are told together, with their paths")
  func missing() throws {
    let text = problems("nowhere", folder.path)
    #expect(text.contains("nowhere: does not exist; accepted: a <Name>.dtmodel folder"))
    #expect(
      text.contains(
        "\(folder.path): holds no manifest of generated code (output of before has none: generate it anew); "
      ))
    #expect(text.split(separator: "\n").count == 2)
  }

  @Test("damaged output is refused: manifest, code, weights")
  func damaged() throws {
    let output = try generate(Fixtures.folder("ReluOneHead"), into: "output")
    let (manifest, weights) = (
      "\(output)/.ReluOneHead.manifest.json", "\(output)/ReluOneHeadWeights.swift"
    )
    let whole = try Data(contentsOf: URL(fileURLWithPath: manifest))
    for (old, new, place) in [
      ("\"layout\": \"0x", "\"layout\": \"0y", "layout"),
      ("\"bytes\": 64, ", "\"bytes\": 128, ", "weights[0]"),
      ("\"shape\": [1, ", "\"shape\": [9999999, ", "weights[0].shape"),
      ("\"weight_bytes\": ", "\"weight_bytes\": -", "phases[0].weight_bytes"),
    ] {
      try Fixtures.replace(old, by: new, in: manifest)
      #expect(problems(output, output).contains("\(manifest): \(place): found "), "\(old)")
      try whole.write(to: URL(fileURLWithPath: manifest))
    }
    // Weights that lie elsewhere in their file than it says.
    try Fixtures.replace("\"base64_offset\": ", by: "\"base64_offset\": 9", in: manifest)
    #expect(problems(output, output).contains("\(weights): "))
    try whole.write(to: URL(fileURLWithPath: manifest))
    try Fixtures.replace("\"RFRXRUlHSFQ", by: "\"RFRXRUlHSFR", in: weights)
    #expect(problems(output, output).contains("\(weights): "))
    try Fixtures.replace("\"RFRXRUlHSFR", by: "\"*FRXRUlHSFQ", in: weights)
    #expect(problems(output, output).contains("\(weights): "))
    try FileManager.default.removeItem(atPath: "\(output)/ReluOneHead.swift")
    #expect(problems(output, output).contains("\(output)/ReluOneHead.swift: cannot be opened"))
  }

  @Test("weights of another layout are refused")
  func otherLayout() throws {
    let output = try generate(Fixtures.folder("ReluOneHead"), into: "output")
    let other = try generate(Fixtures.folder("EightHeads"), into: "other")
    let weights = "\(output)/ReluOneHeadWeights.swift"
    try FileManager.default.removeItem(atPath: weights)
    try FileManager.default.copyItem(atPath: "\(other)/EightHeadsWeights.swift", toPath: weights)
    let text = problems(output, output)
    #expect(
      text.contains("\(weights): ")
        && text.contains("packed weights of the code and the manifest beside them"))
  }

  @Test("two generated types in one folder are too many")
  func two() throws {
    let output = try generate(Fixtures.folder("ReluOneHead"), into: "output")
    _ = try generate(Fixtures.folder("EightHeads"), into: "output")
    #expect(
      problems(output, Fixtures.folder("EightHeads"))
        .contains("holds the code of EightHeads, ReluOneHead; accepted: "))
    // A file says which.
    let difference = try OutputDifference(
      old: "\(output)/EightHeads.swift", new: Fixtures.folder("EightHeads"))
    #expect(difference.verdict == .nothing && difference.weights != nil)
    #expect(
      problems("\(output)/Other.swift", "\(output)/.EightHeads.manifest.json")
        .hasPrefix("\(output)/Other.swift: does not exist; "))
    try Data().write(to: URL(fileURLWithPath: "\(output)/Other.swift"))
    #expect(
      problems("\(output)/Other.swift", "\(output)/.EightHeads.manifest.json")
        .hasPrefix("\(output)/Other.swift: is named by no manifest beside it; accepted: "))
  }
}
