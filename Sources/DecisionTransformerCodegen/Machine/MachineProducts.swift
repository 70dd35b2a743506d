/// Matrix products and norms.
extension Machine {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func linear(
    _ kernel: Kernel, _ input: Operand, _ weights: Int, residual: Operand?, _ output: Operand
  ) {
    guard
      case .linear(let rows, let depth, let columns, let epilogue, let format, let strides) = kernel
    else { preconditionFailure("\(kernel) is no product") }
    let map = self.weights.tensors[weights]
    precondition(map.count == (depth + 1) * columns)
    let (first, target) = (place(input), place(output))
    let added = residual.map { place($0) }
    let biases = Array(map[0..<columns])
    for row in 0..<rows {
      let x = first + row * strides.input
      var sums = epilogue == .storeUnbiased ? Array(repeating: 0, count: columns) : biases
      var inputs = Array(numbers[x..<x + depth])
      if self.weights.quantizesInputs { inputs = format.quantized(inputs) }
      for k in 0..<depth { sums.add(inputs[k], times: map, from: (k + 1) * columns) }
      let place = row * strides.output
      for column in 0..<columns {
        let value: Scalar =
          switch epilogue {
          case .store, .storeUnbiased: sums[column]
          case .activation(let activation): Scalar(activation.reference(Double(sums[column])))
          case .add: sums[column] + numbers[added! + place + column]
          case .addActivated(let activation):
            Scalar(activation.reference(Double(sums[column] + numbers[added! + place + column])))
          }
        numbers[target + place + column] = value
      }
      // Kernels write whole vectors: padding becomes zero, whatever lay there before.
      if epilogue == .store {
        for column in columns..<Shape.stride(columns) { numbers[target + place + column] = 0 }
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func normalize(
    _ rows: Int, _ input: Operand, _ output: Operand, count: Int, epsilon: Double
  ) {
    let (from, to) = (buffer(input).stride, buffer(output).stride)
    let (first, target) = (place(input), place(output))
    for row in 0..<rows {
      normalize(first + row * from, target + row * to, count: count, epsilon: epsilon)
    }
  }

  /// The row minus its mean, times a factor, which is returned.
  @discardableResult
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func normalize(
    _ input: Int, _ output: Int, count: Int? = nil, epsilon: Double
  ) -> Scalar {
    let size = count ?? plan.network.hiddenSize
    let mean = numbers[input..<input + size].reduce(0, +) / Scalar(size)
    let differences = numbers[input..<input + size].map { $0 - mean }
    let variance = differences.reduce(0) { $0 + $1 * $1 } / Scalar(size)
    let scale = 1 / (variance + Scalar(epsilon)).squareRoot()
    for index in 0..<size { numbers[output + index] = differences[index] * scale }
    return scale
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func center(_ input: Int, _ output: Int) {
    let size = plan.network.hiddenSize
    let mean = numbers[input..<input + size].reduce(0, +) / Scalar(size)
    for index in 0..<size { numbers[output + index] = numbers[input + index] - mean }
  }

  /// Adds the timestep's row and applies embed_ln; the norm's factor is returned, 1 where there is none.
  @discardableResult
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func embedTimestep(
    _ token: Int, timesteps: Int, norm: Operation.GainAndShift?
  ) -> Scalar {
    let size = plan.network.hiddenSize
    let (table, time) = (weights.tensors[timesteps], timestepRow * size)
    for index in 0..<size { numbers[token + index] += table[time + index] }
    guard let norm, let epsilon = plan.steps.embeddingNorm?.epsilon else { return 1 }
    let scale = normalize(token, token, epsilon: epsilon)
    scaleAndShift(token, norm, token)
    return scale
  }

  /// Adds the timestep's row and those of the tokens' places, and applies embed_ln.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func position(
    _ rows: Int, _ input: Operand, timesteps: Int, slots: Int, _ norm: Operation.GainAndShift?,
    _ output: Operand
  ) {
    let (size, first) = (plan.network.hiddenSize, slot(input.row))
    for row in 0..<rows {
      let x = place(input) + row * buffer(input).rowStride
      let y = place(output) + row * buffer(output).rowStride
      // Tokens that nobody sees have any row.
      let slot =
        plan.steps.slots == .tokens
        ? max(0, first + row - firstKey) : (first + row) / plan.steps.tokens.count
      for index in 0..<size {
        numbers[y + index] = numbers[x + index] + weights.tensors[slots][slot * size + index]
      }
      embedTimestep(y, timesteps: timesteps, norm: norm)
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func scaleAndShift(
    _ rows: Int, _ norm: Operation.GainAndShift, _ input: Operand, _ output: Operand
  ) {
    for row in 0..<rows {
      scaleAndShift(
        place(input) + row * buffer(input).stride, norm,
        place(output) + row * buffer(output).stride)
    }
  }

  private mutating func scaleAndShift(
    _ input: Int, _ norm: Operation.GainAndShift, _ output: Int
  ) {
    let (gain, shift) = (weights.tensors[norm.gain], weights.tensors[norm.shift])
    for index in gain.indices {
      numbers[output + index] = numbers[input + index] * gain[index] + shift[index]
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func correctUnattended(_ rows: Int, _ correction: Int, _ operand: Operand) {
    let terms = weights.tensors[correction]
    for row in 0..<rows where slot(operand.row) + row < firstVisibleKey {
      let start = place(operand) + row * buffer(operand).stride
      for index in terms.indices { numbers[start + index] += terms[index] }
    }
  }
}
