/// Reads codegen.json, which is strict: a key that is not an option is an error.
public enum GenerationOptionsReader {
  package static let keys = [
    "window", "batch", "state_mean", "state_std", "frame_input", "return_scale", "return_offset",
    "return_rounding", "actions", "temperature", "action_scale", "action_offset", "action_minimum",
    "action_maximum",
    "action_history", "target_return", "precision", "matrix_precisions",
    "max_action_error", "outputs", "timestep_overflow",
    "first_timestep", "access", "weights", "self_test", "model_class", "tokens", "c_interface",
    "explain",
  ]

  /// The options that `bytes` spell, checked against the model they are for.
  ///
  /// - Parameter path: The file as the user knows it, for messages.
  /// - Throws: Everything that is wrong, in the order of the file.
  public static func read(
    _ bytes: [UInt8], path: String, config: ModelConfig
  ) throws(InvalidInput) -> GenerationOptions {
    var file = JSONObjectFile(bytes, path: path)
    let options = read(&file, config: config)
    guard file.problems.isEmpty else { throw InvalidInput(file.problems) }
    return options
  }

  /// The options as far as they can be read; `file` collects the problems.
  ///
  /// Without a config, lengths are not checked.
  package static func read(_ file: inout JSONObjectFile, config: ModelConfig?) -> GenerationOptions
  {
    if file.isUnreadable { return GenerationOptions() }
    var options = GenerationOptions()
    rejectUnknownKeys(&file)
    readModelClass(&file, into: &options, config: config)
    if file["window"] != nil {
      var window = 0
      file.read("window", into: &window, in: 1...GenerationOptions.maximumWindow)
      options.window = window
    }
    readPrecision(&file, into: &options)
    file.read("access", into: &options.access)
    file.read("weights", into: &options.weightStorage)
    file.read("c_interface", into: &options.hasCInterface)
    if options.modelClass == .decisionTransformer {
      file.read("batch", into: &options.batch, in: 1...GenerationOptions.maximumBatch)
      readNormalization(
        &file, into: &options, stateDimension: config?.frames == nil ? config?.stateDimension : nil)
      readReturns(&file, into: &options)
      readActions(&file, into: &options, count: config?.actionDimension)
      readOutputs(&file, into: &options)
      readTime(&file, into: &options, config: config)
      readSelfTest(&file, into: &options)
      file.read("explain", into: &options.hasOperations)
      file.read("frame_input", into: &options.frameInput)
      rejectCombinations(&file, options, config)
    }
    return options
  }
}

// MARK: - Precision

extension GenerationOptionsReader {
  private static func readPrecision(
    _ file: inout JSONObjectFile, into options: inout GenerationOptions
  ) {
    file.read("precision", into: &options.precision)
    if let value = file["matrix_precisions"] {
      if case .object(let members) = value {
        options.matrixPrecisions = [:]
        for member in members {
          if case .string(let name) = member.value, let precision = WeightPrecision(rawValue: name)
          {
            options.matrixPrecisions?[member.name] = precision
          } else {
            file.reject(
              "matrix_precisions",
              "\(member.name): found \(member.value.excerpt); accepted: \(WeightPrecision.acceptedNames)"
            )
          }
        }
      } else {
        file.reject(
          "matrix_precisions", found: value,
          accepted: "an object, names of matrices with \(WeightPrecision.acceptedNames)")
      }
    }
    guard file["max_action_error"] != nil else { return }
    var error = 0.0
    file.read("max_action_error", into: &error, .positive)
    options.maximumActionError = error
  }
}

// MARK: - Numbers

