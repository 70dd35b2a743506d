import DecisionTransformerCodegen
import Testing

/// A small model of each form that generated code has: together they print everything that the renderer can.
struct GeneratedForm: CustomTestStringConvertible {
  var name: String
  private var config: ModelConfig
  private var options: GenerationOptions
  var testDescription: String { name }

  private init(
    _ name: String, heads: Int = 1, hidden: Int = 16,
    _ change: (inout ModelConfig, inout GenerationOptions) -> Void = { _, _ in }
  ) {
    self.name = name
    config = ModelConfig()
    (config.stateDimension, config.actionDimension, config.maximumEpisodeLength) = (3, 2, 20)
    (config.hiddenSize, config.innerSize, config.layerCount) = (hidden, 2 * hidden, 2)
    config.headCount = heads
    options = GenerationOptions()
    options.window = 4
    change(&config, &options)
  }

  static let all = [
    GeneratedForm("OneHead") { $1.targetReturn = 3 },
    GeneratedForm("InternalHeads", heads: 4, hidden: 64) {
      $0.activation = .geluNew
      $1.access = .internal
    },
    GeneratedForm("PackageActions", heads: 2) {
      $0.actionDimension = 40
      $0.stateDimension = 70
      $1.actionScale = (0..<40).map { Double($0 + 1) }
      $1.actionOffset = (0..<40).map { Double(20 - $0) / 8 }
      $1.actionMinimum = (0..<40).map { -Double($0 + 1) }
      $1.actionMaximum = [80]
      $1.actionHistory = .clamped
      $1.access = .package
      $1.timestepOverflow = .clamp
      $1.firstTimestep = 1
    },
    GeneratedForm("ForC") { $1.hasCInterface = true },
    GeneratedForm("Explained") { $1.hasOperations = true },
    GeneratedForm("Rounded", heads: 2, hidden: 32) { $1.precision = .bfloat16 },
    GeneratedForm("EveryOutput", heads: 2) {
      $1.outputs = ModelOutput.allCases
      $1.returnScale = 10
      $1.returnOffset = -2.5
      $1.firstTimestep = 1
    },
    GeneratedForm("Batch", heads: 2) {
      $1.batch = 3
      $1.targetReturn = 5
      $1.actionOffset = [-0.5]
      $1.actionMaximum = [0.25]
      ($1.returnScale, $1.returnRounding) = (0.1, .never)
      $1.timestepOverflow = .wrap
    },
    GeneratedForm("NumberForC") {
      ($1.actions, $1.temperature, $1.hasCInterface) = (.discrete, 0.5, true)
      $1.targetReturn = 7
    },
    GeneratedForm("NumberBatch", heads: 2) {
      ($0.embeddingActivation, $0.hasEmbeddingNorm) = (.tanh, false)
      ($1.actions, $1.batch) = (.discrete, 3)
    },
    GeneratedForm("NumberInPlaces", heads: 2) {
      ($0.embeddingActivation, $0.hasEmbeddingNorm, $0.slotCount) = (.tanh, false, 4)
      $1.actions = .discrete
    },
    GeneratedForm("FramesForC", heads: 2) {
      $0.setFrames(count: 2)
      ($0.embeddingActivation, $0.hasEmbeddingNorm) = (.tanh, false)
      ($0.slots, $0.slotCount) = (.tokens, 12)
      ($1.actions, $1.returnRounding, $1.hasCInterface) = (.discrete, .integer, true)
    },
    GeneratedForm("NewestFrameForC") {
      $0.setFrames(count: 3)
      ($1.frameInput, $1.hasCInterface, $1.precision) = (.newest, true, .bfloat16)
    },
    GeneratedForm("OneStep", heads: 2) {
      ($0.slots, $0.slotCount, $1.window) = (.tokens, 3, 1)
    },
    GeneratedForm("SeenPadding") {
      $0.seesPadding = true
      ($1.firstTimestep, $1.actionOffset, $1.actionScale) = (1, [0.5], [2])
    },
    GeneratedForm("NoReturns", heads: 2) { config, _ in config.hasReturnTokens = false },
    GeneratedForm("Trunk", heads: 2) {
      $1.modelClass = .trunk
      $1.tokens = 12
    },
  ]

  /// The generated files by name, of a model called `name`.
  func sources(named name: String? = nil) -> [String: String] {
    let model = Model(
      name: name ?? self.name, config: config, options: options,
      configDigest: String(repeating: "0", count: 64))
    return Dictionary(
      uniqueKeysWithValues: Compiler.sources(Plan(model)).map {
        ($0.name, String(decoding: $0.contents, as: UTF8.self))
      })
  }
}

extension ModelConfig {
  fileprivate mutating func setFrames(count: Int) {
    frames = Frames(
      count: count, rows: 9, columns: 7,
      convolutions: [
        Frames.Convolution(filters: 20, size: 3, stride: 2, activation: .relu),
        Frames.Convolution(filters: 5, size: 2, stride: 1, activation: .relu),
      ])
    stateDimension = frames!.byteCount
  }
}
