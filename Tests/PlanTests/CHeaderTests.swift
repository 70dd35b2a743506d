import DecisionTransformer
import DecisionTransformerCodegen
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

  @Test("lists every status of the library with its number and meaning, and no other")
  func statuses() {
    let header = header(seed: 1)
    let unknown = "\(CStatus(code: -1).message)"
    for code in Int32(-1)..<100 {
      let message = "\(CStatus(code: code).message)"
      let line = header.split(separator: "\n").filter { $0.contains(" = \(code), /*") }
      #expect(line.count == (message == unknown ? 0 : 1), "status \(code)")
      if let line = line.first { #expect(line.hasSuffix("/* \(message) */")) }
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
