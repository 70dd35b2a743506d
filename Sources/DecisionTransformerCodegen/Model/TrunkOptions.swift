// What codegen.json says about a trunk.

extension GenerationOptions {
  /// The largest cache that is accepted: the tokens of the longest window.
  public static let maximumTokens = 3 * maximumWindow
}

extension GenerationOptionsReader {
  /// The options that a trunk has; all others are about states, actions, returns and episodes.
  package static let trunkKeys = [
    "model_class", "tokens", "window", "precision", "matrix_precisions", "access", "weights",
    "c_interface",
  ]

  /// Reads `model_class` and `tokens`, and refuses the options that the class does not have.
  package static func readModelClass(
    _ file: inout JSONObjectFile, into options: inout GenerationOptions, config: ModelConfig?
  ) {
    file.read("model_class", into: &options.modelClass)
    guard file.isSound("model_class") else { return }
    switch options.modelClass {
    case .decisionTransformer:
      if file["tokens"] != nil {
        file.reject(
          "tokens",
          "is an option of \"model_class\": \"\(ModelClass.trunk.rawValue)\"; accepted with "
            + "\"\(options.modelClass.rawValue)\": \"window\"")
      }
    case .trunk:
      if config?.isVariant == true {
        file.reject(
          "model_class",
          "found \"\(ModelClass.trunk.rawValue)\" beside \"model_type\": \"\(ModelConfig.variantType)\" in config.json; "
            + "accepted: \"\(ModelClass.decisionTransformer.rawValue)\"")
      }
      for key in file.keys where keys.contains(key) && !trunkKeys.contains(key) {
        file.reject(
          key,
          "is not an option of \"model_class\": \"\(ModelClass.trunk.rawValue)\"; accepted: "
            + trunkKeys.map { "\"\($0)\"" }.joined(separator: ", "))
      }
      readTokens(&file, into: &options, config: config)
    }
  }

  private static func readTokens(
    _ file: inout JSONObjectFile, into options: inout GenerationOptions, config: ModelConfig?
  ) {
    guard let value = file["tokens"] else { return }
    if file["window"] != nil {
      file.reject(
        "window", "given with tokens, which it would decide; accepted: one of the two")
    }
    let positions = config?.positionCount ?? GenerationOptions.maximumTokens
    let largest = min(positions, GenerationOptions.maximumTokens)
    if case .integer(let tokens) = value, (1...largest).contains(tokens) {
      options.tokens = tokens
    } else {
      file.reject(
        "tokens", found: value,
        accepted: "an integer from 1 to \(largest)"
          + (largest == config?.positionCount ? " (n_positions in config.json)" : ""))
    }
  }
}

extension Model {
  /// Whether the generated type is the GPT-2 trunk alone.
  public var isTrunk: Bool { config.modelClass == .trunk }

  /// Tokens that a trunk's cache holds: those of the window, but no more than there are positions.
  public var tokenCapacity: Int {
    options.tokens ?? min(3 * window, config.positionCount, GenerationOptions.maximumTokens)
  }
}

extension ModelFolder {
  /// A warning where config.json is that of a trunk, and nobody has said what is to be generated.
  package func classRemarks(
    _ model: Model, _ configFile: JSONObjectFile, isGiven: Bool
  ) -> [Diagnostic] {
    let trunk = ModelClass.trunk.rawValue
    guard !isGiven, case .array(let classes) = configFile["architectures"],
      classes.contains(.string(trunk))
    else { return [] }
    return [
      Diagnostic(
        .warning, path: configFile.path, key: "architectures",
        "names \(trunk), but a whole \(model.options.modelClass.rawValue) is generated; "
          + "\"model_class\": \"\(trunk)\" in codegen.json generates the trunk alone")
    ]
  }

  /// A note on the size of a trunk's cache, where nobody has chosen it.
  package func tokenRemarks(_ model: Model) -> [Diagnostic] {
    guard model.options.tokens == nil else { return [] }
    let limit =
      3 * model.window > model.config.positionCount ? ", the n_positions of config.json" : ""
    let origin = limit.isEmpty ? ", three for each of \(model.window) control steps" : limit
    return [
      Diagnostic(
        .note, path: path(of: "codegen.json"), key: "tokens",
        "absent; a cache of \(model.tokenCapacity) tokens is assumed\(origin)")
    ]
  }
}
