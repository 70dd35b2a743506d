import DecisionTransformer
import Foundation
import TestFolders
import Testing

@testable import DecisionTransformerCodegen

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

  @Test(
    "the facts of generated code are those of its plan",
    arguments: Fixtures.controllers + Fixtures.trunks)
  func facts(name: String) throws {
    let model = try ModelFolder(path: Fixtures.folder(name)).readModel().model
    let plan = Plan(model)
    let source = String(decoding: Compiler.source(plan).contents, as: UTF8.self)
    let facts = try #require(GeneratedFacts(source))
    #expect(facts.name == name && facts.generator == Compiler.version)
    #expect(facts.configDigest == model.configDigest && facts.layoutDigest == plan.layoutDigest)
    #expect(facts.tensors.map(\.name) == plan.weights.tensors.map(\.name))
    #expect(facts.tensors.map(\.arrangement) == plan.weights.tensors.map(\.arrangement))
    #expect(facts.tensors.map(\.offset) == plan.weights.tensors.map(\.offset))
    #expect(facts.weightBytes == plan.weights.byteCount)
    #expect(facts.memoryBytes == plan.memory.byteCount)
    let phases = model.isTrunk ? plan.token : plan.feedback
    #expect(facts.phases[0].multiplyAdds == plan.total(phases, \.multiplyAdds))
    func option(_ name: String) -> String? { facts.options.first { $0.name == name }?.value }
    #expect(option("access") == model.options.access.rawValue)
    #expect(option("precision") == model.options.precision.rawValue)
    #expect(
      facts.shape.contains(
        .init(name: "layer norm epsilon", value: "\(Float(model.config.layerNormEpsilon))")))
    #expect(option("C interface") == (model.options.hasCInterface ? "yes" : "no"))
    guard !model.isTrunk else { return }
    #expect(option("after the longest episode") == model.options.timestepOverflow.rawValue)
    #expect(Float(option("return scale")!) == Float(model.options.returnScale))
    if Set(model.actionScale).count == 1 {
      #expect(Float(option("action scale")!) == Float(model.actionScale[0]))
    } else {
      #expect(option("action scale") == "one for each component")
    }
    if Set(model.actionOffset).count == 1 {
      #expect(Float(option("action offset")!) == Float(model.actionOffset[0]))
    } else {
      #expect(option("action offset") == "one for each component")
    }
    #expect(
      option("outputs of forward")!.split(separator: ", ").count
        == max(1, model.forwardOutputs.count))
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
    #expect(weights.differing.map(\.name) == ["embed.state_mean"])
    let tensor = weights.differing[0]
    #expect(tensor.differing == 1)
    #expect(abs(tensor.largest - 0.25) < 1e-6)
    #expect(abs(tensor.mean - 0.25 / Double(tensor.values)) < 1e-6)
    #expect(difference.text.contains("Only the weights changed"))
    #expect(difference.text.contains("| embed.state_mean | 1 of \(tensor.values) | 2.5e-01 |"))
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
    for line in [
      "- window: \(window) steps (\(3 * window) tokens) → 5 steps (15 tokens)",
      "- access: public → package", "- action scale: 1 → 3", "- action offset: 0 → -1.5",
      "- precision: float32 → bfloat16",
      "- after the longest episode: error → clamp",
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
        ? "- self test: yes → no" : "- weights: in the program → in a file"
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
    }
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
  }

  @Test("another version of the generator; another shape")
  func shape() throws {
    let model = try Fixtures.copy("ReluOneHead", into: folder)
    let output = try generate(model, into: "output")
    let file = "\(output)/ReluOneHead.swift"
    try Fixtures.replace("dtgen \(Compiler.version)", by: "dtgen 0.0.9", in: file)
    let version = try OutputDifference(old: output, new: model)
    #expect(version.text.contains("dtgen 0.0.9 → \(Compiler.version): another version"))
    let difference = try OutputDifference(old: model, new: Fixtures.folder("EightHeads"))
    #expect(difference.verdict == .layout)
    #expect(difference.text.hasPrefix("### ReluOneHead → EightHeads: "))
    #expect(difference.shape.contains { $0.name == "heads" && $0.old == "1" && $0.new == "8" })
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
    try Fixtures.replace("0x\(digest)", by: short, in: "\(output)/ReluOneHead.swift")
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
    #expect(difference.text.contains("Weights are not compared: there are none in `\(output)`."))
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
    #expect(text.contains("\(folder.path): holds no generated code; accepted: "))
    #expect(text.split(separator: "\n").count == 2)
  }

  @Test("damaged output is refused: header, table, weights")
  func damaged() throws {
    let output = try generate(Fixtures.folder("ReluOneHead"), into: "output")
    let (code, weights) = ("\(output)/ReluOneHead.swift", "\(output)/ReluOneHeadWeights.swift")
    let source = try String(contentsOfFile: code, encoding: .utf8)
    for (old, new) in [
      ("layoutDigest: UInt64", "digest: UInt64"), ("//   layer0.query ", "//   layer0.query x"),
      ("//   embed.return ", "//   embed.return -"), ("//   total ", "//   total 9"),
      ("1x", "99999999999999999999x"), ("1x", "9999999x"),
    ] {
      try Fixtures.replace(old, by: new, in: code)
      #expect(problems(output, output).contains("\(code): is no code of dtgen"), "\(old)")
      try Data(source.utf8).write(to: URL(fileURLWithPath: code))
    }
    try Fixtures.replace("\"RFRXRUlHSFQ", by: "\"RFRXRUlHSFR", in: weights)
    #expect(problems(output, output).contains("\(weights): "))
    try Fixtures.replace("\"RFRXRUlHSFR", by: "\"*FRXRUlHSFQ", in: weights)
    #expect(problems(output, output).contains("\(weights): "))
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
      text.contains("\(weights): ") && text.contains("packed weights of the code beside them"))
  }

  @Test("two generated types in one folder are too many")
  func two() throws {
    let output = try generate(Fixtures.folder("ReluOneHead"), into: "output")
    _ = try generate(Fixtures.folder("EightHeads"), into: "output")
    #expect(
      problems(output, Fixtures.folder("EightHeads"))
        .contains("holds the code of EightHeads.swift, ReluOneHead.swift; accepted: "))
    // A file says which.
    let difference = try OutputDifference(
      old: "\(output)/EightHeads.swift", new: Fixtures.folder("EightHeads"))
    #expect(difference.verdict == .nothing && difference.weights != nil)
  }
}
