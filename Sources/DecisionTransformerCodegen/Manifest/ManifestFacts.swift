// Network and deployment under the keys that people know them by.

extension Manifest {
  /// What is computed, under the keys of config.json. What differs between layers is a list.
  package static func shape(_ network: Network) -> [JSONMember] {
    var facts = FactList()
    let blocks = network.blocks
    if let steps = network.controlSteps {
      facts.add("state_dim", .integer(steps.state.count))
      facts.add("act_dim", .integer(steps.action.count))
    }
    facts.add("hidden_size", .integer(network.hiddenSize))
    facts.add("n_layer", .integer(blocks.count))
    facts.add("n_head", ofEach: blocks.map { .integer($0.headCount) })
    facts.add("n_inner", ofEach: blocks.map { .integer($0.innerSize) })
    facts.add("activation_function", ofEach: blocks.map { .string($0.activation.rawValue) })
    facts.add(
      "layer_norm_epsilon",
      ofEach: (blocks.map(\.norm) + [network.finalNorm].compactMap(\.self)).map {
        JSONValue($0.epsilon)
      })
    if blocks.contains(where: { $0.normPlacement != .before }) {
      facts.add("layer_norm_placement", ofEach: blocks.map { .string($0.normPlacement.rawValue) })
    }
    for fact in attentionScale(network) { facts.add(fact.name, fact.value) }
    if let steps = network.controlSteps {
      facts.add("action_tanh", .bool(steps.action.hasTanh))
      facts.add("max_ep_len", .integer(steps.time.count))
      facts.add("n_positions", .integer(steps.positionCount))
      // Its epsilon.
      facts.add(
        "embedding_layer_norm", steps.embeddingNorm.map { JSONValue($0.epsilon) } ?? .bool(false))
      facts.add("embedding_activation", .string(steps.embeddingActivation.rawValue))
      facts.add("step_tokens", JSONValue(steps.tokens.map(\.rawValue)))
      if steps.seesPadding { facts.add("sees_padding", .bool(true)) }
      if let slots = steps.slots {
        facts.add(slots == .steps ? "n_slots" : "n_token_slots", .integer(steps.slotCount))
      }
      if let frames = steps.state.frames {
        facts.add("state_frames", .array(frames.sizes.map { .integer($0) }))
        facts.add(
          "state_convolutions",
          .array(frames.convolutions.flatMap(\.sizes).map { .integer($0) }))
        facts.add(
          "state_convolution_activation",
          ofEach: frames.convolutions.map { .string($0.activation.rawValue) })
      }
      if !steps.state.encoder.isEmpty {
        facts.add(
          "state_encoder_sizes", .array(steps.state.encoder.map { .integer($0.size) }))
        facts.add(
          "state_encoder_activations", JSONValue(steps.state.encoder.map(\.activation.rawValue)))
        for (key, flags) in steps.state.encoder.forms {
          facts.add(key, .array(flags.map { .bool($0) }))
        }
      }
    }
    if let embeddings = network.givenEmbeddings {
      facts.add("n_positions", .integer(embeddings.positionCount))
    }
    return facts.members
  }

  /// The two keys that decide the factor on q·k, or the factors where these keys cannot give them. (With one layer
  /// scale_attn_by_inverse_layer_idx changes nothing, and is false here.)
  private static func attentionScale(_ network: Network) -> [JSONMember] {
    let headSize = network.hiddenSize / (network.blocks.first?.headCount ?? 1)
    for (scales, inverse) in [(true, false), (true, true), (false, false), (false, true)] {
      let factors = network.blocks.indices.map { layer in
        Network.attentionScale(
          headSize: headSize, layer: layer, scalesBySize: scales, scalesByLayer: inverse)
      }
      guard factors == network.blocks.map(\.attentionScale) else { continue }
      return [
        JSONMember(name: "scale_attn_weights", value: .bool(scales)),
        JSONMember(name: "scale_attn_by_inverse_layer_idx", value: .bool(inverse)),
      ]
    }
    var facts = FactList()
    facts.add("attention_scale", ofEach: network.blocks.map { JSONValue($0.attentionScale) })
    return facts.members
  }

