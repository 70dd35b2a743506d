/// A trunk as generated code runs it: embeddings through all blocks, one token or a chunk of them at a time, on a machine.
package struct TrunkMachine<Scalar: BinaryFloatingPoint> {
  private let plan: Plan
  private var machine: Machine<Scalar>
  /// Tokens in the cache.
  package private(set) var pastLength = 0

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package init(_ plan: Plan, _ weights: MachineWeights<Scalar>) {
    self.plan = plan
    machine = Machine(plan, weights)
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func reset() { pastLength = 0 }

  /// Keeps the first `length` tokens of the cache.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func crop(to length: Int) { pastLength = max(0, min(length, pastLength)) }

  /// The last hidden state of T new tokens, T × H; the parameters are `ReferenceTrunk`'s.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func forward(
    inputsEmbeds: [[Scalar]], positionIDs: [Int]? = nil, attentionMask: [Bool]? = nil,
    usesCache: Bool = true
  ) -> [[Scalar]] {
    let (first, end) = (pastLength, pastLength + inputsEmbeds.count)
    let positions = positionIDs ?? Array(first..<end)
    show(attentionMask ?? Array(repeating: true, count: end))
    var token = first
    while token < end {
      // Two tokens already go as a chunk; what it has behind the last token is not looked at.
      let isChunk = !plan.chunk.isEmpty && end - token > 1
      let count = isChunk ? plan.shape.chunkSize : 1
      embed(inputsEmbeds, positions, from: token - first, count: count)
      for name in isChunk ? plan.chunk : plan.token { machine.run(name, token: token) }
      token += count
    }
    if usesCache { pastLength = end }
    return (first..<end).map {
      machine[Operand(.hiddenState, row: .at($0)), plan.network.hiddenSize]
    }
  }

  private mutating func show(_ mask: [Bool]) {
    machine[Operand(.mask), mask.count] = mask.map { $0 ? 0 : Machine<Scalar>.hiddenScore }
    machine.firstVisibleKey = mask.firstIndex(of: true) ?? mask.count
  }

  /// Rows of tokens plus their positions'; rows behind the last token are zero.
  private mutating func embed(
    _ inputs: [[Scalar]], _ positions: [Int], from first: Int, count: Int
  ) {
    let (table, size) = (machine.weights.numbers(of: .positions), plan.network.hiddenSize)
    for row in 0..<count {
      let index = first + row
      machine[Operand(.tokens, row: .at(row)), size] =
        index < inputs.count
        ? (0..<size).map { inputs[index][$0] + table[positions[index] * size + $0] }
        : Array(repeating: 0, count: size)
    }
  }
}
