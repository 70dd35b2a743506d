/// The layers from a state to its token in a checkpoint of d3rlpy: linear maps and what follows them, or a SimBa's blocks.
/// What norms multiply and add goes into the linear maps.
///
/// takuseno/d3rlpy, d3rlpy/models/encoders.py, models/torch/encoders.py.
package struct D3Encoder {
  package private(set) var composer = EncoderComposer()
  /// Convolutions in front of them, where observations are pictures.
  package let frames: D3Frames?
  /// Whose columns the state's numbers are.
  package let firstModule: String
  private static let types = ["vector", "pixel", "simba", "default"]

  /// nil where the encoder is of other modules; `facts` says so.
  package init?(
    _ tensors: inout ImportedTensors, _ configuration: D3Configuration?, _ facts: inout Facts
  ) {
    if let type = configuration?.factory("encoder_factory")?.type,
      !Self.types.contains(type)
    {
      facts.reject(
        "encoder_factory", "found \(type); accepted: \(Self.types.joined(separator: ", "))")
      return nil
    }
    let convolutions = "_encoder._cnn_layers."
    let hasFrames = tensors.names.contains { $0.hasPrefix(convolutions) }
    let prefix = hasFrames ? "_encoder._last_layers." : "_encoder._layers."
    var others = tensors.names.filter {
      $0.hasPrefix("_encoder.") && !$0.hasPrefix(convolutions) && !$0.hasPrefix(prefix)
    }
    let modules = D3Module.all(of: prefix, in: tensors, others: &others)
    guard others.isEmpty, case .linear(let first)? = modules.first else {
      facts.reject(
        "encoder_factory",
        "has \(others.isEmpty ? "no linear map first" : NameList.text(others)); accepted: a VectorEncoderFactory, PixelEncoderFactory or SimBaEncoderFactory"
      )
      return nil
    }
    firstModule = first
    frames =
      hasFrames ? D3Frames(&tensors, configuration, prefix: convolutions, &facts) : nil
    if hasFrames, frames == nil { return nil }
    if let frames = frames?.frames, let inputs = tensors.shape(of: first + ".weight")?.last,
      frames.featureCount != inputs
    {
      facts.reject(
        "state_convolutions",
        "leave \(frames.featureCount) numbers of \(frames.text), the next layer reads \(inputs); accepted: sizes that fit"
      )
      return nil
    }
    D3EncoderCheck(configuration?.factory("encoder_factory"), modules, frames?.hasNorms ?? false)
      .run(tensors, &facts)
    let maps = modules.count { if case .linear = $0 { true } else { false } }
    // One without blocks looks like a layer with a norm.
    let isSimBa =
      configuration?.factory("encoder_factory")?.type == "simba"
      || modules.contains { if case .block = $0 { true } else { false } }
    let activations =
      isSimBa
      ? Array(repeating: .linear, count: maps)
      : Self.activations(
        configuration,
        sizes: modules.compactMap { module in
          if case .linear(let name) = module {
            tensors.shape(of: name + ".weight")?[0]
          } else {
            nil
          }
        }, &facts)
    // What is wrong has been said.
    guard compose(modules, activations ?? Array(repeating: .linear, count: maps), &tensors, &facts)
    else { return nil }
  }

  /// Puts the modules together; false where a tensor is missing or of another size.
  private mutating func compose(
    _ modules: [D3Module], _ activations: [Activation], _ tensors: inout ImportedTensors,
    _ facts: inout Facts
  ) -> Bool {
    var rest = activations[...]
    for module in modules {
      switch module {
      case .linear(let name):
        let inputs = composer.layers.isEmpty ? nil : composer.count
        guard tensors.linear(name, inputs: inputs, to: &composer, &facts) else { return false }
        if name == firstModule { frames?.change(&composer) }
        composer.activate(rest.removeFirst())
      case .layerNorm(let name):
        guard tensors.layerNorm(name, to: &composer, &facts) else { return false }
      case .batchNorm(let name):
        guard let norm = tensors.batchNorm(name, count: composer.count, &facts) else {
          return false
        }
        composer.scale(norm.factors, norm.terms)
      case .block(let name):
        let size = composer.count
        guard tensors.layerNorm("\(name)._layers.0", to: &composer, &facts),
          tensors.linear("\(name)._layers.1", inputs: size, to: &composer, &facts)
        else { return false }
        composer.activate(.relu)
        let inner = composer.count
        guard tensors.linear("\(name)._layers.3", inputs: inner, to: &composer, &facts) else {
          return false
        }
        composer.addShortcut()
      case .convolution(let name):
        facts.reject(name + ".weight", "has 4 axes; accepted: 1 or 2")
        return false
      }
    }
    composer.finish()
    return true
  }

  /// What the embeddings' activation does to the state's token.
  package mutating func activate(_ activation: Activation) { composer.activate(activation) }

  /// Of a tensor of the encoder's, under Hugging Face's name or a variant's.
  package func values(of name: String) -> [Double]? {
    let isWeight = name.hasSuffix(".weight")
    if let layer = ImportedTensors.layer(of: name, behind: "embed_frames.") {
      return frames.map { isWeight ? $0.maps[layer].weights : $0.maps[layer].biases }
    }
    guard name.hasPrefix("embed_state.") else { return nil }
    // One linear map has no number.
    let layer = composer.layers[ImportedTensors.layer(of: name, behind: "embed_state.") ?? 0]
    return isWeight ? layer.weights : layer.biases
  }

  /// Empty where the layers are one linear map.
  package var layers: [ControlSteps.EncoderLayer] {
    composer.isOneMap ? [] : composer.layers.map(\.form)
  }

  /// One for each linear map; nil where nothing tells, or what tells is wrong.
  private static func activations(
    _ configuration: D3Configuration?, sizes: [Int], _ facts: inout Facts
  ) -> [Activation]? {
    let names =
      configuration == nil
      ? givenActivations(sizes, &facts) : names(configuration, count: sizes.count, &facts)
    guard let names else { return nil }
    let key = "state_encoder_activations"
    guard names.count == sizes.count else {
      facts.reject(
        key,
        "found \(names.count == 1 ? "1 name" : "\(names.count) names"); accepted: \(sizes.count), one for each layer"
      )
      return nil
    }
    var activations: [Activation] = []
    for name in names {
      guard let activation = Activation(huggingFaceName: name == "none" ? "linear" : name) else {
        facts.reject(
          key,
          "found \(JSONValue.string(name).excerpt); accepted: \(Activation.acceptedNames.joined(separator: ", "))"
        )
        return nil
      }
      activations.append(activation)
    }
    return activations
  }

  private static func names(
    _ configuration: D3Configuration?, count: Int, _ facts: inout Facts
  ) -> [String]? {
    guard let factory = configuration?.factory("encoder_factory"),
      types.contains(factory.type)
    else {
      let type = configuration?.factory("encoder_factory")?.type ?? "none"
      facts.reject(
        "encoder_factory", "found \(type); accepted: \(types.joined(separator: ", "))")
      return nil
    }
    // That it is there has been checked.
    let activation = factory.name("activation", orAbsent: "relu") ?? "relu"
    guard let last = factory.name("last_activation", orAbsent: activation),
      let excludesLast = factory.flag("exclude_last_activation")
    else {
      facts.reject(
        "encoder_factory",
        "has a last_activation or exclude_last_activation of another kind; accepted: a name or null, true or false"
      )
      return nil
    }
    // Left out, whatever last_activation says.
    return Array(repeating: activation, count: count - 1) + [excludesLast ? "none" : last]
  }

  /// By `--set`: a file of `save_model` has the tensors alone.
  private static func givenActivations(_ sizes: [Int], _ facts: inout Facts) -> [String]? {
    let key = "state_encoder_activations"
    let value = facts.givenValue(of: key)
    guard case .array(let elements)? = value else {
      let example = sizes.map { _ in "\"linear\"" }.joined(separator: ",")
      facts.reject(
        key,
        "\(Facts.found(value)): what follows each layer of the encoder, \"linear\" where nothing does; say it with "
          + "--set '\(key)=[\(example)]'")
      return nil
    }
    return elements.map { if case .string(let name) = $0 { name } else { $0.excerpt } }
  }
}
