import DTGenNetwork

/// The convolutions of a state's frames, as `nn.Conv2d` computes them, and the flattened result: channel, line, column.
package struct ReferenceFrames: Sendable {
  private let frames: Frames
  /// Of each convolution: [filters, channels, size, size], row-major, and the biases.
  private let layers: [(weights: [Double], biases: [Double])]

  package init(_ frames: Frames, _ tensors: ReferenceTensors) {
    self.frames = frames
    layers = frames.convolutions.indices.map { layer in
      (
        tensors.vector("embed_frames.\(layer).weight"),
        tensors.vector("embed_frames.\(layer).bias")
      )
    }
  }

  /// What the state's linear map reads of `bytes`, frames one behind the other, oldest first.
  package func callAsFunction(_ bytes: [Float]) -> [Double] {
    precondition(bytes.count == frames.byteCount, "a state has all its frames")
    return layers.indices.reduce(bytes.map { Double($0) / Frames.divisor }) { convolve($1, $0) }
  }

  private func convolve(_ layer: Int, _ x: [Double]) -> [Double] {
    let (weights, biases) = layers[layer]
    let (convolution, input) = (frames.convolutions[layer], frames.map(entering: layer))
    let (output, size) = (frames.map(entering: layer + 1), convolution.size)
    var result: [Double] = []
    result.reserveCapacity(output.count)
    for filter in 0..<output.channels {
      for row in 0..<output.rows {
        for column in 0..<output.columns {
          var sum = biases[filter]
          for channel in 0..<input.channels {
            for line in 0..<size {
              let from =
                (channel * input.rows + row * convolution.stride + line) * input.columns
                + column * convolution.stride
              let weight = ((filter * input.channels + channel) * size + line) * size
              for index in 0..<size { sum += weights[weight + index] * x[from + index] }
            }
          }
          result.append(convolution.activation.reference(sum))
        }
      }
    }
    return result
  }
}
