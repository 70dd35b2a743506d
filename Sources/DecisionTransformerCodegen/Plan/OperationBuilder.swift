/// Consecutive slots of the window that go through a block together.
package struct TokenRange: Equatable {
  package var first: Operand.Row
  package var count: Int
}

/// Makes the operations of one stage of the network for a range of tokens.
package struct OperationBuilder {
  package let network: Network
  package let shape: Shape
  package let forms: [AttentionForm]
  package let weights: PackedLayout
  /// Whether the window may reach back to before the episode: not for `forward`, and not for a trunk.
  package let hidesEarlySteps: Bool

  // MARK: MLP and head

  /// - Parameter output: Where a norm behind the MLP leaves its rows; nil means where the next block reads them.
  package func feedForward(
    _ layer: Int, _ tokens: TokenRange, to output: ControllerBuffer.Name? = nil
  ) -> [Operation] {
    let (stream, scratch, inner) = (
      Operand(.stream, row: tokens.first), Operand(.scratch, row: tokens.first),
      Operand(.inner, row: tokens.first)
    )
    let outer = linear(
      rows: tokens.count, depth: shape.innerSize, columns: shape.hiddenSize, epilogue: .add,
      inner, .outer(layer: layer), residual: stream, to: stream)
    if forms[layer] == .carried { return [activateCarried(tokens), outer] }
    func activated(_ rows: Operand) -> Operation {
      linear(
        rows: tokens.count, depth: shape.hiddenSize, columns: shape.innerSize,
        epilogue: .activation(network.blocks[layer].activation), rows, .inner(layer: layer),
        to: inner)
    }
    switch network.blocks[layer].normPlacement {
    case .before:
      return [
        normalize(tokens, stream, to: scratch, "h.\(layer).ln_2"), activated(scratch), outer,
      ]
    case .after:
      let output = output ?? forms.output(of: layer, network)
      return [activated(stream), outer] + norm(.mlp, layer, tokens, to: output)
    }
  }

  /// The norm behind a part of a block, of its sums in `stream`; nothing where norms are in front.
  package func norm(
    _ part: PackedTensor.BlockPart, _ layer: Int, _ tokens: TokenRange,
    to output: ControllerBuffer.Name = .stream
  ) -> [Operation] {
    guard network.blocks[layer].normPlacement == .after else { return [] }
    let stream = Operand(.stream, row: tokens.first)
    let name = part.norm(layer: layer).shortName
    let norm = Operation.GainAndShift(
      gain: index(.normGain(layer: layer, part)), shift: index(.normShift(layer: layer, part)))
    return [
      normalize(tokens, stream, to: stream, name),
      Operation(
        kind: .scaleAndShift(
          rows: shape.groupSize * tokens.count, norm: norm, input: stream,
          output: Operand(output, row: tokens.first)), comment: name, multiplyAdds: 0,
        weightBytes: 2 * shape.hiddenStride * MemoryLayout<Float>.stride),
    ]
  }

  /// Rows behind the last block as heads read them, at the same slots.
  package func headRows(_ tokens: TokenRange) -> (operations: [Operation], rows: Operand) {
    let stream = Operand(.stream, row: tokens.first)
    guard network.finalNorm != nil else { return ([], stream) }
    let scratch = Operand(.scratch, row: tokens.first)
    return ([normalize(tokens, stream, to: scratch, "ln_f")], scratch)
  }

  package func predict() -> [Operation] {
    let (operations, rows) = headRows(TokenRange(first: .at(shape.stateToken), count: 1))
    return operations + [
      linear(
        rows: 1, depth: shape.hiddenSize, columns: shape.actionDimension,
        epilogue: network.controlSteps!.action.hasTanh ? .activation(.tanh) : .store,
        rows, .predictAction, to: Operand(.prediction))
    ]
  }

  // MARK: Single operations

  /// Where keys lie before they become panels: in rows of the block's own where they outlast the step.
  package func keyRows(_ layer: Int) -> ControllerBuffer.Name {
    network.controlSteps != nil && isKept(layer) ? .key(layer: layer) : .keyRows
  }

  /// The rows that enter a block.
  package func input(of layer: Int) -> ControllerBuffer.Name {
    forms.input(of: layer, network)
  }

  /// The rows that queries, keys and values are made of; in the forms of one head keys and values themselves.
  package func attended(_ layer: Int) -> ControllerBuffer.Name {
    if network.blocks[layer].normPlacement == .after { return input(of: layer) }
    return forms[layer] == .standard ? .scratch : .normalized(layer: layer)
  }

  package func queryBuffer(_ layer: Int) -> ControllerBuffer.Name {
    forms[layer] == .carried || network.asksAgain(inBlock: layer) ? .query : .queries
  }

  package func query(_ layer: Int, _ tokens: TokenRange, _ normalized: Operand) -> Operation {
    let standard = forms[layer] == .standard
    return linear(
      rows: tokens.count, depth: shape.hiddenSize,
      columns: standard ? shape.attentionStride : shape.hiddenSize,
      normalized, standard ? .query(layer: layer) : .fusedQuery(layer: layer),
      to: Operand(queryBuffer(layer), row: tokens.first))
  }

  package func index(_ content: PackedTensor.Content) -> Int {
    weights.tensors.firstIndex { $0.content == content }!
  }

  package func linear(
    rows: Int, depth: Int, columns: Int, epilogue: Kernel.Epilogue = .store, _ input: Operand,
    _ content: PackedTensor.Content, residual: Operand? = nil, to output: Operand
  ) -> Operation {
    let index = index(content)
    let tensor = weights.tensors[index]
    let rows = shape.groupSize * rows
    let kernel = Kernel.linear(
      rows: rows, depth: depth, columns: columns, epilogue: epilogue, format: tensor.format,
      strides: RowStrides(
        rows: rows, depth: depth, columns: columns, from: input, to: output, shape))
    return Operation(
      kind: .linear(
        kernel, input: input, weights: index, residual: residual,
        converted: kernel.conversion == nil ? nil : Operand(.converted), output: output),
      comment: tensor.name, multiplyAdds: rows * depth * columns,
      weightBytes: tensor.byteCount)
  }

  package func normalize(
    _ tokens: TokenRange, _ input: Operand, to output: Operand, _ comment: String
  ) -> Operation {
    Operation(
      kind: .normalize(rows: shape.groupSize * tokens.count, input: input, output: output),
      comment: comment,
      multiplyAdds: 0, weightBytes: 0)
  }

  package func scores(_ kernel: Kernel, _ queries: Operand, _ keys: Operand) -> Operation {
    guard case .scores(let rows, let heads, let depth, _, _, let causal) = kernel else {
      preconditionFailure()
    }
    return Operation(
      kind: .scores(
        kernel, queries: queries, keys: keys, output: Operand(.scores)),
      comment: "q·kᵀ",
      multiplyAdds: shape.groupSize * heads * depth * pairs(rows: rows, causal: causal),
      weightBytes: 0)
  }

  /// Scores of one or two tokens against key rows, which the weighted sum reads next.
  package func rowScores(_ layer: Int, _ tokens: TokenRange, _ queries: Operand) -> Operation {
    let stride = shape.groupSize * shape.hiddenStride
    return Operation(
      kind: .scores(
        .rowScores(
          rows: tokens.count, depth: shape.hiddenStride, keys: shape.keyCount, queryStride: stride,
          rowStride: stride, keyStride: shape.keyStride), queries: queries,
        keys: Operand(attended(layer)), output: Operand(.scores)),
      comment: "q·kᵀ",
      multiplyAdds: shape.groupSize * shape.hiddenSize * pairs(rows: tokens.count, causal: false),
      weightBytes: 0)
  }

  package func storeKeys(
    _ kernel: Kernel, rows: Int, _ input: Operand, to keys: Operand
  ) -> Operation {
    Operation(
      kind: .storeKeys(kernel, rows: rows, input: input, keys: keys), comment: "", multiplyAdds: 0,
      weightBytes: 0)
  }

  package func softmax(heads: Int, rows: Int, lastKey: Operand.Row, step: Int) -> Operation {
    Operation(
      kind: .softmax(
        Operand(.scores), mask: shape.tokenCapacity == nil ? nil : Operand(.mask), heads: heads,
        rows: rows, lastKey: lastKey, step: step, hidesEarlySteps: hidesEarlySteps),
      comment: "", multiplyAdds: 0, weightBytes: 0)
  }

  package func mix(
    _ kernel: Kernel, _ values: Operand, residual: Operand? = nil, to output: Operand
  ) -> Operation {
    guard case .mix(let rows, let heads, _, let columns, _, _, _, let causal, _) = kernel else {
      preconditionFailure()
    }
    return Operation(
      kind: .mix(
        kernel, scores: Operand(.scores), values: values, residual: residual, output: output),
      comment: "p·v",
      multiplyAdds: shape.groupSize * heads * columns * pairs(rows: rows, causal: causal),
      weightBytes: 0)
  }

  /// Whether `tokens` are the past of the window, which see no token behind them.
  package func isPast(_ tokens: TokenRange) -> Bool {
    tokens.first == .at(0) && tokens.count == shape.pastTokenCount
  }

  /// Pairs of query and key that are needed.
  private func pairs(rows: Int, causal: Bool) -> Int {
    causal ? rows * (rows + 1) / 2 : rows * shape.keyCount
  }
}
