import DecisionTransformerCodegen
import Programs

/// Models of all shapes, the same for the same seed.
enum RandomModel {
  static let seeds = UInt64(0)..<150

  /// Sizes around the vector's 16 lanes and far from it; every option.
  static func model(seed: UInt64) -> Model {
    var random = SplitMix64(seed: seed)
    var config = ModelConfig()
    config.stateDimension = .random(in: 1...40, using: &random)
    config.actionDimension = .random(in: 1...20, using: &random)
    config.headCount = [1, 1, 2, 3, 4, 8].randomElement(using: &random)!
    let headSizes = [1, 5, 8, 15, 16, 17, 24, 32]
    config.hiddenSize = config.headCount * headSizes.randomElement(using: &random)!
    config.layerCount = .random(in: 1...4, using: &random)
    config.innerSize = .random(in: 1...90, using: &random)
    config.maximumEpisodeLength = .random(in: 1...60, using: &random)
    config.positionCount = .random(in: 1...9, using: &random)
    config.activation = Activation.allCases.randomElement(using: &random)!
    config.layerNormEpsilon = [1e-5, 1e-3, 0.1].randomElement(using: &random)!
    config.hasActionTanh = .random(using: &random)
    config.scalesAttention = .random(using: &random)
    config.scalesAttentionByInverseLayerIndex = .random(using: &random)
    var options = GenerationOptions()
    options.window = .random(in: 1...24, using: &random)
    options.precision = WeightPrecision.allCases.randomElement(using: &random)!
    options.timestepOverflow = TimestepOverflow.allCases.randomElement(using: &random)!
    if .random(using: &random) {
      options.outputs = ModelOutput.allCases.filter { _ in .random(using: &random) }
      if options.outputs.isEmpty { options.outputs = [.attentions] }
    }
    if .random(using: &random) {
      options.stateMean = numbers(config.stateDimension, -3...3, &random)
      options.stateStandardDeviation = numbers(config.stateDimension, 0.01...2, &random)
    }
    options.actionScale = perAction(config, 0.3...3, &random) ?? [1]
    options.actionOffset = perAction(config, -3...3, &random) ?? [0]
    return withLoop(model(config, options), &random)
  }

  /// The same where Hugging Face's class computes it.
  static func huggingFace(seed: UInt64) -> Model {
    var model = model(seed: seed)
    model.config.dropVariant()
    return model
  }

  /// The same with bounds, history, returns and time drawn, too: what decides how a control loop goes on; what Hugging
  /// Face's model has not: norms behind, encoders of states, positions that move, tokens through an activation or without
  /// embed_ln, pictures as states, no return tokens; and actions that are numbers.
  static func withLoop(_ model: Model, _ random: inout SplitMix64) -> Model {
    var model = model
    // Where units differ, one bound for all lies outside of some: that must do no harm, either.
    let units = zip(model.actionScale, model.actionOffset)
      .prefix(.random(using: &random) ? 1 : model.config.actionDimension)
    func bounds(_ range: ClosedRange<Double>) -> [Double] {
      units.map { scale, offset in offset + scale * .random(in: range, using: &random) }
    }
    if .random(using: &random) { model.options.actionMinimum = bounds(-0.4...0) }
    if .random(using: &random) { model.options.actionMaximum = bounds(0...0.4) }
    let isBounded = model.options.actionMinimum != nil || model.options.actionMaximum != nil
    if isBounded, .random(using: &random) { model.options.actionHistory = .clamped }
    model.options.returnOffset = [0, 0, 2.5, -96].randomElement(using: &random)!
    model.options.returnRounding = ReturnRounding.allCases.randomElement(using: &random)!
    if model.config.maximumEpisodeLength > 1 {
      model.options.firstTimestep = .random(in: 0...1, using: &random)
    }
    if Int.random(in: 0..<4, using: &random) == 0 { model.config.normPlacement = .after }
    if .random(using: &random) {
      let sizes = (0..<Int.random(in: 0...2, using: &random)).map { _ in
        Int.random(in: 1...40, using: &random)
      }
      model.config.stateEncoder = (sizes + [model.config.hiddenSize]).map {
        ControlSteps.EncoderLayer(
          size: $0, activation: Activation.allCases.randomElement(using: &random)!)
      }
      makeNorms(&model, &random)
    }
    if model.options.outputs == [.action] {
      // Pictures, and models that are told no return.
      if Int.random(in: 0..<5, using: &random) == 0 { makePictures(&model, &random) }
      if Int.random(in: 0..<6, using: &random) == 0 { dropReturns(&model) }
      if model.config.maximumEpisodeLength > 1, Int.random(in: 0..<6, using: &random) == 0 {
        (model.config.seesPadding, model.options.firstTimestep) = (true, 1)
      }
      if Int.random(in: 0..<3, using: &random) == 0 {
        model.config.slots = ControlSteps.Slots.allCases.randomElement(using: &random)!
        model.config.slotCount =
          model.window * (model.config.slots == .tokens ? model.config.tokens.count : 1)
      }
    }
    if Int.random(in: 0..<5, using: &random) == 0 {
      model.config.embeddingActivation = Activation.allCases.randomElement(using: &random)!
      model.config.hasEmbeddingNorm = .random(using: &random)
    }
    if model.options.outputs == [.action], Int.random(in: 0..<3, using: &random) == 0 {
      let temperature = Double.random(in: 0.2...3, using: &random)
      makeDiscrete(&model, temperature: temperature > 1.6 ? 1 : temperature)
    }
    return model
  }

