/// Convolutions of frames, in the order of the sums that generated code has: bias, then a window's numbers one by one.
extension Machine {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func convolve(
    _ kernel: Kernel, _ input: Operand, _ weights: Int, residual: Operand?, _ output: Operand
  ) {
    guard case .convolve(let shape, let epilogue) = kernel else {
      preconditionFailure("\(kernel) is no convolution")
    }
    let map = self.weights.tensors[weights]
    precondition(map.count == (shape.depth + 1) * shape.filters)
    let biases = Array(map[0..<shape.filters])
    let (first, target) = (place(input), place(output))
    let stride = Shape.stride(shape.filters)
    let added = residual.map { place($0) }
    for row in 0..<shape.outputRows {
      for column in 0..<shape.outputColumns {
        let corner =
          first + row * shape.stride * shape.lineStride
          + column * shape.stride * (shape.isPlanar ? 1 : shape.placeStride)
        var sums = biases
        var k = 0
        for channel in 0..<(shape.isPlanar ? shape.input.channels : 1) {
          for line in 0..<shape.size {
            let start = corner + channel * shape.input.placeCount + line * shape.lineStride
            for index in 0..<shape.lineCount {
              k += 1
              sums.add(numbers[start + index], times: map, from: k * shape.filters)
            }
          }
        }
        let place = (row * shape.outputColumns + column) * stride
        for filter in 0..<shape.filters {
          let value: Scalar =
            switch epilogue {
            case .store, .storeUnbiased, .add: sums[filter]
            case .activation(let activation): Scalar(activation.reference(Double(sums[filter])))
            case .addActivated(let activation):
              Scalar(activation.reference(Double(sums[filter] + numbers[added! + place + filter])))
            }
          numbers[target + place + filter] = value
        }
      }
    }
  }

  /// Moves all frames but the oldest to the front; the newest stays, too, until the next one comes.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func slideFrames(_ frames: Operand, pixels: Int) {
    let start = place(frames)
    for index in start..<start + plan.steps.state.count - pixels {
      numbers[index] = numbers[index + pixels]
    }
  }
}
