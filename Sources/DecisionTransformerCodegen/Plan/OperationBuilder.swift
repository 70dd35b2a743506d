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

  // MARK: Embedding

  /// Embeds one input as the token in `slot`: linear map, timestep, embed_ln, wpe.
  package func embed(_ input: EntryInput, slot: Int) -> [Operation] {
    let token = Operand(.tokens, row: .at(slot))
    if network.hasMovingPositions {
      return encode(input, slot: slot) + position(TokenRange(first: .at(slot), count: 1))
    }
    return forms[0] == .carried ? enter(input, as: token) : embed(input, as: token)
  }

  /// One input without its position, where these move.
  package func encode(_ input: EntryInput, slot: Int) -> [Operation] {
    encode(input, to: Operand(.embedded, row: .at(slot)))
  }

  /// Positions of tokens, where these move.
  package func position(_ tokens: TokenRange) -> [Operation] {
    let rows =
      network.controlSteps!.slots == .tokens
      ? tokens.count : (tokens.count + shape.tokensPerStep - 1) / shape.tokensPerStep
    return [
      Operation(
        kind: .position(
          rows: tokens.count, input: Operand(.embedded, row: tokens.first),
          timesteps: index(.timesteps), slots: index(.slots), norm: embeddingNorm,
          output: Operand(.tokens, row: tokens.first)),
        comment: "embed_timestep, embed_slot\(normComment)", multiplyAdds: 0,
        weightBytes: (normRows + rows + shape.batch) * shape.hiddenStride * 4)
    ]
  }

  /// embed_ln, with wpe in its shift.
  private var embeddingNorm: Operation.GainAndShift? {
    network.controlSteps?.embeddingNorm.map { _ in
      Operation.GainAndShift(gain: index(.embedNormGain), shift: index(.embedNormShift))
    }
  }

  private var normRows: Int { embeddingNorm == nil ? 0 : 2 }

  private var normComment: String { embeddingNorm == nil ? "" : ", embed_ln, wpe[0]" }

  /// The linear maps from an input to its token.
  private func encode(_ input: EntryInput, to token: Operand) -> [Operation] {
    let layers = shape.layers(of: input, network.controlSteps!)
    var numbers = Operand(input.buffer)
    var operations: [Operation] = []
    if input == .state, let frames = network.controlSteps!.state.frames {
      operations = convolveState()
      numbers = Operand(.frameMap(layer: frames.convolutions.count - 1))
    }
    let first = operations.count
    for (index, layer) in layers.enumerated() {
      let isLast = index == layers.count - 1
      let output = isLast ? token : Operand(.encoded(layer: index))
      if layer.normalizesInput {
        let normalized = Operand(.encodedNorm(layer: index - 1))
        operations.append(
          Operation(
            kind: .normalizeNumbers(
              rows: shape.batch, count: layer.depth, input: numbers, output: normalized),
            comment: "norm of the state's encoder", multiplyAdds: 0, weightBytes: 0))
        numbers = normalized
      }
      let shortcut = layer.addsShortcut ? Operand(.encoded(layer: index - 2)) : nil
      operations.append(
        linear(
          rows: 1, depth: layer.depth, columns: layer.columns,
          epilogue: shortcut == nil ? .finishing(layer.activation) : .adding(layer.activation),
          numbers, isLast ? .embed(input) : .encoder(index), residual: shortcut, to: output))
      numbers = output
    }
    if input == .state {
      // Channels that only fill a vector are no work that the model asks for.
      operations[first].multiplyAdds =
        shape.batch * network.controlSteps!.state.featureCount * layers[0].columns
    }
    return operations
  }

  package func embed(_ input: EntryInput, as token: Operand) -> [Operation] {
    encode(input, to: token) + [
      Operation(
        kind: .embedTimestep(token, timesteps: index(.timesteps), norm: embeddingNorm),
        comment: "embed_timestep\(normComment)", multiplyAdds: 0,
        weightBytes: (normRows + shape.batch) * shape.hiddenStride * 4)
    ]
  }

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
          rows: shape.batch * tokens.count, norm: norm, input: stream,
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
    let rows = shape.batch * rows
    let kernel = Kernel.linear(
      rows: rows, depth: depth, columns: columns, epilogue: epilogue, format: tensor.format,
      strides: RowStrides(
        rows: rows, depth: depth, columns: columns, from: input, to: output, shape))
    return Operation(
      kind: .linear(
        kernel, input: input, weights: index, residual: residual,
        widened: kernel.widensWeights ? Operand(.widened) : nil, output: output),
      comment: tensor.name, multiplyAdds: rows * depth * columns,
      weightBytes: tensor.byteCount)
  }

  package func normalize(
    _ tokens: TokenRange, _ input: Operand, to output: Operand, _ comment: String
  ) -> Operation {
    Operation(
      kind: .normalize(rows: shape.batch * tokens.count, input: input, output: output),
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
      multiplyAdds: shape.batch * heads * depth * pairs(rows: rows, causal: causal),
      weightBytes: 0)
  }

  /// Scores of one or two tokens against key rows, which the weighted sum reads next.
  package func rowScores(_ layer: Int, _ tokens: TokenRange, _ queries: Operand) -> Operation {
    let stride = shape.batch * shape.hiddenStride
    return Operation(
      kind: .scores(
        .rowScores(
          rows: tokens.count, depth: shape.hiddenStride, keys: shape.keyCount, queryStride: stride,
          rowStride: stride, keyStride: shape.keyStride), queries: queries,
        keys: Operand(attended(layer)), output: Operand(.scores)),
      comment: "q·kᵀ",
      multiplyAdds: shape.batch * shape.hiddenSize * pairs(rows: tokens.count, causal: false),
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
      multiplyAdds: shape.batch * heads * columns * pairs(rows: rows, causal: causal),
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
