/// The operations of a trunk: all blocks for one token, and the same for a chunk of tokens.
///
/// A token's rows come from the same sums in the same order either way, so that it makes no difference to a
/// single bit how a sequence is cut.
package struct TrunkSchedule {
  package private(set) var routines: [Routine] = []
  package private(set) var token: [RoutineName] = []
  /// Empty where a chunk would be one token.
  package private(set) var chunk: [RoutineName] = []

  private let shape: Shape
  private let weights: PackedLayout
  private let builder: OperationBuilder

  package init(_ network: Network, shape: Shape, forms: [AttentionForm], weights: PackedLayout) {
    (self.shape, self.weights) = (shape, weights)
    builder = OperationBuilder(
      network: network, shape: shape, forms: forms, weights: weights, hidesEarlySteps: false)
    token = add(.token, "one token", TokenRange(first: .token, count: 1))
    if shape.chunkSize > 1 {
      chunk = add(
        .chunk, "\(shape.chunkSize) tokens", TokenRange(first: .token, count: shape.chunkSize))
    }
  }

  /// Adds a routine for each block and one for ln_f; returns their names.
  private mutating func add(_ name: RoutineName.Tokens, _ subject: String, _ tokens: TokenRange)
    -> [RoutineName]
  {
    let first = routines.count
    for layer in 0..<shape.layerCount {
      add(
        .block(layer, name), "Block \(layer) for \(subject).",
        builder.rows(layer, tokens) + builder.attention(layer, tokens)
          + [correctUnattended(layer, tokens)] + builder.feedForward(layer, tokens))
    }
    add(.norm(name), "ln_f for \(subject).", finalNorm(tokens))
    return routines[first...].map(\.name)
  }

  private mutating func add(_ name: RoutineName, _ summary: String, _ operations: [Operation]) {
    routines.append(
      Routine(name: name, summary: summary, takesToken: true, operations: operations))
  }

  private func correctUnattended(_ layer: Int, _ tokens: TokenRange) -> Operation {
    let index = index(.unattended(layer: layer))
    return Operation(
      kind: .correctUnattended(
        rows: tokens.count, weights: index, Operand(.stream, row: tokens.first)),
      comment: "value biases, where no key is seen", multiplyAdds: 0,
      weightBytes: weights.tensors[index].byteCount)
  }

  private func finalNorm(_ tokens: TokenRange) -> [Operation] {
    let norm = Operation.GainAndShift(gain: index(.finalNormGain), shift: index(.finalNormShift))
    let scratch = Operand(.scratch, row: tokens.first)
    return [
      Operation(
        kind: .normalize(
          rows: tokens.count, input: Operand(.stream, row: tokens.first), output: scratch),
        comment: "ln_f", multiplyAdds: 0, weightBytes: 0),
      Operation(
        kind: .scaleAndShift(
          rows: tokens.count, norm: norm, input: scratch,
          output: Operand(.hiddenState, row: tokens.first)),
        comment: "ln_f", multiplyAdds: 0,
        weightBytes: weights.tensors[norm.gain].byteCount + weights.tensors[norm.shift].byteCount),
    ]
  }

  private func index(_ content: PackedTensor.Content) -> Int {
    weights.tensors.firstIndex { $0.content == content }!
  }
}
