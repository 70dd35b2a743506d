/// The convolutions of d3rlpy's PixelEncoder.
///
/// takuseno/d3rlpy, d3rlpy/models/torch/encoders.py. Its files have everything but the strides, and the frames' sizes,
/// which the configuration says; a file of `save_model` has neither.
package struct D3Frames {
  package let frames: Frames
  /// Of the convolutions, one behind the other: [filters, channels, size, size].
  package private(set) var maps: [(weights: [Double], biases: [Double])] = []
  package private(set) var hasNorms = false
  /// A batch norm behind the last convolution, for each of its channels.
  private var lastNorm: (factors: [Double], terms: [Double])?

  /// nil where something is missing or contradicts the tensors; `facts` says so.
  package init?(
    _ tensors: inout ImportedTensors, _ configuration: D3Configuration?, prefix: String,
    _ facts: inout Facts
  ) {
    var others: [String] = []
    let modules = D3Module.all(of: prefix, in: tensors, others: &others)
    let shapes: [[Int]] = modules.compactMap { module in
      if case .convolution(let name) = module { tensors.shape(of: name + ".weight") } else { nil }
    }
    guard others.isEmpty, case .convolution? = modules.first,
      modules.allSatisfy({ module in
        switch module {
        case .convolution, .batchNorm: true
        default: false
        }
      }), shapes.allSatisfy({ $0.count == 4 && $0[2] == $0[3] && !$0.contains(0) })
    else {
      facts.reject(
        "encoder_factory",
        "its \(prefix)N are no convolutions of square windows alone; accepted: a PixelEncoderFactory"
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
    for module in modules {
      switch module {
      case .convolution(let name):
        let channels = maps.last?.biases.count ?? sizes[0]
        let shape = tensors.shape(of: name + ".weight")!
        guard
          let weights = tensors.numbers(
            name + ".weight", [shape[0], channels, shape[2], shape[3]], &facts),
          let biases = tensors.numbers(name + ".bias", [shape[0]], &facts)
        else { return nil }
        maps.append(
          Self.changed(weights, biases, places: shape[2] * shape[3], by: lastNorm))
        lastNorm = nil
      case .batchNorm(let name):
        guard let norm = tensors.batchNorm(name, count: maps[maps.count - 1].biases.count, &facts)
        else { return nil }
        (lastNorm, hasNorms) = (norm, true)
      default: preconditionFailure("was refused")
      }
    }
  }

  /// A map of what a batch norm makes, as a map of what it reads: no window reaches beyond a frame's edge, so each place
  /// has its term.
  private static func changed(
    _ weights: [Double], _ biases: [Double], places: Int,
    by norm: (factors: [Double], terms: [Double])?
  ) -> (weights: [Double], biases: [Double]) {
    guard let norm else { return (weights, biases) }
    var (weights, biases) = (weights, biases)
    let inputs = weights.count / biases.count
    for place in weights.indices {
      let channel = place % inputs / places
      biases[place / inputs] += weights[place] * norm.terms[channel]
      weights[place] *= norm.factors[channel]
    }
    return (weights, biases)
  }

  /// The last convolution's batch norm, in the linear map that reads it: channel by channel, each with all its places.
  package func change(_ encoder: inout EncoderComposer) {
    guard let lastNorm else { return }
    encoder.changeFirst { weights, biases in
      Self.changed(
        weights, biases,
        places: weights.count / biases.count / lastNorm.factors.count, by: lastNorm)
    }
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
          ? "\(Facts.found(value)): frames of an observation, lines of a frame, pixels of a line; say it with --set \(key)=[4,84,84]"
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
          ? "\(Facts.found(layers)): filters, size and stride of each convolution; say it with --set \(key)=[\(text)], with the strides"
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
