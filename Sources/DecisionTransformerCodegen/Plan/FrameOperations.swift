/// From the frames of a state to the numbers that its linear map reads.
extension OperationBuilder {
  private var frames: Frames? { network.controlSteps?.state.frames }

  /// The convolutions of a state that has come; nothing where states are numbers.
  package func convolveState() -> [Operation] {
    guard let frames else { return [] }
    let first: FramePart = frames.input == .newest ? .newest : .all
    return frames.convolutions.indices.map { convolve($0, $0 == 0 ? first : .all, frames) }
  }

  /// What is known of the next state before it comes: the oldest frame goes, and the first convolution sums the others.
  package func convolveOlderFrames() -> [Operation] {
    guard let frames, frames.keepsOlder else { return [] }
    return [
      Operation(
        kind: .slideFrames(Operand(.stateInput), pixels: frames.pixelCount),
        comment: "", multiplyAdds: 0, weightBytes: 0), convolve(0, .older, frames),
    ]
  }

  private func convolve(_ layer: Int, _ part: FramePart, _ frames: Frames) -> Operation {
    let index = index(.convolution(layer, part))
    let tensor = weights.tensors[index]
    let convolution = frames.shape(of: layer, part)
    let activation = frames.convolutions[layer].activation
    let sums = Operand(.frameSums)
    let addsOlder = part == .newest && frames.keepsOlder
    let epilogue: Kernel.Epilogue =
      switch part {
      case .all: .finishing(activation)
      case .older: .store
      case .newest: addsOlder ? .addActivated(activation) : .finishing(activation)
      }
    // The newest frame is the last one.
    let newest = Operand(.stateInput, column: (frames.count - 1) * frames.pixelCount)
    return Operation(
      kind: .convolve(
        .convolve(convolution, epilogue: epilogue),
        input: layer == 0
          ? part == .newest ? newest : Operand(.stateInput) : Operand(.frameMap(layer: layer - 1)),
        weights: index, residual: addsOlder ? sums : nil, patches: Operand(.patches),
        output: part == .older ? sums : Operand(.frameMap(layer: layer))),
      comment: tensor.name, multiplyAdds: convolution.multiplyAdds, weightBytes: tensor.byteCount)
  }
}

extension Kernel.Epilogue {
  /// An activation; nothing of the identity.
  package static func finishing(_ activation: Activation) -> Self {
    activation == .linear ? .store : .activation(activation)
  }

  /// What makes numbers of sums that something is added to first.
  package static func adding(_ activation: Activation) -> Self {
    activation == .linear ? .add : .addActivated(activation)
  }
}

extension ControllerMemory {
  /// What convolutions need.
  package mutating func appendFrames(_ frames: Frames) {
    for layer in frames.convolutions.indices {
      let map = frames.map(entering: layer + 1)
      append(
        .frameMap(layer: layer), rows: 1, stride: map.placeCount * Shape.stride(map.channels),
        "behind convolution \(layer): \(map.rows) x \(map.columns) places of \(map.channels)")
    }
    if frames.keepsOlder {
      let map = frames.map(entering: 1)
      append(
        .frameSums, rows: 1, stride: map.placeCount * Shape.stride(map.channels),
        "the older frames' part of convolution 0")
    }
    let shapes = frames.convolutions.indices.map { frames.shape(of: $0, .all) }
    append(
      .patches, rows: 1,
      stride: shapes.map { $0.outputColumns * Shape.stride($0.depth) }.max()!,
      "windows of a line of places, one behind the other")
  }
}
