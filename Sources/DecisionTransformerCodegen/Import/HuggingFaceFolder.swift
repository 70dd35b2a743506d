/// A model folder as Hugging Face's library writes it, with a codegen.json. A model that the library does not compute has
/// a `model_type` that it refuses.
package enum HuggingFaceFolder {
  /// Rows of `wpe`, all zero: every token has the first of them. As many as the library has by default, so that it runs
  /// every window that people train.
  package static let positionCount = 1024

  /// The sizes that tensors tell.
  package static func fix(_ config: ModelConfig, _ facts: inout Facts) {
    for (key, size) in [
      ("state_dim", config.stateDimension), ("act_dim", config.actionDimension),
      ("hidden_size", config.hiddenSize), ("n_layer", config.layerCount),
      ("n_inner", config.innerSize), ("max_ep_len", config.maximumEpisodeLength),
      ("n_positions", config.positionCount), ("vocab_size", 1),
    ] { facts.fix(key, .integer(size)) }
    guard config.isVariant else {
      facts.fix("architectures", JSONValue(["DecisionTransformerModel"]))
      facts.fix("model_type", .string("decision_transformer"))
      return
    }
    facts.fix("model_type", .string(ModelConfig.variantType))
    if config.normPlacement != .before {
      facts.fix("layer_norm_placement", .string(config.normPlacement.rawValue))
    }
    if config.embeddingActivation != .linear {
      facts.put("embedding_activation", .string(config.embeddingActivation.rawValue))
    }
    if !config.hasEmbeddingNorm { facts.fix("embedding_layer_norm", .bool(false)) }
    if let slots = config.slotCount {
      facts.fix(config.slots == .steps ? "n_slots" : "n_token_slots", .integer(slots))
    }
    if let frames = config.frames {
      facts.put("state_frames", .array(frames.sizes.map { .integer($0) }))
      facts.put(
        "state_convolutions",
        .array(frames.convolutions.map { .array($0.sizes.map { .integer($0) }) }))
      facts.put(
        "state_convolution_activation", .string(frames.convolutions[0].activation.rawValue))
    }
    if config.seesPadding { facts.fix("sees_padding", .bool(true)) }
    if !config.hasReturnTokens { facts.put("return_tokens", .bool(false)) }
    if !config.stateEncoder.isEmpty {
      facts.put(
        "state_encoder_sizes", .array(config.stateEncoder.map { .integer($0.size) }))
      facts.put(
        "state_encoder_activations", JSONValue(config.stateEncoder.map(\.activation.rawValue)))
      for (key, flags) in config.stateEncoder.forms {
        facts.put(key, .array(flags.map { .bool($0) }))
      }
    }
  }

  /// The folder's files.
  package static func files(_ tensors: ImportedTensors, _ facts: Facts) -> [OutputFile] {
    [
      OutputFile(
        name: "config.json", contents: Array(ManifestText(.object(facts.config)).text.utf8)),
      OutputFile(
        name: "codegen.json", contents: Array(ManifestText(.object(facts.options)).text.utf8)),
      OutputFile(name: "model.safetensors", contents: SafetensorsText.bytes(tensors.tensors)),
    ]
  }
}