  /// Frames of all sizes that one to three convolutions leave something of.
  private static func makePictures(_ model: inout Model, _ random: inout SplitMix64) {
    var frames = Frames(
      count: .random(in: 1...4, using: &random), rows: .random(in: 5...14, using: &random),
      columns: .random(in: 5...17, using: &random), convolutions: [])
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let map = frames.map(entering: frames.convolutions.count)
      frames.convolutions.append(
        Frames.Convolution(
          filters: .random(in: 1...36, using: &random),
          size: .random(in: 1...min(4, map.rows, map.columns), using: &random),
          stride: .random(in: 1...3, using: &random),
          activation: frames.convolutions.first?.activation
            ?? Activation.allCases.randomElement(using: &random)!))
    }
    (model.config.frames, model.config.stateDimension) = (frames, frames.byteCount)
    model.options.frameInput = FrameInput.allCases.randomElement(using: &random)!
    (model.options.stateMean, model.options.stateStandardDeviation) = (nil, nil)
    model.options.batch = 1
  }

  private static func dropReturns(_ model: inout Model) {
    model.config.hasReturnTokens = false
    (model.options.returnScale, model.options.returnOffset) = (1, 0)
    (model.options.returnRounding, model.options.targetReturn) = (.step, nil)
  }

  /// The number of an action has no units and no bounds.
  private static func makeDiscrete(_ model: inout Model, temperature: Double) {
    (model.options.actions, model.options.temperature) = (.discrete, temperature)
    (model.options.actionScale, model.options.actionOffset) = ([1], [0])
    (model.options.actionMinimum, model.options.actionMaximum) = (nil, nil)
    model.options.actionHistory = .raw
  }

  /// Nothing, one number, or one for each component of an action.
  private static func perAction(
    _ config: ModelConfig, _ range: ClosedRange<Double>, _ random: inout SplitMix64
  ) -> [Double]? {
    switch Int.random(in: 0...2, using: &random) {
    case 0: nil
    case 1: numbers(1, range, &random)
    default: numbers(config.actionDimension, range, &random)
    }
  }

  /// Norms in front of an encoder's layers, and a shortcut round the last two.
  private static func makeNorms(_ model: inout Model, _ random: inout SplitMix64) {
    for layer in model.config.stateEncoder.indices.dropFirst() {
      model.config.stateEncoder[layer].normalizesInput = .random(using: &random)
    }
    guard model.config.stateEncoder.count == 3, .random(using: &random) else { return }
    model.config.stateEncoder[0].size = model.config.hiddenSize
    model.config.stateEncoder[2].addsShortcut = true
  }

  static func model(_ config: ModelConfig, _ options: GenerationOptions) -> Model {
    Model(name: "Robot", config: config, options: options, configDigest: "0123")
  }

  /// Every tensor that `model` reads, with numbers around those of trained models.
  static func checkpoint(of model: Model, seed: UInt64) -> Checkpoint {
    var random = SplitMix64(seed: seed ^ 0xC0FFEE)
    var tensors: [String: [Float]] = [:]
    for (name, shape) in Checkpoint.requiredTensors(of: model.config) {
      // Sums of a window are as large as its numbers: several convolutions have no norm between them.
      let scale =
        name.hasPrefix("embed_frames") ? 2 / Double(shape.dropFirst().reduce(1, *)).squareRoot() : 1
      tensors[name] = numbers(shape.reduce(1, *), -scale...scale, &random).map { Float($0) }
    }
    return Checkpoint(tensors: tensors)
  }

  static func numbers(
    _ count: Int, _ range: ClosedRange<Double>, _ random: inout SplitMix64
  ) -> [Double] {
    (0..<count).map { _ in .random(in: range, using: &random) }
  }
}

extension ModelConfig {
  /// Makes vectors of pictures, and hides what is in front of an episode: several agents have neither.
  mutating func allowAgents() {
    if frames != nil { (frames, stateDimension) = (nil, 17) }
    seesPadding = false
  }

  /// Forgets what `forward` has no place for.
  mutating func allowForward() {
    allowAgents()
    (slotCount, hasReturnTokens) = (nil, true)
  }

  /// Forgets what Hugging Face's model has not.
  mutating func dropVariant() {
    allowForward()
    (normPlacement, stateEncoder) = (.before, [])
    (embeddingActivation, hasEmbeddingNorm) = (.linear, true)
  }
}
