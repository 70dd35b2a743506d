/// Whether a configuration is one that d3rlpy wrote, and of these tensors. The library writes every parameter, also those
/// that nobody gave: one that is not there, or is of another kind, is damage, and has no default.
package struct D3ConfigurationCheck {
  private let configuration: D3Configuration
  private let config: ModelConfig
  private let window: Int
  private let file = "the configuration"

  package init(_ configuration: D3Configuration, _ config: ModelConfig, window: Int) {
    (self.configuration, self.config, self.window) = (configuration, config, window)
  }

  package func run(_ facts: inout Facts) {
    let isDiscrete = !config.hasEmbeddingNorm
    // Another algorithm has other parameters; it is refused where its name is read.
    guard configuration.algorithm == D3Configuration.algorithm(isDiscrete: isDiscrete) else {
      return
    }
    size("num_layers", config.layerCount, &facts)
    size("context_size", window, &facts)
    size("max_timestep", config.maximumEpisodeLength - (config.seesPadding ? 1 : 0), &facts)
    size("num_heads", nil, &facts)
    name("activation_type", nil, &facts)
    if isDiscrete { name("embed_activation_type", nil, &facts) }
    name("position_encoding_type", config.slotCount == nil ? "simple" : "global", &facts)
    for key in ["encoder_factory", "observation_scaler", "action_scaler", "reward_scaler"] {
      part(key, &facts)
    }
    if config.frames == nil, case .array(let sizes)? = configuration.observationShape,
      sizes.count == 1
    {
      facts.compare("observation_shape", sizes[0], with: config.stateDimension, in: file)
    } else if config.frames == nil {
      reject(
        "observation_shape", configuration.observationShape, accepted: "an array of one size",
        &facts)
    }
    if let size = configuration.actionSize {
      facts.compare("action_size", size, with: config.actionDimension, in: file)
    } else {
      reject("action_size", nil, accepted: "a size", &facts)
    }
  }

  private func size(_ key: String, _ expected: Int?, _ facts: inout Facts) {
    guard let value = configuration[key], value.wholeNumber != nil else {
      return reject(key, configuration[key], accepted: "a whole number", &facts)
    }
    if let expected { facts.compare(key, value, with: expected, in: file) }
  }

  private func name(_ key: String, _ expected: String?, _ facts: inout Facts) {
    guard case .string(let name)? = configuration[key] else {
      return reject(key, configuration[key], accepted: "a name", &facts)
    }
    if let expected, name != expected {
      facts.reject(
        key,
        "is \"\(name)\" in \(file), and the tensors are of \"\(expected)\": they are of different models; "
          + "accepted: the file that was saved with them")
    }
  }

  private func part(_ key: String, _ facts: inout Facts) {
    guard case .string? = configuration[key]?["type"], case .object? = configuration[key]?["params"]
    else {
      return reject(key, configuration[key], accepted: "an object with type and params", &facts)
    }
  }

  private func reject(
    _ key: String, _ value: JSONValue?, accepted: String, _ facts: inout Facts
  ) {
    facts.reject(
      key,
      "is \(value?.shortText ?? "absent") in \(file); accepted: \(accepted), which d3rlpy always writes"
    )
  }
}
