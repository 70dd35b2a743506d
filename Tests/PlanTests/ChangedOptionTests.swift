import Testing

import DTGenReports
import DecisionTransformerCodegen

/// Every key of config.json and codegen.json that matters, changed by itself.
@Suite("A changed option")
struct ChangedOptionTests {
  /// False where a model does not have the option, or not another value of it.
  typealias Change = @Sendable (inout Model) -> Bool

  private static func number(_ key: WritableKeyPath<Model, Int> & Sendable) -> Change {
    { model in
      model[keyPath: key] += 1
      return true
    }
  }

  private static func flag(
    _ key: WritableKeyPath<Model, Bool> & Sendable, where isKnown: @escaping Change = { _ in true }
  ) -> Change {
    { model in
      model[keyPath: key].toggle()
      return isKnown(&model)
    }
  }

  private static func next<Value: CaseIterable & Equatable>(_ value: inout Value) {
    let all = Array(Value.allCases)
    value = all[(all.firstIndex(of: value)! + 1) % all.count]
  }

  /// Of controllers and of trunks.
  private static let common: [(key: String, change: Change)] = [
    ("n_inner", number(\.config.innerSize)),
    (
      "n_layer",
      { model in
        model.config.layerCount += 1
        // One layer has no other scale.
        return model.config.layerCount > 2 || !model.config.scalesAttentionByInverseLayerIndex
      }
    ),
    (
      "hidden_size",
      { model in
        model.config.hiddenSize += model.config.headCount
        // Heads of one number have a scale of 1 anyway. The last layer of an encoder would have to change, too.
        return (model.config.headSize > 2 || model.config.scalesAttention)
          && model.config.stateEncoder.isEmpty
      }
    ),
    (
      "n_head",
      { model in
        // The head's size stays, and with it the scale.
        guard model.config.scalesAttention else { return false }
        model.config.headCount = model.config.headCount == 1 ? model.config.hiddenSize : 1
        return model.config.hiddenSize > 1
      }
    ),
    (
      "activation_function",
      { model in
        next(&model.config.activation)
        return true
      }
    ),
    (
      "layer_norm_epsilon",
      { model in
        model.config.layerNormEpsilon *= 2
        return true
      }
    ),
    (
      "scale_attn_weights", flag(\.config.scalesAttention) { $0.config.headSize > 1 }
    ),
    (
      "scale_attn_by_inverse_layer_idx",
      flag(\.config.scalesAttentionByInverseLayerIndex) { $0.config.layerCount > 1 }
    ),
    (
      "precision",
      { model in
        next(&model.options.precision)
        return true
      }
    ),
    (
      "matrix_precisions",
      { model in
        guard let name = Plan(model).matrices.first?.name else { return false }
        model.options.matrixPrecisions = [
          name: model.options.precision == .bfloat16 ? .float32 : .bfloat16
        ]
        return true
      }
    ),
    (
      "access",
      { model in
        next(&model.options.access)
        return true
      }
    ),
    (
      "weights",
      { model in
        next(&model.options.weightStorage)
        return true
      }
    ),
  ]