  /// How it is used, under the keys of codegen.json, defaults filled in.
  package static func options(_ network: Network, _ deployment: Deployment) -> [JSONMember] {
    var facts = FactList()
    facts.add("model_class", .string(network.className))
    if let embeddings = network.givenEmbeddings {
      facts.add("tokens", .integer(embeddings.capacity))
    }
    if let steps = network.controlSteps {
      facts.add("window", .integer(steps.window))
      facts.add("batch", .integer(deployment.batch))
      if let frames = steps.state.frames {
        facts.add("frame_input", .string(frames.input.rawValue))
      }
      facts.add("state_mean", steps.state.mean.map { JSONValue($0) } ?? .null)
      facts.add("state_std", steps.state.deviation.map { JSONValue($0) } ?? .null)
      facts.add("return_scale", JSONValue(steps.returns.scale))
      facts.add("return_offset", JSONValue(steps.returns.offset))
      facts.add("return_rounding", .string(steps.returns.rounding.rawValue))
      facts.add(
        "actions", .string(steps.action.choice == nil ? "continuous" : "discrete"))
      facts.add("temperature", JSONValue(steps.action.choice?.temperature ?? 1))
      facts.add("action_scale", ofEach: steps.action.scale.map { JSONValue($0) })
      facts.add("action_offset", ofEach: steps.action.offset.map { JSONValue($0) })
      facts.add("action_minimum", ofNumbers: steps.action.minimum)
      facts.add("action_maximum", ofNumbers: steps.action.maximum)
      facts.add("action_history", .string(steps.action.history.rawValue))
      facts.add("target_return", deployment.targetReturn.map { JSONValue($0) } ?? .null)
      facts.add("timestep_overflow", .string(steps.time.overflow.rawValue))
      facts.add("first_timestep", .integer(steps.time.first))
    }
    let outputs = network.outputs.isEmpty ? [.action] : network.outputs
    if !network.takesEmbeddings || !network.outputs.isEmpty {
      facts.add("outputs", JSONValue(outputs.map(\.rawValue)))
    }
    facts.add("precision", .string(deployment.format.name))
    if !deployment.matrixFormats.isEmpty {
      facts.add(
        "matrix_precisions",
        .object(
          deployment.matrixFormats.sorted { $0.key < $1.key }.map {
            JSONMember(name: $0.key, value: .string($0.value.name))
          }))
    }
    if let bound = deployment.maximumActionError {
      facts.add("max_action_error", JSONValue(bound))
    }
    facts.add("access", .string(deployment.access.rawValue))
    facts.add("weights", .string(deployment.weightStorage.rawValue))
    if !network.takesEmbeddings {
      facts.add(
        "self_test", deployment.hasSelfTest.map(JSONValue.bool) ?? .string("automatic"))
      facts.add("c_interface", .bool(deployment.hasCInterface))
      facts.add("explain", .bool(deployment.hasOperations))
    }
    return facts.members
  }
}

/// Values under keys, in order.
private struct FactList {
  package private(set) var members: [JSONMember] = []

  package mutating func add(_ key: String, _ value: JSONValue) {
    members.append(JSONMember(name: key, value: value))
  }

  /// One value where all are the same.
  package mutating func add(_ key: String, ofEach values: [JSONValue]) {
    let isUniform = values.first.map { first in values.allSatisfy { $0 == first } } ?? false
    add(key, isUniform ? values[0] : .array(values))
  }

  /// The same of numbers that need not be there.
  package mutating func add(_ key: String, ofNumbers numbers: [Double]?) {
    if let numbers { add(key, ofEach: numbers.map { JSONValue($0) }) } else { add(key, .null) }
  }
}
