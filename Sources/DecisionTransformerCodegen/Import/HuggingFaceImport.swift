/// Snapshots of Hugging Face's library, config.json beside the checkpoint, without what says how the model is used.
package enum HuggingFaceImport {
  package static func run(
    _ source: ImportSource, _ facts: inout Facts
  ) throws(InvalidInput) -> ImportedTensors {
    var tensors = ImportedTensors(source.tensors)
    guard try source.contents(beside: "codegen.json") == nil else {
      facts.reject(
        nil,
        "has a codegen.json beside it: its folder is a model folder already; accepted: a snapshot without one, or dtgen generate for this one"
      )
      return tensors
    }
    guard let file = try source.contents(beside: "config.json") else {
      facts.reject(
        nil, "has no config.json beside it; accepted: what save_pretrained writes, in one folder")
      return tensors
    }
    let config: ModelConfig
    do throws(InvalidInput) {
      var remarks: [Diagnostic] = []
      config = try ModelConfigReader.read(file.bytes, path: file.path, remarks: &remarks)
      try take(file.bytes, path: file.path, &facts)
    } catch {
      facts.reject(error)
      return tensors
    }
    takeUse(config, &facts)
    if !facts.isGiven("actions"), !facts.has("actions") {
      facts.note(
        "actions",
        "are taken as vectors; where the model was trained on one-hot actions, say --set actions=discrete"
      )
    }
    for required in RequiredTensor.all(of: config) {
      tensors.take(
        required.name, as: required.name, shape: required.shape(in: config), &facts)
    }
    let tokens = "encoder.wte.weight"
    if let shape = tensors.shape(of: tokens) {
      tensors.take(tokens, as: tokens, shape: shape, &facts)
    } else if !config.isVariant {
      tensors.addZeros(tokens, [max(1, config.vocabularySize), config.hiddenSize])
    }
    for tensor in source.tensors
    where TensorNames.isIgnored(tensor.name, tensor.header, config) {
      tensors.ignore(tensor.name)
    }
    tensors.rejectOthers(of: .huggingFace, &facts)
    return tensors
  }

  /// Every key of config.json as it is; those of codegen.json, which people put there, become options.
  private static func take(
    _ bytes: [UInt8], path: String, _ facts: inout Facts
  ) throws(InvalidInput) {
    do throws(JSONError) {
      guard case .object(let members) = try JSONParser.parse(bytes) else { return }
      for member in members {
        if GenerationOptionsReader.keys.contains(member.name) {
          facts.take(member.name, member.value, from: path)
        } else {
          facts.fix(member.name, member.value, in: "config.json")
        }
      }
    } catch {
      throw InvalidInput([Diagnostic(path: path, key: error.position, error.message)])
    }
  }

  /// How the model is used is in no file of the library's.
  private static func takeUse(_ config: ModelConfig, _ facts: inout Facts) {
    if let window = config.maximumLength {
      facts.take("window", .integer(window), from: "max_length in config.json")
    } else if !facts.has("window") {
      facts.ask(
        "window", "control steps of context, K of the training script (20 in the published ones)",
        example: "20")
    }
    if !facts.has("state_mean") && !facts.has("state_std") {
      Statistics.ask(
        &facts, note: "their standard deviation there, with what the script adds (1e-6)")
    }
    if !facts.has("return_scale") {
      facts.ask(
        "return_scale",
        "what returns are divided by, scale of the training script (1000 in the published ones); null where nothing does",
        example: "1000", mayBeAbsent: true, absence: .integer(1))
    }
  }
}
