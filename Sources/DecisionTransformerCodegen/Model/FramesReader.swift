// States that are pictures: what config.json says about them.

extension ModelConfigReader {
  private static let (framesKey, convolutionsKey, activationKey) = (
    "state_frames", "state_convolutions", "state_convolution_activation"
  )

  /// More convolutions than anybody puts behind each other.
  private static let maximumConvolutionCount = 16

  static func readFrames(_ file: inout JSONObjectFile, into config: inout ModelConfig) {
    guard file[framesKey] != nil || file[convolutionsKey] != nil || file[activationKey] != nil
    else { return }
    guard let frames = integers(file[framesKey], count: 3) else {
      return file.reject(
        framesKey,
        "\(found(file[framesKey])); accepted: three integers from 1 to \(Limit.dimension.upperBound), frames of a state, lines of a frame, pixels of a line"
      )
    }
    var activation = Activation.relu
    readActivation(&file, activationKey, into: &activation)
    guard case .array(let layers)? = file[convolutionsKey],
      (1...maximumConvolutionCount).contains(layers.count)
    else {
      var found = found(file[convolutionsKey])
      if case .array(let layers)? = file[convolutionsKey] { found = "found \(layers.count)" }
      return file.reject(
        convolutionsKey,
        "\(found); accepted: an array of 1 to \(maximumConvolutionCount) convolutions, [filters, size, stride] each"
      )
    }
    var read = Frames(count: frames[0], rows: frames[1], columns: frames[2], convolutions: [])
    for (index, layer) in layers.enumerated() {
      guard let numbers = integers(layer, count: 3) else {
        return file.reject(
          convolutionsKey, element: index,
          "found \(layer.shortText); accepted: three integers from 1 to \(Limit.dimension.upperBound): filters, size, stride"
        )
      }
      let input = read.map(entering: index)
      let convolution = Frames.Convolution(
        filters: numbers[0], size: numbers[1], stride: numbers[2], activation: activation)
      guard convolution.size <= min(input.rows, input.columns) else {
        return file.reject(
          convolutionsKey, element: index,
          "found size \(convolution.size), where \(input.rows) lines of \(input.columns) are left; accepted: at most \(min(input.rows, input.columns))"
        )
      }
      read.convolutions.append(convolution)
      guard read.featureCount <= Limit.innerSize.upperBound else {
        return file.reject(
          convolutionsKey, element: index,
          "leaves \(read.featureCount) numbers; accepted: at most \(Limit.innerSize.upperBound)")
      }
    }
    config.frames = read
    if file["state_dim"] == nil { config.stateDimension = read.byteCount }
    guard file.isSound("state_dim") else { return }
    if !Limit.dimension.contains(read.byteCount) {
      file.reject(
        framesKey,
        "\(read.byteCount) bytes; accepted: at most \(Limit.dimension.upperBound)")
    } else if config.stateDimension != read.byteCount {
      file.reject(
        "state_dim",
        "found \(config.stateDimension), where state_frames are \(read.byteCount) bytes; accepted: \(read.byteCount), or no such key"
      )
    }
  }

  /// As many integers as a dimension may be; nil for anything else.
  private static func integers(_ value: JSONValue?, count: Int) -> [Int]? {
    guard case .array(let elements)? = value, elements.count == count else { return nil }
    let numbers = elements.compactMap { element -> Int? in
      guard case .integer(let number) = element, Limit.dimension.contains(number) else {
        return nil
      }
      return number
    }
    return numbers.count == count ? numbers : nil
  }

  private static func found(_ value: JSONValue?) -> String {
    value.map { "found \($0.shortText)" } ?? "absent"
  }
}