  private static let ofControllers: [(key: String, change: Change)] = [
    ("act_dim", number(\.config.actionDimension)),
    ("max_ep_len", number(\.config.maximumEpisodeLength)),
    ("n_positions", number(\.config.positionCount)), ("action_tanh", flag(\.config.hasActionTanh)),
    (
      "n_slots",
      { model in
        guard model.config.slots == .steps else { return false }
        model.config.slotCount = model.config.slotCount == nil ? model.window : nil
        return model.options.outputs == [.action]
      }
    ),
    (
      "n_token_slots",
      { model in
        model.config.slots = .tokens
        guard model.config.slotCount == nil else { return false }
        model.config.slotCount = model.window * model.config.tokens.count
        return model.options.outputs == [.action]
      }
    ),
    (
      "sees_padding",
      { model in
        model.config.seesPadding.toggle()
        return model.options.firstTimestep == 1 && model.options.batch == 1
          && model.options.outputs == [.action]
      }
    ),
    (
      "state_convolution_activation",
      { model in
        guard var frames = model.config.frames else { return false }
        var activation = frames.convolutions[0].activation
        next(&activation)
        for layer in frames.convolutions.indices {
          frames.convolutions[layer].activation = activation
        }
        model.config.frames = frames
        return true
      }
    ),
    (
      "state_convolutions",
      { model in
        model.config.frames?.convolutions[0].filters += 1
        return model.config.frames != nil
      }
    ),
    (
      "frame_input",
      { model in
        next(&model.options.frameInput)
        return model.config.frames != nil
      }
    ),
    (
      "state_encoder_activations",
      { model in
        guard !model.config.stateEncoder.isEmpty else { return false }
        next(&model.config.stateEncoder[0].activation)
        return true
      }
    ),
    (
      "state_encoder_sizes",
      { model in
        guard model.config.stateEncoder.count > 1 else { return false }
        model.config.stateEncoder[0].size += 1
        return true
      }
    ),
    (
      "state_encoder_norms",
      { model in
        guard let last = model.config.stateEncoder.indices.last, last > 0 else { return false }
        model.config.stateEncoder[last].normalizesInput.toggle()
        return true
      }
    ),
    (
      "state_encoder_shortcuts",
      { model in
        let layers = model.config.stateEncoder
        guard
          let layer = layers.indices.dropFirst(2).last(where: {
            layers[$0].size == layers[$0 - 2].size
          })
        else { return false }
        model.config.stateEncoder[layer].addsShortcut.toggle()
        return true
      }
    ),
    (
      "layer_norm_placement",
      { model in
        next(&model.config.normPlacement)
        return true
      }
    ),
    (
      "state_dim",
      { model in
        model.config.stateDimension += 1
        return model.options.stateMean == nil && model.config.frames == nil
      }
    ),
    (
      "window",
      { model in
        model.options.window = model.window + 1
        return model.config.slotCount == nil
      }
    ),
    (
      "batch",
      { model in
        model.options.batch = 3
        return model.options.outputs == [.action] && model.config.frames == nil
          && !model.config.seesPadding
      }
    ),
    (
      "state_mean",
      { model in
        model.options.stateMean?[model.config.stateDimension - 1] += 0.125
        return model.options.stateMean != nil
      }
    ),
    (
      "state_std",
      { model in
        model.options.stateStandardDeviation?[0] += 0.125
        return model.options.stateMean != nil
      }
    ),
    (
      "return_scale",
      { model in
        model.options.returnScale *= 3
        return true
      }
    ),
    (
      "action_scale",
      { model in
        var scale = model.actionScale
        scale[scale.count - 1] *= -2
        model.options.actionScale = scale
        return model.options.actions == .continuous
      }
    ),
    (
      "action_offset",
      { model in
        var offset = model.actionOffset
        offset[0] += 0.5
        model.options.actionOffset = offset
        return model.options.actions == .continuous
      }
    ),
    (
      "return_offset",
      { model in
        model.options.returnOffset += 0.5
        return true
      }
    ),
    (
      "return_rounding",
      { model in
        next(&model.options.returnRounding)
        return true
      }
    ),
    (
      "embedding_activation",
      { model in
        next(&model.config.embeddingActivation)
        return true
      }
    ),
    ("embedding_layer_norm", flag(\.config.hasEmbeddingNorm)),
    (
      "actions",
      { model in
        // Vectors have no temperature.
        guard model.options.actions == .discrete, model.options.temperature == 1 else {
          return false
        }
        model.options.actions = .continuous
        return true
      }
    ),
    (
      "temperature",
      { model in
        model.options.temperature += 1
        return model.options.actions == .discrete
      }
    ),
    (
      "action_minimum",
      { model in
        guard model.options.actions == .continuous else { return false }
        // Other numbers where there are some; where there are none, one that bounds nothing.
        model.options.actionMinimum = model.options.actionMinimum?.map { $0 - 1 } ?? [-1e30]
        return true
      }
    ),
    (
      "action_maximum",
      { model in
        var maximum = model.actionMaximum ?? []
        if !maximum.isEmpty { maximum[maximum.count - 1] += 1 }
        model.options.actionMaximum = maximum
        return !maximum.isEmpty
      }
    ),
    (
      "action_history",
      { model in
        next(&model.options.actionHistory)
        return model.options.actionMinimum != nil || model.options.actionMaximum != nil
      }
    ),
    (
      "first_timestep",
      { model in
        model.options.firstTimestep = 1 - model.options.firstTimestep
        return model.config.maximumEpisodeLength > 1 && !model.config.seesPadding
      }
    ),
    (
      "target_return",
      { model in
        model.options.targetReturn = 3.5
        return true
      }
    ),
    (
      "timestep_overflow",
      { model in
        next(&model.options.timestepOverflow)
        return true
      }
    ),
    (
      "outputs",
      { model in
        model.options.outputs = model.options.outputs == [.attentions] ? [.action] : [.attentions]
        return model.config.slotCount == nil && model.options.actions == .continuous
          && model.config.frames == nil && model.config.hasReturnTokens && !model.config.seesPadding
      }
    ),
    (
      "self_test",
      { model in
        model.options.hasSelfTest = false
        return true
      }
    ),
    ("c_interface", flag(\.options.hasCInterface)),
    ("explain", flag(\.options.hasOperations)),
  ]

