import DecisionTransformerCodegen
import RecordedEpisodes
import Testing

/// What the golden cases are worth: they touch every option, and an implementation that ignores an
/// option or confuses a tensor cannot pass them.
@Suite("The golden cases")
struct CoverageTests {
  /// Generated float32 code may be off by 2e-5; every mistake shows as at least four times that.
  static let visible = 8e-5

  @Test("together touch every option of config.json and codegen.json")
  func options() throws {
    let cases = try RecordedEpisode.goldenNames.map { try RecordedEpisode(golden: $0) }
    let configs = cases.map(\.model.config)
    let options = cases.map(\.model.options)
    // Whole models have those of most networks and some others; `ActivationTests` has them all, number by number.
    #expect(
      Set(configs.map(\.activation)).isSuperset(
        of: [.relu, .silu, .gelu, .tanh, .geluNew, .mish, .sigmoid]))
    #expect(Set(configs.map(\.headCount)) == [1, 2, 4, 8])
    #expect(Set(configs.map(\.layerCount)) == [1, 2, 3, 4])
    #expect(Set(cases.map(\.model.window)).isSuperset(of: [1, 2, 3, 5, 8, 20]))
    #expect(Set(configs.map { $0.hiddenSize % 16 == 0 }) == [true, false])
    #expect(Set(configs.map { $0.headSize % 2 }) == [0, 1])
    #expect(Set(configs.map { $0.innerSize % 2 }) == [0, 1])
    #expect(Set(configs.map(\.layerNormEpsilon)) == [1e-5, 1e-3, 0.1, 1e-12])
    #expect(Set(configs.map(\.hasActionTanh)) == [true, false])
    let scales = configs.map { [$0.scalesAttention, $0.scalesAttentionByInverseLayerIndex] }
    #expect(Set(scales) == [[true, false], [false, false], [true, true], [false, true]])
    #expect(Set(options.map { $0.stateMean == nil }) == [true, false])
    #expect(Set(options.map { $0.returnScale == 1 }) == [true, false])
    #expect(options.contains { $0.actionScale.count == 1 && $0.actionScale != [1] })
    #expect(options.contains { $0.actionScale.count > 1 })
    #expect(options.contains { $0.actionOffset.count == 1 && $0.actionOffset != [0] })
    #expect(options.contains { $0.actionOffset.count > 1 })
    #expect(
      Set(options.map(\.timestepOverflow)) == Set(TimestepOverflow.allCases))
    #expect(Set(cases.map { $0.executed == nil }) == [true, false])
    #expect(Set(cases.map { $0.retarget == nil }) == [true, false])
    let beyondTable = cases.map { $0.states.count - $0.model.config.maximumEpisodeLength }
    #expect(beyondTable.contains(0))
    #expect(beyondTable.contains { $0 > 0 })
  }

  @Test("notice every tensor that actions depend on", arguments: RecordedEpisode.goldenNames)
  func tensors(name: String) throws {
    let golden = try RecordedEpisode(golden: name)
    let (config, checkpoint) = (golden.model.config, golden.checkpoint)
    for (tensor, _) in Checkpoint.requiredTensors(of: config) {
      if tensor.hasPrefix("predict_state") || tensor.hasPrefix("predict_return") { continue }
      // A window of one step holds no past action.
      if tensor.hasPrefix("embed_action"), golden.model.window == 1 { continue }
      // In the opposite order, and shifted, which changes a tensor of one number too.
      let changed = Checkpoint { name in
        let values = checkpoint.values(name)
        return name == tensor ? values.reversed().map { $0 + 0.05 } : values
      }
      let interpreter = ReferenceInterpreter(config: config, checkpoint: changed)
      let actions = golden.lateWindow.forward(interpreter).actionPredictions
      let difference = largestDifference([actions.last!], [golden.actions.last!])
      #expect(difference > Self.visible, "\(tensor)")
    }
  }

  @Test("notice every option", arguments: RecordedEpisode.goldenNames)
  func mistakes(name: String) throws {
    let golden = try RecordedEpisode(golden: name)
    func expectVisible(_ actions: [[Double]], _ mistake: String) {
      #expect(largestDifference(actions, golden.actions) > Self.visible, "\(mistake)")
    }
    for (mistake, model) in Self.mistakes(with: golden.model) {
      expectVisible(golden.replay(model: model, executing: golden.executed).actions, mistake)
    }
    if golden.executed != nil {
      expectVisible(golden.replay().actions, "executed actions ignored")
    }
    if golden.retarget != nil {
      let replay = golden.replay(executing: golden.executed, retargets: false)
      expectVisible(replay.actions, "new target ignored")
    }
  }

  /// The model with one thing wrong at a time.
  static func mistakes(with model: Model) -> [(String, Model)] {
    var mistakes: [(String, Model)] = []
    func add(_ name: String, _ change: (inout Model) -> Void) {
      var wrong = model
      change(&wrong)
      if wrong != model { mistakes.append((name, wrong)) }
    }
    for activation in Activation.allCases
    where activation.differs(from: model.config.activation) {
      add("\(activation)") { $0.config.activation = activation }
    }
    for heads in [1, 2, 4] where model.config.hiddenSize % heads == 0 {
      add("\(heads) heads") { $0.config.headCount = heads }
    }
    add("action_tanh") { $0.config.hasActionTanh.toggle() }
    if model.config.layerNormEpsilon >= 1e-3 {
      add("layer_norm_epsilon") { $0.config.layerNormEpsilon = 1e-5 }
    }
    add("scale_attn_weights") { $0.config.scalesAttention.toggle() }
    if model.config.layerCount > 1 {
      add("scale_attn_by_inverse_layer_idx") {
        $0.config.scalesAttentionByInverseLayerIndex.toggle()
      }
    }
    add("state_mean, state_std") {
      $0.options.stateMean = nil
      $0.options.stateStandardDeviation = nil
    }
    if model.config.maximumEpisodeLength < 40, model.options.timestepOverflow == .wrap {
      add("timestep_overflow") { $0.options.timestepOverflow = .clamp }
    }
    add("return_scale") { $0.options.returnScale *= 1.1 }
    // A window that is as long as the episode is as good as a longer one.
    if model.network.controlSteps?.slides == true {
      add("longer window") { $0.options.window = model.window + 1 }
    }
    if model.window > 1 { add("shorter window") { $0.options.window = model.window - 1 } }
    return mistakes
  }
}

extension Activation {
  /// Whether the two are different functions where small models work: not those that differ in the eleventh digit, or
  /// beyond 6.
  fileprivate func differs(from other: Activation) -> Bool {
    stride(from: -3.0, through: 3, by: 0.25).contains {
      abs(reference($0) - other.reference($0)) > 1e-4
    }
  }
}
