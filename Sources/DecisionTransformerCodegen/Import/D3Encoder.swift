/// The layers from a state to its token in a checkpoint of d3rlpy.
///
/// takuseno/d3rlpy, d3rlpy/models/encoders.py, models/torch/encoders.py.
package struct D3Encoder {
  /// The modules of the linear layers, one behind the other.
  package let modules: [String]
  private let sizes: [Int]
  /// Convolutions in front of them, where observations are pictures.
  package let frames: D3Frames?
  private static let types = ["vector", "pixel", "default"]

  /// nil where the encoder is no sequence of linear layers; `facts` says so.
  package init?(
    _ tensors: ImportedTensors, _ configuration: D3Configuration?, _ facts: inout Facts
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
    var numbers: [Int] = []
    var others: [String] = []
    for name in tensors.names
    where name.hasPrefix("_encoder.") && !name.hasPrefix(convolutions) {
      let parts = name.dropFirst(prefix.count).split(separator: ".")
      let number = parts.first.flatMap { Int($0) }
      guard name.hasPrefix(prefix), parts.count == 2, let number,
        parts[1] == "bias" || tensors.shape(of: name)?.count == 2
      else {
        others.append(name)
        continue
      }
      if parts[1] == "weight" { numbers.append(number) }
    }
    guard others.isEmpty, !numbers.isEmpty else {
      facts.reject(
        "encoder_factory",
        "has \(others.isEmpty ? "no layers" : NameList.text(others)); accepted: a VectorEncoderFactory or PixelEncoderFactory without norms"
      )
      return nil
    }
    // Activations are counted, too.
    modules = numbers.sorted().map { prefix + "\($0)" }
    sizes = modules.map { tensors.shape(of: $0 + ".weight")?[0] ?? 0 }
    frames = hasFrames ? D3Frames(tensors, configuration, prefix: convolutions, &facts) : nil
    if hasFrames, frames == nil { return nil }
  }

  /// The layers with their activations; empty where they are one linear map.
  package func layers(
    _ configuration: D3Configuration?, _ facts: inout Facts
  ) -> [ControlSteps.EncoderLayer] {
    // What is wrong has been said; sizes are the tensors'.
    let unknown =
      sizes.count == 1
      ? []
      : sizes.map {
        ControlSteps.EncoderLayer(size: $0, activation: .linear)
      }
    guard let names = activations(configuration, &facts) else { return unknown }
    guard names.count == sizes.count else {
      facts.reject(
        "state_encoder_activations",
        "found \(names.count == 1 ? "1 name" : "\(names.count) names"); accepted: \(sizes.count), one for each layer"
      )
      return unknown
    }
    var layers: [ControlSteps.EncoderLayer] = []
    for (size, name) in zip(sizes, names) {
      guard let activation = Activation(huggingFaceName: name == "none" ? "linear" : name) else {
        facts.reject(
          "state_encoder_activations",
          "found \(JSONValue.string(name).excerpt); accepted: \(Activation.acceptedNames.joined(separator: ", "))"
        )
        return unknown
      }
      layers.append(ControlSteps.EncoderLayer(size: size, activation: activation))
    }
    return layers.count == 1 && layers[0].activation == .linear ? [] : layers
  }

  /// A name for each layer; nil where nothing tells.
  private func activations(
    _ configuration: D3Configuration?, _ facts: inout Facts
  ) -> [String]? {
    guard let configuration else { return givenActivations(&facts) }
    guard let factory = configuration.factory("encoder_factory"),
      Self.types.contains(factory.type)
    else {
      let type = configuration.factory("encoder_factory")?.type ?? "none"
      facts.reject(
        "encoder_factory", "found \(type); accepted: \(Self.types.joined(separator: ", "))")
      return nil
    }
    guard let activation = factory.name("activation", orAbsent: "relu"),
      let last = factory.name("last_activation", orAbsent: activation),
      let excludesLast = factory.flag("exclude_last_activation")
    else {
      facts.reject(
        "encoder_factory",
        "has an activation, last_activation or exclude_last_activation of another kind; accepted: names, true or false"
      )
      return nil
    }
    // Left out, whatever last_activation says.
    return sizes.dropLast().map { _ in activation } + [excludesLast ? "none" : last]
  }

  /// By `--set`: a file of `save_model` has the tensors alone.
  private func givenActivations(_ facts: inout Facts) -> [String]? {
    let key = "state_encoder_activations"
    let value = facts.givenValue(of: key)
    guard case .array(let elements)? = value else {
      let example = sizes.map { _ in "\"linear\"" }.joined(separator: ",")
      facts.reject(
        key,
        "is in no file: what follows each layer of the encoder, \"linear\" where nothing does; say it with "
          + "--set '\(key)=[\(example)]'")
      return nil
    }
    return elements.map { if case .string(let name) = $0 { name } else { $0.excerpt } }
  }
}
