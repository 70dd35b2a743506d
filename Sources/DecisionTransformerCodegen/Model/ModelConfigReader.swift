/// Reads config.json as Hugging Face's `DecisionTransformerConfig` (transformers 4.18 to 5.x) does:
/// its names, aliases and defaults, and the strict types of 5.4 and later.
///
/// Keys that cannot change the computed function are passed over, among them `n_embd`, which older
/// releases wrote beside `hidden_size` without ever using it.
public enum ModelConfigReader {
  /// The config that `bytes` spell.
  ///
  /// - Parameters:
  ///   - path: The file as the user knows it, for messages.
  ///   - remarks: Warnings and notes are added here.
  /// - Throws: Everything that is wrong, in the order of the file.
  public static func read(
    _ bytes: [UInt8], path: String, remarks: inout [Diagnostic]
  ) throws(InvalidInput) -> ModelConfig {
    var file = JSONObjectFile(bytes, path: path)
    let config = read(&file, windowIsGiven: false)
    guard file.problems.isEmpty else { throw InvalidInput(file.problems) }
    remarks += self.remarks(file)
    return config
  }

  /// The config as far as it can be read; `file` collects the problems.
  ///
  /// With `windowIsGiven`, `max_length` has no effect and may ask for what is not supported.
  package static func read(_ file: inout JSONObjectFile, windowIsGiven: Bool) -> ModelConfig {
    if file.isUnreadable { return ModelConfig() }
    var config = ModelConfig()
    let isVariant = readModelType(&file)
    readShape(&file, into: &config)
    readFunction(&file, into: &config)
    readVariant(&file, into: &config, isVariant: isVariant)
    rejectTooManyParameters(&file, config)
    readMaximumLength(&file, into: &config, windowIsGiven: windowIsGiven)
    rejectWhatIsNotSupported(&file)
    checkWhatHasNoEffect(&file)
    rejectUnknownKeys(&file, isVariant: isVariant)
    return config
  }

  /// Warnings about a file without problems.
  package static func remarks(_ file: JSONObjectFile) -> [Diagnostic] {
    let message = "absent; \"decision_transformer\" is assumed"
    let assumption =
      file["model_type"] == nil
      ? [Diagnostic(.warning, path: file.path, key: "model_type", message)] : []
    return assumption + slipsOfThePen(in: file)
  }
}

// MARK: - Shape

extension ModelConfigReader {
  /// No product of the dimensions comes near the limit of `Int`.
  enum Limit {
    package static let dimension = 1...65_536
    package static let innerSize = 1...1_048_576
    package static let layers = 1...1024
    package static let rows = 1...16_777_216
    /// 8 GiB of float32.
    package static let parameters = 1 << 31
  }

  private static func readShape(_ file: inout JSONObjectFile, into config: inout ModelConfig) {
    file.read("state_dim", into: &config.stateDimension, in: Limit.dimension)
    file.read("act_dim", into: &config.actionDimension, in: Limit.dimension)
    file.read("hidden_size", into: &config.hiddenSize, in: Limit.dimension)
    file.read("max_ep_len", into: &config.maximumEpisodeLength, in: Limit.rows)
    file.read("vocab_size", into: &config.vocabularySize, in: 0...Int.max)
    readAliased(
      &file, "n_positions", "max_position_embeddings", into: &config.positionCount,
      in: Limit.rows)
    readAliased(&file, "n_layer", "num_hidden_layers", into: &config.layerCount, in: Limit.layers)
    let headKey = readAliased(
      &file, "n_head", "num_attention_heads", into: &config.headCount, in: Limit.dimension)

    config.innerSize = 4 * config.hiddenSize
    if file["n_inner"] != .null {
      file.read("n_inner", into: &config.innerSize, in: Limit.innerSize)
    }

    if file.isSound(headKey, "hidden_size"), config.hiddenSize % config.headCount != 0 {
      file.reject(
        headKey,
        "found \(config.headCount), which does not divide hidden_size (\(config.hiddenSize)); "
          + "accepted: a divisor of hidden_size")
    }
  }

  /// Reads a key that Hugging Face knows under two names; returns the name that was used.
  @discardableResult
  private static func readAliased(
    _ file: inout JSONObjectFile, _ key: String, _ alias: String, into target: inout Int,
    in range: ClosedRange<Int>
  ) -> String {
    file.read(key, into: &target, in: range)
    guard let aliasValue = file[alias] else { return key }
    let nativeValue = target
    file.read(alias, into: &target, in: range)
    if let value = file[key], file.isSound(key, alias), nativeValue != target {
      file.reject(
        alias,
        "found \(aliasValue.excerpt), but \(key), which means the same, is \(value.excerpt); "
          + "accepted: one of the two, or equal values")
    }
    return alias
  }

