import DecisionTransformerCodegen
import Testing

/// What is done for each component of a state or an action is a loop: neither the size of the code nor the time to compile
/// it depends on their number.
@Suite("The width of states and actions")
struct WidthTests {
  @Test("is not the length of the code", arguments: ["one agent", "batch", "outputs", "C"])
  func length(form: String) {
    let narrow = Self.code(states: 100, actions: 100, form: form)
    let wide = Self.code(states: 28_224, actions: 4672, form: form)
    // Tables and loops have longer numbers; a line for each component would be hundreds of kilobytes.
    #expect(wide.utf8.count < narrow.utf8.count + 4096)
  }

  private static func code(states: Int, actions: Int, form: String) -> String {
    var config = ModelConfig()
    (config.stateDimension, config.actionDimension) = (states, actions)
    (config.hiddenSize, config.innerSize, config.layerCount) = (16, 32, 2)
    config.maximumEpisodeLength = 20
    var options = GenerationOptions()
    options.window = 4
    options.actionScale = (0..<actions).map { 1 + Double($0) / 8 }
    options.actionOffset = options.actionScale.map { 3 - $0 }
    if form == "batch" { options.batch = 3 }
    if form == "outputs" { options.outputs = ModelOutput.allCases }
    if form == "C" { options.hasCInterface = true }
    let model = Model(name: "Wide", config: config, options: options, configDigest: "")
    return Compiler.sources(Plan(model)).map { String(decoding: $0.contents, as: UTF8.self) }
      .joined()
  }
}
