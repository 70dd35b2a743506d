import DecisionTransformerCodegen
import Programs
import Testing

/// Work counted a second time, from the network's formulas.
@Suite("The plan's costs")
struct CostTests {
  /// Multiply-adds of matrix products in one layer, for sizes that fill whole vectors.
  private struct Layer {
    var (hidden, inner, heads): (Int, Int, Int)

    /// Rows in the form that later queries need, and their own queries.
    /// What block 0 in the carried form makes of an input: token, value and its inner row, query, inner row.
    func entry(_ inputs: Int) -> Int {
      inputs * hidden + (inputs + 2) * (2 * hidden + inner) + (inputs + 1) * inner
    }

    /// Scores and mixed rows of one query of it, then the MLP's second product.
    func carried(keys: Int) -> Int { keys * hidden + keys * (hidden + inner) + inner * hidden }

    /// What it makes of a timestep: query, value, and two inner rows.
    var time: Int { 2 * hidden * hidden + 2 * hidden * inner }

    func keysAndValues(_ form: AttentionForm) -> Int { form == .standard ? 2 * hidden * hidden : 0 }

    func query(_ form: AttentionForm) -> Int {
      // The absorbed form goes through Wk and Wv on the query's side.
      form == .absorbed ? 3 * hidden * hidden : hidden * hidden
    }

    /// Scores, mixed rows and projection of one query that sees `keys` keys.
    func attention(_ form: AttentionForm, keys: Int) -> Int {
      2 * keys * hidden * (form == .absorbed ? heads : 1) + hidden * hidden
    }

    var feedForward: Int { 2 * hidden * inner }
  }

  /// The phases' multiply-adds by formula.
  private struct Expected {
    var feedback = 0
    var shortFeedback = 0
    var preparation = 0

    init(_ model: Model, forms: [AttentionForm]) {
      let (config, window) = (model.config, model.window)
      let layer = Layer(
        hidden: config.hiddenSize, inner: config.innerSize, heads: config.headCount)
      let (hidden, last) = (config.hiddenSize, config.layerCount - 1)
      let tokens = config.tokens.count
      let past = tokens * (window - 1)
      // Where no step ever leaves the window, action tokens go through all blocks once, and see themselves.
      let moves = config.slotCount != nil
      let isKept =
        !moves && last > 0 && past > 0 && model.episodeLength.map { window >= $0 } == true
      let keys = past + tokens - (isKept ? 0 : 1)
      let isCarried = forms[0] == .carried
      func embedding(_ inputs: Int) -> Int { isCarried ? layer.entry(inputs) : hidden * inputs }
      let head = hidden * config.actionDimension
      // An encoder's layers, of which the last has the token's numbers.
      var inputs = config.frames?.featureCount ?? config.stateDimension
      var state = embedding(inputs)
      if !config.stateEncoder.isEmpty {
        state = 0
        for size in config.stateEncoder.dropLast().map(\.size) + [hidden] {
          state += inputs * size
          inputs = size
        }
      }
      // Convolutions: the first one's part of older frames is known ahead where these are kept.
      if let frames = config.frames {
        let older = model.options.frameInput == .newest ? frames.count - 1 : 0
        for (layer, convolution) in frames.convolutions.enumerated() {
          let (input, output) = (frames.map(entering: layer), frames.map(entering: layer + 1))
          let ofChannel =
            output.count * convolution.size * convolution.size
          state += ofChannel * (input.channels - (layer == 0 ? older : 0))
          if layer == 0 { preparation += ofChannel * older }
        }
      }
      feedback = (config.hasReturnTokens ? embedding(1) : 0) + state + head
      shortFeedback = state + head
      for (index, form) in forms.enumerated() {
        guard form != .carried else {
          feedback += (tokens - 1) * layer.carried(keys: keys)
          shortFeedback += layer.carried(keys: keys)
          continue
        }
        let token =
          layer.keysAndValues(form) + layer.query(form)
          + layer.attention(form, keys: keys) + layer.feedForward
        // In the last layer the return token is only seen.
        feedback += token
        if config.hasReturnTokens {
          feedback += index < last ? token : layer.keysAndValues(form)
        }
        shortFeedback += token
      }
      guard past > 0 else { return }
      preparation += embedding(config.actionDimension)
      if isCarried { preparation += layer.time }
      guard !isKept else {
        for (index, form) in forms.enumerated() {
          if form == .carried {
            preparation += layer.carried(keys: keys)
          } else {
            preparation += layer.keysAndValues(form)
            guard index < last else { continue }
            preparation +=
              layer.query(form) + layer.attention(form, keys: keys) + layer.feedForward
          }
        }
        return
      }
      if !isCarried && !moves {
        preparation += layer.keysAndValues(forms[0]) + (last > 0 ? layer.query(forms[0]) : 0)
      }
      for (index, form) in forms.enumerated() {
        guard form != .carried else {
          for row in 0..<past { preparation += layer.carried(keys: row + 1) }
          continue
        }
        // Block 0 moves its rows, and every row's query, with the window, unless positions move.
        let isStale = index > 0 || moves
        if isStale { preparation += past * layer.keysAndValues(form) }
        guard index < last else { continue }
        if isStale { preparation += past * layer.query(form) }
        preparation += past * layer.feedForward
        for row in 0..<past { preparation += layer.attention(form, keys: row + 1) }
      }
    }
  }

