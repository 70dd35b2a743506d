import DecisionTransformer
import DecisionTransformerCodegen
import Testing

/// The recorded self test over models of all shapes.
@Suite("A recorded self test")
struct SelfTestTests {
  @Test("expects of float32 what float32 can do, at every stage")
  func expectedErrors() throws {
    for seed in UInt64(0)..<20 {
      var model = RandomModel.model(seed: seed)
      // What goes back is bounded: a loop that feeds on numbers without bounds may magnify any difference.
      model.config.hasActionTanh = true
      let numbers = RandomModel.checkpoint(of: model, seed: seed)
      let selfTest = try record(model, Checkpoint { numbers.values($0).map { 0.7 * $0 } })
      let names = ["embedding"] + (0..<model.config.layerCount).map { "block h.\($0)" } + ["action"]
      #expect(selfTest.stages.map(\.name) == names, "seed \(seed)")
      for stage in selfTest.stages {
        #expect(stage.magnitude > 0, "seed \(seed): \(stage)")
        #expect(stage.meanError <= stage.largestError, "seed \(seed): \(stage)")
        let factor = stage.quantization > 0 ? 2.0 : 8
        #expect(factor * stage.largestError <= stage.tolerance, "seed \(seed): \(stage)")
        // Weights between -0.7 and 0.7 make steep functions, and yet no stage loses more than 13 of 24 bits.
        // Quantized rows are another matter: as much is granted as they change.
        let rows =
          stage.quantization > 0 ? 4 * max(stage.quantization, stage.largestError) : 0
        #expect(
          stage.tolerance <= max(0x1p-9 * max(1, stage.magnitude), rows), "seed \(seed): \(stage)")
        #expect(stage.quantization == 0 || model.options.precision.format.inputs == .integers)
      }
      // Steep functions of quantized rows may be told.
      #expect(
        selfTest.warning == nil || model.options.precision.format.inputs == .integers,
        "seed \(seed)")
    }
  }

  @Test("is none of a checkpoint whose numbers leave the range of float32, numbered actions or not")
  func range() throws {
    for actions in ActionKind.allCases {
      var model = RandomModel.huggingFace(seed: 3)
      model.options.actions = actions
      if actions == .discrete {
        (model.options.actionScale, model.options.actionOffset) = ([1], [0])
      }
      (model.options.actionMinimum, model.options.actionMaximum) = (nil, nil)
      (model.options.actionHistory, model.config.hasActionTanh) = (.raw, false)
      let sound = RandomModel.checkpoint(of: model, seed: 3)
      let huge = Checkpoint { tensor in
        sound.values(tensor).map { tensor.contains("mlp") ? $0 * 1e30 : $0 }
      }
      let plan = Plan(model)
      let error = #expect(throws: InvalidInput.self) {
        try Compiler.packedWeights(plan, model, huge)
      }
      #expect(error?.description.contains("leave the range of float32 at") == true, "\(actions)")
    }
  }

  @Test("warns of a checkpoint that float32 cannot compute")
  func warning() throws {
    var model = RandomModel.huggingFace(seed: 3)
    (model.options.precision, model.config.hasActionTanh) = (.float32, false)
    let sound = RandomModel.checkpoint(of: model, seed: 3)
    // What ln_f centred is summed: nothing but rounding, a million times.
    let ill = Checkpoint { tensor in
      switch tensor {
      case "encoder.ln_f.weight": sound.values(tensor).map { _ in 1 }
      case "encoder.ln_f.bias": sound.values(tensor).map { _ in 0 }
      case "predict_action.0.weight": sound.values(tensor).map { _ in 1e6 }
      default: sound.values(tensor)
      }
    }
    #expect(try record(model, sound).warning == nil)
    let warning = try #require(try record(model, ill).warning)
    #expect(warning.hasPrefix("float32 loses more than half of its digits: at "))
  }

  @Test("tells what was executed where float32 may choose another action")
  func equalLogits() throws {
    var model = RandomModel.huggingFace(seed: 3)
    var options = GenerationOptions()
    (options.actions, options.window) = (.discrete, 6)
    model.options = options
    (model.config.actionDimension, model.config.maximumEpisodeLength) = (4, 40)
    let sound = RandomModel.checkpoint(of: model, seed: 3)
    let equal = Checkpoint { tensor in
      sound.values(tensor).map { tensor.hasPrefix("predict_action") ? 0 : $0 }
    }
    /// Steps behind which the controller's own action goes into its history.
    func ownActions(_ selfTest: RecordedSelfTest) -> Int {
      let schedule = selfTest.section.dropFirst(SelfTestEpisode.headerByteCount)
      return schedule.prefix(selfTest.stepCount).count { $0 & 2 == 0 }
    }
    #expect(try ownActions(record(model, sound)) > 2)
    #expect(try ownActions(record(model, equal)) == 0)
    // Vectors have no choice that could be another one.
    model.options.actions = .continuous
    #expect(try ownActions(record(model, equal)) > 2)
  }

  @Test("is the same bytes every time, and small whatever the shape")
  func size() throws {
    let model = RandomModel.model(seed: 3)
    #expect(try record(model, seed: 3) == record(model, seed: 3))
    // Wide, long and deep: inputs repeat, rows and actions are sampled.
    var config = ModelConfig()
    (config.stateDimension, config.actionDimension) = (400, 70)
    (config.hiddenSize, config.headCount, config.layerCount) = (96, 2, 6)
    (config.innerSize, config.maximumEpisodeLength) = (8, 400)
    var options = GenerationOptions()
    options.window = 120
    let large = RandomModel.model(config, options)
    let selfTest = try record(large, seed: 1)
    #expect(selfTest.stepCount == 245)
    #expect(selfTest.section.count < 100_000)
  }

  private func record(_ model: Model, seed: UInt64) throws -> RecordedSelfTest {
    try record(model, RandomModel.checkpoint(of: model, seed: seed))
  }

  private func record(_ model: Model, _ checkpoint: Checkpoint) throws -> RecordedSelfTest {
    let plan = Plan(model)
    let payload = try Packer.payload(plan, checkpoint: checkpoint, path: "")
    return RecordedSelfTest(plan: plan, model: model, checkpoint: checkpoint, payload: payload)
  }
}
