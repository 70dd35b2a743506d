/// The convolutions of d3rlpy's PixelEncoder.
///
/// takuseno/d3rlpy, d3rlpy/models/torch/encoders.py. Its files have everything but the strides, and the frames' sizes,
/// which the configuration says; a file of `save_model` has neither.
package struct D3Frames {
  package let frames: Frames
  /// The modules of the convolutions, one behind the other.
  package let modules: [String]

  /// nil where something is missing or contradicts the tensors; `facts` says so.
  package init?(
    _ tensors: ImportedTensors, _ configuration: D3Configuration?, prefix: String,
    _ facts: inout Facts
  ) {
    let numbers = tensors.names.compactMap { name -> Int? in
      guard name.hasPrefix(prefix), name.hasSuffix(".weight") else { return nil }
      return Int(name.dropFirst(prefix.count).dropLast(".weight".count))
    }
    modules = numbers.sorted().map { prefix + "\($0)" }
    let shapes = modules.compactMap { tensors.shape(of: $0 + ".weight") }
    guard !shapes.isEmpty, shapes.allSatisfy({ $0.count == 4 && $0[2] == $0[3] }) else {
      facts.reject(
        "encoder_factory",
        "its \(prefix)N are no convolutions of square windows alone; accepted: a PixelEncoderFactory without norms"
      )
      return nil
    }
    guard let sizes = Self.sizes(configuration, &facts),
      let strides = Self.strides(shapes, configuration, &facts),
      let activation = Self.activation(configuration, &facts)
    else { return nil }
    guard sizes[0] == shapes[0][1] else {
      facts.reject(
        "state_frames",
        "are \(sizes[0]) frames, the first convolution reads \(shapes[0][1]); accepted: \(shapes[0][1])"
      )
      return nil
    }
    frames = Frames(
      count: sizes[0], rows: sizes[1], columns: sizes[2],
      convolutions: zip(shapes, strides).map {
        Frames.Convolution(filters: $0[0], size: $0[2], stride: $1, activation: activation)
      })
  }

  /// Frames, lines, pixels.
  private static func sizes(_ configuration: D3Configuration?, _ facts: inout Facts) -> [Int]? {
    let key = "state_frames"
    let value = configuration == nil ? facts.givenValue(of: key) : configuration?.observationShape
    guard case .array(let elements)? = value, elements.count == 3,
      case let sizes = elements.compactMap(\.wholeNumber), sizes.count == 3,
      sizes.allSatisfy({ (1...65_536).contains($0) })
    else {
      facts.reject(
        key,
        configuration == nil
          ? "is in no file: frames of an observation, lines of a frame, pixels of a line; say it with --set \(key)=[4,84,84]"
          : "the configuration's observation_shape is \(value?.shortText ?? "absent"); accepted: three sizes"
      )
      return nil
    }
    return sizes
  }

  private static func strides(
    _ shapes: [[Int]], _ configuration: D3Configuration?, _ facts: inout Facts
  ) -> [Int]? {
    let key = "state_convolutions"
    let text = shapes.map { "[\($0[0]),\($0[2]),1]" }.joined(separator: ",")
    let layers: JSONValue?
    if let configuration {
      // Those of the library, where nobody said others.
      layers =
        configuration.factory("encoder_factory")?.parameters["filters"]
        ?? JSONValue.filters([[32, 8, 4], [64, 4, 2], [64, 3, 1]])
    } else {
      layers = facts.givenValue(of: key)
    }
    guard case .array(let elements)? = layers, elements.count == shapes.count else {
      facts.reject(
        key,
        configuration == nil
          ? "is in no file: filters, size and stride of each convolution; say it with --set \(key)=[\(text)], with the strides"
          : "the configuration has \(layers?.shortText ?? "none"), the tensors are of \(shapes.count) convolutions; accepted: one for each"
      )
      return nil
    }
    var strides: [Int] = []
    for (index, (element, shape)) in zip(elements, shapes).enumerated() {
      guard case .array(let numbers) = element,
        case let sizes = numbers.compactMap(\.wholeNumber), sizes.count == 3,
        sizes[0] == shape[0], sizes[1] == shape[2], (1...65_536).contains(sizes[2])
      else {
        facts.reject(
          "\(key)[\(index)]",
          "is \(element.shortText); accepted: [\(shape[0]),\(shape[2]),stride], as the tensors are")
        return nil
      }
      strides.append(sizes[2])
    }
    return strides
  }

  private static func activation(
    _ configuration: D3Configuration?, _ facts: inout Facts
  ) -> Activation? {
    let key = "state_convolution_activation"
    let value =
      configuration == nil
      ? facts.givenValue(of: key)
      : configuration?.factory("encoder_factory")?.parameters["activation"] ?? .string("relu")
    guard case .string(let name)? = value,
      let activation = Activation(huggingFaceName: name == "none" ? "linear" : name)
    else {
      facts.reject(
        key,
        value.map {
          "found \($0.shortText); accepted: \(Activation.acceptedNames.joined(separator: ", "))"
        }
          ?? "is in no file: activation of PixelEncoderFactory (relu there); say it with --set \(key)=relu"
      )
      return nil
    }
    return activation
  }
}

extension JSONValue {
  fileprivate static func filters(_ sizes: [[Int]]) -> JSONValue {
    .array(sizes.map { .array($0.map { .integer($0) }) })
  }
}