  private static func rejectTooManyParameters(
    _ file: inout JSONObjectFile, _ config: ModelConfig
  ) {
    guard file.problems.isEmpty else { return }
    let count = parameterCount(config)
    if count > Limit.parameters {
      file.rejectFile(
        "the shape has \(count) parameters; accepted: at most \(Limit.parameters)")
    }
  }

  private static func parameterCount(_ config: ModelConfig) -> Int {
    RequiredTensor.all(of: config).reduce(0) { $0 + $1.shape(in: config).reduce(1, *) }
  }
}

// MARK: - Function

extension ModelConfigReader {
  /// Reads `model_type`; returns whether it is of models that Hugging Face's class does not compute.
  private static func readModelType(_ file: inout JSONObjectFile) -> Bool {
    guard let value = file["model_type"], value != .string("decision_transformer") else {
      return false
    }
    if value == .string(ModelConfig.variantType) { return true }
    file.reject(
      "model_type", found: value,
      accepted: "\"decision_transformer\", \"\(ModelConfig.variantType)\"")
    return false
  }

  private static func readFunction(_ file: inout JSONObjectFile, into config: inout ModelConfig) {
    file.read("action_tanh", into: &config.hasActionTanh)
    file.read("scale_attn_weights", into: &config.scalesAttention)
    file.read(
      "scale_attn_by_inverse_layer_idx", into: &config.scalesAttentionByInverseLayerIndex)
    file.read("add_cross_attention", into: &config.hasCrossAttention)
    file.read("layer_norm_epsilon", into: &config.layerNormEpsilon, .positive)

    let key = "activation_function"
    guard let value = file[key] else { return }
    let accepted = Activation.acceptedText
    switch value {
    case .string("prelu"), .string("xielu"):
      file.reject(
        key,
        "found \(value.excerpt), whose learned parameters are not supported; accepted: \(accepted)")
    case .string(let name):
      if let activation = Activation(huggingFaceName: name) {
        config.activation = activation
      } else {
        file.reject(key, found: value, accepted: accepted)
      }
    default:
      file.reject(key, found: value, accepted: accepted)
    }
  }

  private static func readMaximumLength(
    _ file: inout JSONObjectFile, into config: inout ModelConfig, windowIsGiven: Bool
  ) {
    guard let value = file["max_length"] else { return }
    if value == .null {
      if !windowIsGiven {
        file.reject(
          "max_length",
          "found null, an unbounded history, which is not supported; accepted: an integer from 1 "
            + "to \(GenerationOptions.maximumWindow) here, or \"window\" in codegen.json")
      }
    } else {
      var length = 0
      file.read(
        "max_length", into: &length,
        in: 1...(windowIsGiven ? Int.max : GenerationOptions.maximumWindow))
      config.maximumLength = file.isSound("max_length") ? length : nil
    }
  }
}

// MARK: - Keys without a value to keep

extension ModelConfigReader {
  /// Keys that would make the model another one.
  private static func rejectWhatIsNotSupported(_ file: inout JSONObjectFile) {
    for (key, feature) in [
      ("quantization_config", "a quantized checkpoint is"),
      ("auto_map", "code that comes with the checkpoint is"),
      ("per_layer_config", "layers of different shapes are"),
    ] {
      guard let value = file[key], value != .null else { continue }
      file.reject(key, "\(feature) not supported; accepted: null, or no such key")
    }
    if let value = file["pruned_heads"], ![.null, .object([]), .array([])].contains(value) {
      file.reject(
        "pruned_heads",
        "found \(value.excerpt); a checkpoint with pruned heads is not supported; accepted: {}")
    }
    if let value = file["is_causal"], value != .null, value != .bool(true) {
      file.reject(
        "is_causal",
        "found \(value.excerpt); attention to later tokens is not supported; accepted: true")
    }
  }

  /// Keys of DecisionTransformerConfig that do nothing at inference, but must have their type.
  private static func checkWhatHasNoEffect(_ file: inout JSONObjectFile) {
    var flag = false
    var number = 0.0
    file.read("reorder_and_upcast_attn", into: &flag)
    file.read("use_cache", into: &flag)
    for key in ["resid_pdrop", "embd_pdrop", "attn_pdrop"] {
      file.read(key, into: &number, .probability)
    }
    file.read("initializer_range", into: &number, .number)
  }
}
