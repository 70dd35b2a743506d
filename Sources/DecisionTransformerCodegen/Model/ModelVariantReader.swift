// What other functions than Hugging Face's have: keys that its class would pass over in silence.

extension ModelConfigReader {
  /// Everything that belongs to a variant; elsewhere each of its keys is an error.
  static func readVariant(
    _ file: inout JSONObjectFile, into config: inout ModelConfig, isVariant: Bool
  ) {
    for key in ModelConfig.variantKeys where file[key] != nil && !isVariant {
      file.reject(
        key,
        "is no key of Hugging Face's model; accepted: beside \"model_type\": \"\(ModelConfig.variantType)\""
      )
    }
    guard isVariant else { return }
    file.read("layer_norm_placement", into: &config.normPlacement)
    file.read("return_tokens", into: &config.hasReturnTokens)
    file.read("sees_padding", into: &config.seesPadding)
    readSlots(&file, into: &config)
    file.read("embedding_layer_norm", into: &config.hasEmbeddingNorm)
    readActivation(&file, "embedding_activation", into: &config.embeddingActivation)
    readFrames(&file, into: &config)
    readStateEncoder(&file, into: &config)
  }

  /// Rows of positions that move.
  private static func readSlots(_ file: inout JSONObjectFile, into config: inout ModelConfig) {
    let (steps, tokens) = ("n_slots", "n_token_slots")
    let key = file[tokens] == nil ? steps : tokens
    guard file[key] != nil else { return }
    if file[steps] != nil, file[tokens] != nil {
      file.reject(tokens, "given beside \(steps); accepted: one of the two")
    }
    config.slots = key == tokens ? .tokens : .steps
    let perSlot = key == tokens ? config.tokens.count : 1
    var count = perSlot
    file.read(key, into: &count, in: perSlot...perSlot * GenerationOptions.maximumWindow)
    config.slotCount = count
    if file.isSound(key, "return_tokens"), count % perSlot != 0 {
      file.reject(
        key,
        "found \(count), where a step has \(perSlot) tokens; accepted: \(perSlot) times the window")
    }
  }

  package static func readActivation(
    _ file: inout JSONObjectFile, _ key: String, into target: inout Activation
  ) {
    guard let value = file[key] else { return }
    if case .string(let name) = value, let activation = Activation(huggingFaceName: name) {
      target = activation
    } else {
      file.reject(key, found: value, accepted: Activation.acceptedText)
    }
  }

  /// Sizes and activations of the layers from the state to its token.
  private static func readStateEncoder(
    _ file: inout JSONObjectFile, into config: inout ModelConfig
  ) {
    let (key, other) = ("state_encoder_sizes", "state_encoder_activations")
    guard file[key] != nil || file[other] != nil else {
      for flags in ["state_encoder_norms", "state_encoder_shortcuts"] where file[flags] != nil {
        file.reject(flags, "given without \(key); accepted: beside it")
      }
      return
    }
    guard case .array(let sizes)? = file[key], case .array(let names)? = file[other],
      sizes.count == names.count, (1...maximumEncoderDepth).contains(sizes.count)
    else {
      func found(_ key: String) -> String {
        if case .array(let elements)? = file[key] { return "\(elements.count) in \(key)" }
        return "\(file[key] == nil ? "no" : "no array as") \(key)"
      }
      file.reject(
        file[key] == nil ? other : key,
        "found \(found(key)), \(found(other)); accepted: \(key) and \(other), an array each, with one element for each layer, 1 to \(maximumEncoderDepth)"
      )
      return
    }
    for (index, (size, name)) in zip(sizes, names).enumerated() {
      guard case .integer(let size) = size, Limit.dimension.contains(size) else {
        file.reject(
          key, element: index, found: size,
          accepted: "an integer from \(Limit.dimension.lowerBound) to \(Limit.dimension.upperBound)"
        )
        continue
      }
      guard case .string(let text) = name, let activation = Activation(huggingFaceName: text) else {
        file.reject(
          other, element: index, found: name,
          accepted: Activation.acceptedText)
        continue
      }
      config.stateEncoder.append(
        ControlSteps.EncoderLayer(size: size, activation: activation))
    }
    if config.stateEncoder.count == sizes.count { readEncoderForm(&file, into: &config) }
    if let last = config.stateEncoder.last, file.isSound(key, other, "hidden_size"),
      last.size != config.hiddenSize
    {
      file.reject(
        key, element: sizes.count - 1,
        "found \(last.size), where the token has hidden_size numbers; accepted: \(config.hiddenSize)"
      )
    }
  }

  /// Norms in front of layers, and shortcuts round two of them. The first layer reads the state, which is neither
  /// normalised in that way nor added anywhere.
  private static func readEncoderForm(_ file: inout JSONObjectFile, into config: inout ModelConfig)
  {
    let count = config.stateEncoder.count
    func flags(_ key: String, mayBegin first: Int) -> [Bool] {
      guard let value = file[key] else { return Array(repeating: false, count: count) }
      let elements: [JSONValue] = if case .array(let elements) = value { elements } else { [] }
      let flags = elements.compactMap { if case .bool(let flag) = $0 { flag } else { nil } }
      guard elements.count == count, flags.count == count,
        !flags.prefix(first).contains(true)
      else {
        file.reject(
          key,
          "found \(value.shortText); accepted: an array of true and false, one for each of the \(count) layers, the first \(first == 1 ? "one" : "\(first)") false"
        )
        return Array(repeating: false, count: count)
      }
      return flags
    }
    let (norms, shortcuts) = (
      flags("state_encoder_norms", mayBegin: 1), flags("state_encoder_shortcuts", mayBegin: 2)
    )
    for layer in 0..<count {
      config.stateEncoder[layer].normalizesInput = norms[layer]
      config.stateEncoder[layer].addsShortcut = shortcuts[layer]
      guard shortcuts[layer] else { continue }
      let (size, read) = (config.stateEncoder[layer].size, config.stateEncoder[layer - 2].size)
      if size != read {
        file.reject(
          "state_encoder_shortcuts", element: layer,
          "adds \(read) numbers to \(size); accepted: where the layer before reads as many as this one gives"
        )
      }
    }
  }

  private static let maximumEncoderDepth = 64
}
