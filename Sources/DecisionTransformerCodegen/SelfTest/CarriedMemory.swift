/// The carried form of block 0.
extension PlanMemory {
  private func offset(_ name: ControllerBuffer.Name) -> Int { plan.memory.buffer(name).offset }

  mutating func center(_ input: Int, _ output: Int) {
    let size = plan.shape.hiddenSize
    let mean = floats[input..<input + size].reduce(0, +) / Float(size)
    for index in 0..<size { floats[output + index] = floats[input + index] - mean }
  }

  mutating func centerTime() {
    let (size, row) = (plan.shape.hiddenSize, offset(.time))
    floats.replaceSubrange(row..<row + size, with: payload[timestepRow..<timestepRow + size])
    center(row, row)
    let gain = plan.weights.tensor(.embedNormGain).offset
    for index in 0..<size { floats[row + index] *= payload[gain + index] }
    center(row, row)
  }

  mutating func enter(_ input: EntryInput, _ operand: Operand, token: Int) {
    let shape = plan.shape
    func row(_ name: ControllerBuffer.Name) -> Int {
      place(Operand(name, row: operand.row), token: token)
    }
    let start = offset(input.buffer)
    let numbers = floats[start..<start + shape.dimension(of: input)]
    func product(_ content: PackedTensor.Content, _ columns: Int, _ x: [Float]) -> [Float] {
      let map = maps[plan.weights.tensors.firstIndex { $0.content == content }!]!
      var sums = Array(map[0..<columns])
      for (index, number) in x.enumerated() {
        sums.add(number, times: map, from: (index + 1) * columns)
      }
      return sums
    }
    func store(_ sums: [Float], plus time: Int, times factor: Float, at place: Int) {
      for index in sums.indices {
        floats[place + index] = sums[index] + floats[time + index] * factor
      }
    }
    let x = row(.tokens)
    let embedding = product(.embed(input), shape.hiddenSize, Array(numbers))
    floats.replaceSubrange(x..<x + shape.hiddenSize, with: embedding)
    let outer = embedNormalize(x)
    let inner = normalize(x, row(.normalized(layer: 0)), epsilon: layerNormEpsilon)
    let both = outer * inner
    let entry = numbers.map { $0 * both } + [both, inner]
    let (hidden, time) = (shape.hiddenStride, offset(.time))
    store(
      product(.entryValue(input), shape.carriedStride, entry),
      plus: time + shape.timeStride + hidden, times: both, at: row(.carried))
    store(
      product(.entryQuery(input), shape.hiddenSize, entry), plus: time + hidden, times: both,
      at: row(.query))
    store(
      product(.entryInner(input), shape.innerSize, numbers.map { $0 * outer } + [outer]),
      plus: time + 2 * hidden, times: outer, at: x + hidden)
  }

  mutating func activateCarried(
    _ rows: Int, _ input: Int, _ map: [Float], _ stream: Int, _ output: Int
  ) {
    let shape = plan.shape
    for row in 0..<rows {
      let (x, y) = (input + row * shape.carriedStride, output + row * shape.innerStride)
      let target = stream + row * shape.hiddenStride
      let scale = normalize(x, target, epsilon: layerNormEpsilon)
      for index in 0..<shape.hiddenSize { floats[target + index] = floats[x + index] }
      for index in 0..<shape.innerSize {
        let sum = floats[x + shape.hiddenStride + index] * scale + map[index]
        floats[y + index] = Float(activation.reference(Double(sum)))
      }
    }
  }
}
