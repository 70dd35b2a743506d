import Programs
import DecisionTransformerCodegen

/// Models of all forms, small enough for the reference to drive episodes with.
enum SmallModel {
  /// One of the forms at random; `RandomModel` has the sizes that a layout must bear.
  static func model(seed: UInt64) -> Model {
    var random = SplitMix64(seed: seed &* 977)
    var config = ModelConfig()
    config.headCount = [1, 1, 2, 3].randomElement(using: &random)!
    config.hiddenSize = config.headCount * [3, 8, 15, 16, 17].randomElement(using: &random)!
    config.layerCount = .random(in: 1...3, using: &random)
    var options = GenerationOptions()
    options.window = .random(in: 1...7, using: &random)
    config.maximumEpisodeLength = .random(in: 1...20, using: &random)
    options.timestepOverflow = TimestepOverflow.allCases.randomElement(using: &random)!
    if Bool.random(using: &random) {
      options.outputs = ModelOutput.allCases.filter { _ in .random(using: &random) }
      if options.outputs.isEmpty { options.outputs = [.attentions] }
    }
    return model(config, options, &random)
  }

  /// Models whose windows never slide: every form, with windows that just last and longer ones.
  static let lasting: [Model] = {
    var models: [Model] = []
    var random = SplitMix64(seed: 41)
    for (heads, headSize) in [(1, 8), (1, 24), (2, 4), (2, 24), (3, 17)] {
      for layers in 1...3 {
        for (window, length) in [(1, 1), (2, 2), (6, 6), (11, 11), (13, 9)] {
          for outputs: [ModelOutput] in [[.action], [.attentions], ModelOutput.allCases] {
            var config = ModelConfig()
            (config.headCount, config.hiddenSize) = (heads, heads * headSize)
            (config.layerCount, config.maximumEpisodeLength) = (layers, length)
            var options = GenerationOptions()
            (options.window, options.outputs) = (window, outputs)
            var model = model(config, options, &random)
            // Steps in front of an episode leave its window.
            model.config.seesPadding = false
            models.append(model)
          }
        }
      }
    }
    return models
  }()

  private static func model(
    _ config: ModelConfig, _ options: GenerationOptions, _ random: inout SplitMix64
  ) -> Model {
    var (config, options) = (config, options)
    config.stateDimension = .random(in: 1...9, using: &random)
    config.actionDimension = .random(in: 1...5, using: &random)
    config.innerSize = .random(in: 1...40, using: &random)
    config.positionCount = .random(in: 1...9, using: &random)
    config.activation = Activation.allCases.randomElement(using: &random)!
    config.layerNormEpsilon = [1e-5, 1e-3, 0.1].randomElement(using: &random)!
    config.hasActionTanh = .random(using: &random)
    config.scalesAttention = .random(using: &random)
    config.scalesAttentionByInverseLayerIndex = .random(using: &random)
    // Its quotients are the same in float32 and in double precision.
    options.returnScale = [1, 8, 0.5].randomElement(using: &random)!
    if .random(using: &random) {
      options.actionScale = RandomModel.numbers(config.actionDimension, 0.5...3, &random)
    }
    if .random(using: &random) {
      options.actionOffset = RandomModel.numbers(config.actionDimension, -3...3, &random)
    }
    if .random(using: &random) {
      options.stateMean = RandomModel.numbers(config.stateDimension, -3...3, &random)
      options.stateStandardDeviation = RandomModel.numbers(
        config.stateDimension, 0.1...2, &random)
    }
    return RandomModel.withLoop(RandomModel.model(config, options), &random)
  }
}

extension ControlMachine<Double> {
  /// The plan's algebra with numbers that nobody has rounded: the published function, if the plan is right.
  init(unrounded model: Model, _ checkpoint: Checkpoint) {
    let plan = Plan(model)
    self.init(plan, MachineWeights(plan, RecipeEvaluator(checkpoint, rounds: false)))
  }
}

/// Whether two rows differ by no more than `tolerance`, relative to the larger numbers above one.
func areEqual(_ found: [Double], _ expected: [Double], within tolerance: Double = 1e-9) -> Bool {
  guard found.count == expected.count else { return false }
  let bound = tolerance * expected.reduce(1) { max($0, abs($1)) }
  return zip(found, expected).allSatisfy { abs($0 - $1) <= bound }
}
