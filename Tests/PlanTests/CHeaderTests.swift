import DecisionTransformer
import DecisionTransformerCodegen
import TestFolders
import Testing

/// The header that C reads.
@Suite("A C header")
struct CHeaderTests {
  @Test(
    "names functions and files after the type",
    arguments: [
      ("Hopper", "hopper"), ("HalfCheetah", "half_cheetah"), ("HopperBF16", "hopper_bf16"),
      ("Walker2D", "walker2_d"), ("my_model", "my_model"), ("My_Model", "my_model"), ("A", "a"),
    ])
  func prefix(model: String, prefix: String) {
    let name = CName(model: model)
    #expect(name.prefix == prefix)
    #expect(name.header == "\(prefix).h")
    #expect(name.type == "\(prefix)_controller")
  }

  /// A controller, one with `forward`, several agents, and a trunk.
  private func headersOfEveryKind() throws -> [String] {
    var (forward, batch) = (GenerationOptions(), GenerationOptions())
    forward.outputs = ModelOutput.allCases
    batch.batch = 3
    let models = [
      RandomModel.model(ModelConfig(), GenerationOptions()),
      RandomModel.model(ModelConfig(), forward),
      RandomModel.model(ModelConfig(), batch),
      try ModelFolder(path: TestData.model("TrunkFourHeads").path).readModel().model,
    ]
    return models.map { String(decoding: Compiler.header(Plan($0)).contents, as: UTF8.self) }
  }

  @Test("lists the statuses that calls of its kind return, with number and meaning, and no other")
  func statuses() throws {
    let headers = try headersOfEveryKind()
    let unknown = "\(CStatus(code: -1).message)"
    for code in Int32(-1)..<100 {
      let message = "\(CStatus(code: code).message)"
      let lines = headers.map { header in
        header.split(separator: "\n").filter { $0.contains(" = \(code), /*") }
      }
      #expect(lines.allSatisfy { $0.count <= 1 }, "status \(code)")
      #expect(lines.allSatisfy(\.isEmpty) == (message == unknown), "status \(code)")
      for line in lines.joined() { #expect(line.hasSuffix("/* \(message) */")) }
      let kinds = lines.map { !$0.isEmpty }
      switch code {
      case 30...41: #expect(kinds == [true, true, true, false])
      case 42: #expect(kinds == [false, false, true, false])
      case 43, 50...52, 54: #expect(kinds == [false, true, false, false])
      case 60...64: #expect(kinds == [false, false, false, true])
      default: break
      }
    }
  }

  @Test("declares what Swift defines, function by function")
  func declarations() throws {
    for name in [
      "ExecutedActions", "NumberedActions", "ForwardLater", "BatchOfSeventeen",
      "TrunkRoundedFourHeads",
    ] {
      let plan = Plan(try ModelFolder(path: TestData.model(name).path).readModel().model)
      let header = String(decoding: Compiler.header(plan).contents, as: UTF8.self)
      let swift = SwiftRenderer(plan: plan, version: "0").render()
      let prefix = CName(model: name).prefix
      let defined = swift.matches(of: /@c\((\w+)\)/).map { String($0.1) }
      let declared = header.matches(of: /(\w+)\(/).map { String($0.1) }
        .filter { $0.hasPrefix("\(prefix)_") }
      // The weights' file has these; a header shows calls in its example, too.
      let ofWeights = ["create", "weights", "self_test"].map { "\(prefix)_\($0)" }
      #expect(Set(declared).subtracting(ofWeights) == Set(defined), "\(name)")
      #expect(Set(defined).count == defined.count, "\(name)")
    }
  }

  @Test(
    "shows a loop with the self test, where one is recorded: not for large windows, unless it is asked for",
    arguments: [(20, nil, true), (20, false, false), (4096, nil, false), (4096, true, true)]
      as [(Int, Bool?, Bool)])
  func selfTest(window: Int, option: Bool?, isShown: Bool) {
    var (config, options) = (ModelConfig(), GenerationOptions())
    (config.hiddenSize, config.innerSize) = (128, 512)
    (options.window, options.hasSelfTest) = (window, option)
    let model = RandomModel.model(config, options)
    let header = String(decoding: Compiler.header(Plan(model)).contents, as: UTF8.self)
    #expect(header.contains("robot_self_test(memory, sizeof memory);") == isShown)
  }

  @Test("has the numbers of the plan", arguments: UInt64(0)..<10)
  func constants(seed: UInt64) {
    let model = RandomModel.model(seed: seed)
    let (plan, header) = (Plan(model), header(seed: seed))
    let prefix = CName(model: model.name).constantPrefix
    for (name, value) in [
      ("STATE_DIMENSION", plan.shape.stateDimension),
      (
        model.options.actions == .discrete ? "ACTION_COUNT" : "ACTION_DIMENSION",
        plan.shape.actionDimension
      ),
      ("MEMORY_SIZE", plan.memory.byteCount + CController.headerByteCount),
      ("MEMORY_ALIGNMENT", 64),
    ] {
      #expect(header.contains("#define \(prefix)_\(name) \(value)\n"))
    }
    #expect(header.contains("_LAYOUT_DIGEST \"\(plan.layoutDigestText)\"\n"))
    #expect(UInt64(plan.layoutDigestText, radix: 16) == plan.layoutDigest)
    #expect(plan.layoutDigestText.count == 16)
  }

  private func header(seed: UInt64) -> String {
    let model = RandomModel.model(seed: seed)
    return String(decoding: Compiler.header(Plan(model)).contents, as: UTF8.self)
  }
}