  @Test("of a window that never slides are those of its new tokens alone")
  func lastingWindow() {
    var config = ModelConfig()
    (config.hiddenSize, config.headCount, config.layerCount) = (128, 1, 3)
    (config.innerSize, config.maximumEpisodeLength) = (512, 1000)
    var options = GenerationOptions()
    func preparation(_ window: Int) -> Int {
      options.window = window
      let plan = Plan(RandomModel.model(config, options))
      #expect(plan.steps.slides == (window < 1000))
      return plan.total(plan.preparation, \.multiplyAdds)
    }
    let layer = Layer(hidden: 128, inner: 512, heads: 1)
    // The action token, through the first two blocks; of the third its row is enough.
    let blocks =
      layer.query(.fused) + layer.attention(.fused, keys: 3000) + layer.feedForward
    #expect(preparation(1000) == 2 * blocks + 128 * config.actionDimension)
    #expect(preparation(999) > 1000 * preparation(1000))
  }

  @Test("are the formulas' where sizes fill whole vectors")
  func totals() {
    for seed in RandomModel.seeds {
      let model = Self.evenModel(seed: seed)
      let plan = Plan(model)
      let expected = Expected(model, forms: plan.forms)
      #expect(plan.total(plan.feedback, \.multiplyAdds) == expected.feedback, "seed \(seed)")
      #expect(
        plan.total(plan.shortFeedback, \.multiplyAdds) == expected.shortFeedback, "seed \(seed)")
      #expect(plan.total(plan.preparation, \.multiplyAdds) == expected.preparation, "seed \(seed)")
    }
  }

  @Test("of the published shape are a fraction of the original loop's")
  func publishedShape() {
    var config = ModelConfig()
    (config.stateDimension, config.actionDimension) = (11, 3)
    let plan = Plan(RandomModel.model(config, GenerationOptions()))
    #expect(plan.forms == [.carried, .fused, .fused])
    // Hugging Face runs 60 padded tokens through everything: 38.2 million.
    #expect(plan.total(plan.feedback, \.multiplyAdds) == 779_904)
    #expect(plan.total(plan.preparation, \.multiplyAdds) == 14_937_216)
  }

  @Test("read in the feedback phase every weight of the blocks once")
  func weightBytes() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.model(seed: seed))
      var blocks = plan.weights.tensors.filter { $0.name.hasPrefix("layer") }
      var bytes = 0
      if plan.carriesTokens {
        // Entering and the preparation phase have used them; the biases behind ln_2 are left.
        blocks.removeAll { ["layer0.query", "layer0.output", "layer0.inner"].contains($0.name) }
        bytes = plan.shape.innerStride * 4
      }
      bytes += blocks.reduce(0) { $0 + $1.byteCount }
      let outside: [RoutineName] = [.embed(.return), .embed(.state), .predict]
      let names = plan.feedback.filter { !outside.contains($0) }
      #expect(plan.total(names, \.weightBytes) == bytes, "seed \(seed)")
    }
  }

  @Test("of the plain graph have every matrix of the checkpoint once")
  func plainGraph() {
    for seed in RandomModel.seeds {
      let model = RandomModel.model(seed: seed)
      let matrices = RequiredTensor.all(of: model.config).filter { required in
        let tables = ["wpe.weight", "embed_timestep.weight", "embed_slot.weight"]
        return required.axes.count > 1 && !tables.contains { required.name.hasSuffix($0) }
      }
      let count = matrices.reduce(0) { $0 + $1.shape(in: model.config).reduce(1, *) }
      #expect(Plan(model).plainGraph.weightBytes == 4 * count, "seed \(seed)")
    }
  }

  @Test("would not be lower in another form of attention")
  func forms() {
    for seed in RandomModel.seeds {
      let model = Self.evenModel(seed: seed)
      let plan = Plan(model)
      func cost(_ forms: [AttentionForm]) -> Int {
        let total = Expected(model, forms: forms)
        // The feedback phase is what the robot waits for.
        return AttentionForm.feedbackWeight * total.feedback + total.preparation
      }
      let last = model.config.layerCount - 1
      for layer in 0...last {
        let others: [AttentionForm] =
          (model.config.headCount == 1 ? [.standard, .fused] : [.standard])
          + (layer == 0 && last > 0 && model.config.headCount == 1 && model.window > 1
            && !model.config.isVariant ? [.carried] : [])
          + (layer == last ? [.absorbed] : [])
        for form in others {
          var forms = plan.forms
          forms[layer] = form
          #expect(
            cost(plan.forms) <= cost(forms),
            "\(form) in layer \(layer) of seed \(seed) instead of \(plan.forms)")
        }
      }
    }
  }

  @Test("leave values of block 0 where they are if products are of integers, and absorb less often")
  func integers() {
    func forms(
      _ precision: WeightPrecision, heads: Int, window: Int, hidden: Int = 128
    ) -> [AttentionForm] {
      var model = RandomModel.huggingFace(seed: 1)
      model.config.headCount = heads
      (model.config.hiddenSize, model.config.innerSize, model.config.layerCount) = (
        hidden, 4 * hidden, 3
      )
      (model.config.stateDimension, model.config.actionDimension) = (11, 3)
      (model.options.precision, model.options.outputs) = (precision, [.action])
      (model.options.window, model.options.actionScale, model.options.actionOffset) =
        (window, [1], [0])
      model.config.maximumEpisodeLength = 1000
      return Plan(model).forms
    }
    #expect(forms(.bfloat16, heads: 1, window: 20) == [.carried, .fused, .fused])
    #expect(forms(.int8, heads: 1, window: 20) == [.fused, .fused, .fused])
    let windows = 1...60
    func absorbing(_ precision: WeightPrecision) -> Int {
      windows.count { forms(precision, heads: 4, window: $0, hidden: 64).last == .absorbed }
    }
    #expect(absorbing(.int8) < absorbing(.float32))
  }

  /// A random controller without `forward` whose dimensions are whole vectors.
  private static func evenModel(seed: UInt64) -> Model {
    var random = SplitMix64(seed: seed &+ 1000)
    var model = RandomModel.model(seed: seed)
    let headSize = 16 * Int.random(in: 1...4, using: &random)
    model.config.hiddenSize = model.config.headCount * headSize
    model.config.innerSize = 16 * Int.random(in: 1...20, using: &random)
    model.options.outputs = [.action]
    // Products of integers count less than their multiply-adds: `integers` has their forms.
    if model.options.precision.format.inputs == .integers { model.options.precision = .float32 }
    return model
  }
}
