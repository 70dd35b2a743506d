/// The carried form of block 0: `CarriedOperations` has the formulas.
extension Machine {
  /// The timestep's row without its mean, times embed_ln's gain, centred.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func centerTime(timesteps: Int, gain: Int, _ row: Int) {
    let size = plan.network.hiddenSize
    let (table, time) = (weights.tensors[timesteps], timestepRow * size)
    numbers.replaceSubrange(row..<row + size, with: table[time..<time + size])
    center(row, row)
    for (index, factor) in weights.tensors[gain].enumerated() { numbers[row + index] *= factor }
    center(row, row)
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func enter(_ entry: Operation.Entry) {
    let shape = plan.shape
    let (hidden, size) = (shape.hiddenStride, plan.network.hiddenSize)
    let count = plan.steps.count(of: entry.input)
    let (input, x) = (place(entry.numbers), place(entry.token))
    let embedding = product(entry.embedding, columns: size, input, count: count)
    numbers.replaceSubrange(x..<x + size, with: embedding)
    let outer = embedTimestep(x, timesteps: entry.timesteps, norm: entry.norm)
    let inner = normalize(
      x, place(entry.normalized), epsilon: plan.network.blocks[0].norm.epsilon)
    let both = outer * inner
    // The input times the factors of its norms; in the second row, of embed_ln alone.
    let first = place(entry.factored)
    let second = first + buffer(entry.factored).rowStride
    for index in 0..<count {
      numbers[first + index] = numbers[input + index] * both
      numbers[second + index] = numbers[input + index] * outer
    }
    (numbers[first + count], numbers[first + count + 1]) = (both, inner)
    numbers[second + count] = outer
    // Of the timestep: its row, its query, its inner row; then its centred value, its value, the inner row of that.
    let time = place(entry.time)
    let value = time + buffer(entry.time).rowStride + hidden
    store(
      product(entry.value, columns: shape.carriedStride, first, count: count + 2),
      plus: value, times: both, to: entry.carried)
    store(
      product(entry.query, columns: size, first, count: count + 2), plus: time + hidden,
      times: both, to: entry.queryRow)
    var innerRow = entry.token
    innerRow.column += hidden
    store(
      product(entry.inner, columns: shape.innerSize, second, count: count + 1),
      plus: time + 2 * hidden, times: outer, to: innerRow)
  }

  private func product(_ weights: Int, columns: Int, _ input: Int, count: Int) -> [Scalar] {
    let map = self.weights.tensors[weights]
    precondition(map.count == (count + 1) * columns)
    var sums = Array(map[0..<columns])
    for k in 0..<count { sums.add(numbers[input + k], times: map, from: (k + 1) * columns) }
    return sums
  }

  private mutating func store(
    _ sums: [Scalar], plus time: Int, times factor: Scalar, to operand: Operand
  ) {
    let (start, buffer) = (place(operand), buffer(operand))
    for index in sums.indices {
      // A row may lie in strips, behind each of which its other rows come first.
      let strip = buffer.stripCount == 1 ? 0 : index / buffer.strip
      let place = start + strip * (buffer.rows - 1) * buffer.strip + index
      numbers[place] = sums[index] + numbers[time + index] * factor
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func activateCarried(
    _ rows: Int, _ input: Operand, _ weights: Int, _ stream: Operand, _ output: Operand
  ) {
    let (shape, block) = (plan.shape, plan.network.blocks[0])
    let biases = self.weights.tensors[weights]
    for row in 0..<rows {
      let x = place(input) + row * buffer(input).stride
      let y = place(output) + row * buffer(output).stride
      let target = place(stream) + row * buffer(stream).stride
      let scale = normalize(x, target, epsilon: block.norm.epsilon)
      for index in 0..<plan.network.hiddenSize { numbers[target + index] = numbers[x + index] }
      for index in 0..<block.innerSize {
        let sum = numbers[x + shape.hiddenStride + index] * scale + biases[index]
        numbers[y + index] = Scalar(block.activation.reference(Double(sum)))
      }
    }
  }
}