  private static let ofTrunks: [(key: String, change: Change)] = [
    (
      "tokens",
      { model in
        model.options.tokens = model.tokenCapacity == 1 ? 2 : model.tokenCapacity - 1
        return model.tokenCapacity <= model.config.positionCount
      }
    ),
    (
      "n_positions",
      { model in
        model.options.tokens = model.tokenCapacity
        model.config.positionCount += 1
        return true
      }
    ),
  ]

  private static func output(_ model: Model) -> ComparedOutput {
    ComparedOutput(path: "m", manifest: Manifest(Plan(model), generator: "1"), source: [])
  }

  @Test("is named by its key, and no other is")
  func named() {
    var applied: [String: Int] = [:]
    for seed in UInt64(0)..<90 {
      for (model, changes) in [
        (RandomModel.model(seed: seed), Self.common + Self.ofControllers),
        (RandomModel.trunk(seed: seed), Self.common + Self.ofTrunks),
      ] {
        let before = Self.output(model)
        for (key, change) in changes {
          var changed = model
          guard change(&changed) else { continue }
          applied[key, default: 0] += 1
          let difference = OutputDifference(before, Self.output(changed))
          let names = (difference.shape + difference.options).map(\.name)
          #expect(names == [key], "seed \(seed)")
          #expect(difference.provenance.isEmpty)
          #expect(difference.verdict != .nothing)
          let line = difference.text.split(separator: "\n").first { $0.hasPrefix("- \(key): ") }
          #expect(line != nil, "\(key): \(difference.text)")
        }
      }
    }
    // Every key, in several models.
    for (key, _) in Self.common + Self.ofControllers + Self.ofTrunks {
      #expect(applied[key, default: 0] >= 5, "\(key)")
    }
    let known = Set(applied.keys)
    #expect(
      known.isSuperset(
        // What a choice was made by is no part of what is generated.
        of: Set(GenerationOptionsReader.keys).subtracting(["model_class", "max_action_error"])))
  }

  @Test("of many numbers is told by their places and by the largest difference")
  func longList() throws {
    var model = RandomModel.model(seed: 3)
    model.config.stateDimension = 40
    model.options.stateMean = (0..<40).map { Double($0) * 1.0625 }
    model.options.stateStandardDeviation = Array(repeating: 1, count: 40)
    var changed = model
    for index in [3, 4, 39] { changed.options.stateMean?[index] += Double(index) / 8 }
    let difference = OutputDifference(Self.output(model), Self.output(changed))
    #expect(
      difference.text.contains(
        "- state_mean: 3 of 40 numbers changed, by at most 4.88: [3] 3.1875 → 3.5625, [4] 4.25 → 4.75, [39] 41.4375 → 46.3125\n"
      ))
    for index in 0..<40 { changed.options.stateMean?[index] = -1 }
    let all = OutputDifference(Self.output(model), Self.output(changed))
    #expect(
      all.text.contains(
        "- state_mean: 40 of 40 numbers changed, by at most 42.4: [0] 0 → -1, [1] 1.0625 → -1, [2] 2.125 → -1, [3] 3.1875 → -1 and 36 more\n"
      ))
    changed.options.stateMean = nil
    let gone = OutputDifference(Self.output(model), Self.output(changed))
    let first = "40 numbers: [0] 0, [1] 1.0625, [2] 2.125, [3] 3.1875 and 36 more"
    #expect(gone.text.contains("- state_mean: \(first) → none\n"), "\(gone.text)")
    let new = OutputDifference(Self.output(changed), Self.output(model))
    #expect(new.text.contains("- state_mean: none → \(first)\n"), "\(new.text)")
    // What six digits do not show.
    changed = model
    changed.options.stateMean?[7] = 7.43750001
    let near = OutputDifference(Self.output(model), Self.output(changed))
    #expect(
      near.text.contains(
        "- state_mean: 1 of 40 numbers changed, by at most 1e-08: [7] 7.4375 → 7.43750001\n"))
  }

  @Test("is none where a file is merely formatted anew")
  func formatting() {
    let model = RandomModel.model(seed: 3)
    for (change, line) in [
      (
        { (model: inout Model) in model.configDigest = "4567" },
        "config.json has other bytes, but nothing in it that matters at inference changed."
      ),
      (
        { (model: inout Model) in model.optionsDigest = "4567" },
        "codegen.json has other bytes, but no option in it changed."
      ),
    ] {
      var changed = model
      change(&changed)
      let difference = OutputDifference(Self.output(model), Self.output(changed))
      #expect((difference.shape + difference.options).isEmpty)
      #expect(difference.text.contains(line))
    }
  }
}