extension GenerationOptionsReader {
  private static func readNormalization(
    _ file: inout JSONObjectFile, into options: inout GenerationOptions, stateDimension: Int?
  ) {
    // Null says that there is nothing of the kind, as in `dtgen import --set`; beside a deviation it is an error.
    if file["state_mean"] == .null, [nil, .null].contains(file["state_std"]) {
      options.takesRawStates = true
      return
    }
    options.stateMean = file.numbers("state_mean", .float32)
    options.stateStandardDeviation = file.numbers("state_std", .positive)
    for (key, other) in [("state_mean", "state_std"), ("state_std", "state_mean")] {
      guard case .array(let elements) = file[key] else { continue }
      if let stateDimension, elements.count != stateDimension {
        file.reject(
          key,
          "found \(count(elements)); accepted: \(stateDimension), one for each state "
            + "(state_dim in config.json)")
      }
      if file[other] == nil {
        file.reject(key, "given without \(other); accepted: both or neither")
      }
    }
  }

  private static func readReturns(
    _ file: inout JSONObjectFile, into options: inout GenerationOptions
  ) {
    file.read("return_scale", into: &options.returnScale, .scale)
    options.hasReturnScale = file["return_scale"] != nil
    file.read("return_offset", into: &options.returnOffset, .float32)
    file.read("return_rounding", into: &options.returnRounding)
    guard let value = file["target_return"] else { return }
    var target = 0.0
    file.read("target_return", into: &target, .float32)
    options.targetReturn = target
    if file.isSound("target_return", "return_scale", "return_offset"),
      !((Float(target) - Float(options.returnOffset)) / Float(options.returnScale)).isFinite
    {
      let difference = options.returnOffset == 0 ? "" : "less return_offset and "
      file.reject(
        "target_return",
        "found \(value.excerpt), which \(difference)divided by return_scale is too large; accepted: "
          + "a target whose scaled value float32 can hold")
    }
  }

  /// The row of the timestep table that an episode begins with, and what happens behind the last one.
  private static func readTime(
    _ file: inout JSONObjectFile, into options: inout GenerationOptions, config: ModelConfig?
  ) {
    file.read("timestep_overflow", into: &options.timestepOverflow)
    file.read("first_timestep", into: &options.firstTimestep, in: 0...1)
    if let length = config?.maximumEpisodeLength, options.firstTimestep >= length {
      file.reject(
        "first_timestep",
        "found \(options.firstTimestep), where the only row is 0 (max_ep_len \(length) in "
          + "config.json); accepted: 0")
    }
  }

  package static func count(_ elements: [JSONValue]) -> String {
    elements.count == 1 ? "1 number" : "\(elements.count) numbers"
  }
}

// MARK: - Names

extension GenerationOptionsReader {
  private static func readOutputs(
    _ file: inout JSONObjectFile, into options: inout GenerationOptions
  ) {
    typealias Output = ModelOutput
    let key = "outputs"
    guard let value = file[key] else { return }
    guard case .array(let elements) = value, !elements.isEmpty else {
      let found = value == .array([]) ? "an empty array" : value.excerpt
      file.reject(key, "found \(found); accepted: an array of \(Output.acceptedNames)")
      return
    }
    options.outputs = []
    for (index, element) in elements.enumerated() {
      guard case .string(let name) = element, let output = Output(rawValue: name) else {
        file.reject(key, element: index, found: element, accepted: Output.acceptedNames)
        continue
      }
      if options.outputs.contains(output) {
        file.reject(
          key, element: index, "found \(element.excerpt) a second time; accepted: each output once")
      } else {
        options.outputs.append(output)
      }
    }
  }

  private static func readSelfTest(
    _ file: inout JSONObjectFile, into options: inout GenerationOptions
  ) {
    guard file["self_test"] != nil else { return }
    var hasSelfTest = false
    file.read("self_test", into: &hasSelfTest)
    options.hasSelfTest = hasSelfTest
  }

  private static func rejectUnknownKeys(_ file: inout JSONObjectFile) {
    for key in file.keys where !keys.contains(key) {
      if ModelConfig.variantKeys.contains(key) {
        file.reject(key, "is no option; accepted: in config.json")
        continue
      }
      let suggestion =
        NearestName.of(key, in: keys).map { "did you mean \"\($0)\"?" }
        ?? "accepted: \(keys.map { "\"\($0)\"" }.joined(separator: ", "))"
      file.reject(key, "is not an option; \(suggestion)")
    }
  }
}
