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
    return forms[0] == .carried ? enter(input, as: token) : embed(input, as: token)
  }

  package func embed(_ input: EntryInput, as token: Operand) -> [Operation] {
    [
      linear(
        rows: 1, depth: shape.dimension(of: input), columns: shape.hiddenSize,
        Operand(input.buffer), .embed(input), to: token),
      Operation(
        kind: .embedNormalize(
          token, timesteps: index(.timesteps), gain: index(.embedNormGain),
          shift: index(.embedNormShift)), comment: "embed_timestep, embed_ln, wpe[0]",
        multiplyAdds: 0,
        weightBytes: (2 + shape.batch) * shape.hiddenStride * 4),
    ]
  }

  // MARK: Attention

  /// What later queries of `layer` need of `tokens`: normalised rows, or keys and values; in block 0 also
  /// their queries, which stay valid as long as the token is in the window.
  package func rows(_ layer: Int, _ tokens: TokenRange, storingKeys: Bool = true) -> [Operation] {
    let input = Operand(input(of: layer), row: tokens.first)
    let normalized = Operand(
      forms[layer] == .standard ? .scratch : .normalized(layer: layer), row: tokens.first)
    // Of the carried form, entering has computed everything.
    let storesKeys = storingKeys && needsPanels(layer, tokens)
    if forms[layer] == .carried { return storesKeys ? storeKeys(layer, tokens) : [] }
    var operations = [normalize(tokens, input, to: normalized, "h.\(layer).ln_1")]
    if forms[layer] == .standard {
      operations.append(
        linear(
          rows: tokens.count, depth: shape.hiddenSize, columns: shape.attentionStride,
          normalized, .key(layer: layer), to: Operand(keyRows(layer), row: tokens.first)))
      operations.append(
        linear(
          rows: tokens.count, depth: shape.hiddenSize, columns: shape.attentionStride,
          normalized, .value(layer: layer), to: Operand(.value(layer: layer), row: tokens.first)))
    }
    if storesKeys { operations += storeKeys(layer, tokens) }
    if network.asksAgain(inBlock: layer) {
      operations.append(query(layer, tokens, normalized))
    }
    return operations
  }

  /// Whether somebody asks for keys of `tokens` in panels: in one-head forms only a window does.
  package func needsPanels(_ layer: Int, _ tokens: TokenRange) -> Bool {
    isPast(tokens)
      ? forms[layer].needsPanels(layer: layer, shape: shape, network)
      : !forms[layer].scoresRows(shape)
  }

  /// Copies the key rows of `tokens` into panels.
  package func storeKeys(_ layer: Int, _ tokens: TokenRange) -> [Operation] {
    let standard = forms[layer] == .standard
    let kernel =
      standard
      ? Kernel.storeKeys(
        heads: shape.headCount, depth: shape.headSize,
        rowStride: shape.batch * shape.attentionStride, keyStride: shape.keyStride)
      : Kernel.storeKeys(
        heads: 1, depth: shape.hiddenSize, rowStride: shape.batch * shape.hiddenStride,
        keyStride: shape.keyStride)
    let input = Operand(standard ? keyRows(layer) : .normalized(layer: layer), row: tokens.first)
    return [
      storeKeys(kernel, rows: tokens.count, input, to: Operand(.keyPanels(layer: layer)))
    ]
  }

  /// Attention of `tokens` with its residual connection; `rows` of them must have run.
  package func attention(_ layer: Int, _ tokens: TokenRange) -> [Operation] {
    switch forms[layer] {
    case .absorbed: absorbedAttention(layer)
    case .carried: carriedAttention(tokens)
    case .standard, .fused: rowAttention(layer, tokens)
    }
  }

  private func rowAttention(_ layer: Int, _ tokens: TokenRange) -> [Operation] {
    let standard = forms[layer] == .standard
    let causal = isPast(tokens)
    let (heads, depth, stride) =
      standard
      ? (shape.headCount, shape.headSize, shape.batch * shape.attentionStride)
      : (1, shape.hiddenSize, shape.batch * shape.hiddenStride)
    var operations: [Operation] = []
    let queries = Operand(queryBuffer(layer), row: tokens.first)
    if !network.asksAgain(inBlock: layer) {
      let normalized = Operand(standard ? .scratch : .normalized(layer: layer), row: tokens.first)
      operations.append(query(layer, tokens, normalized))
    }
    let columns = standard ? shape.headStride : shape.hiddenStride
    let values = Operand(standard ? .value(layer: layer) : .normalized(layer: layer))
    let mixed = Operand(.mixed, row: tokens.first)
    operations += [
      needsPanels(layer, tokens)
        ? scores(
          .scores(
            rows: tokens.count, heads: heads, depth: depth, queryStride: stride,
            keyStride: shape.keyStride, causal: causal), queries,
          Operand(.keyPanels(layer: layer)))
        : rowScores(layer, tokens, queries),
      softmax(heads: heads, rows: tokens.count, lastKey: tokens.first, step: 1),
      mix(
        .mix(
          rows: tokens.count, heads: heads, keys: shape.keyCount, columns: columns,
          keyStride: shape.keyStride, rowStride: stride, causal: causal, addsResidual: false),
        values, to: mixed),
      linear(
        rows: tokens.count, depth: standard ? shape.attentionStride : shape.hiddenSize,
        columns: shape.hiddenSize, epilogue: .add,
        mixed, standard ? .projection(layer: layer) : .fusedOutput(layer: layer),
        residual: Operand(input(of: layer), row: tokens.first),
        to: Operand(.stream, row: tokens.first)),
    ]
    return operations
  }

  /// The absorbed form exists for the state token alone.
  private func absorbedAttention(_ layer: Int) -> [Operation] {
    let state = Operand.Row.at(shape.stateToken)
    let (heads, hidden) = (shape.headCount, shape.hiddenSize)
    let stride = shape.batch * shape.hiddenStride
    var operations = [
      linear(
        rows: 1, depth: hidden, columns: shape.attentionStride,
        Operand(.normalized(layer: layer), row: state), .query(layer: layer),
        to: Operand(.headQuery))
    ]
    for head in 0..<heads {
      operations.append(
        linear(
          rows: 1, depth: shape.headSize, columns: hidden,
          Operand(.headQuery, column: head * shape.headStride),
          .absorbedKey(layer: layer, head: head), to: Operand(.absorbedQueries, row: .at(head))))
    }
    operations += [
      scores(
        .scores(
          rows: heads, heads: 1, depth: hidden, queryStride: stride,
          keyStride: shape.keyStride, causal: false), Operand(.absorbedQueries),
        Operand(.keyPanels(layer: layer))),
      softmax(heads: 1, rows: heads, lastKey: state, step: 0),
      mix(
        .mix(
          rows: heads, heads: 1, keys: shape.keyCount, columns: shape.hiddenStride,
          keyStride: shape.keyStride, rowStride: stride, causal: false, addsResidual: false),
        Operand(.normalized(layer: layer)), to: Operand(.absorbedMixed)),
    ]
    for head in 0..<heads {
      operations.append(
        linear(
          rows: 1, depth: hidden, columns: shape.headSize,
          Operand(.absorbedMixed, row: .at(head)), .absorbedValue(layer: layer, head: head),
          to: Operand(.headValues, column: head * shape.headStride)))
    }
    operations.append(
      linear(
        rows: 1, depth: shape.attentionStride, columns: hidden, epilogue: .add,
        Operand(.headValues), .projection(layer: layer),
        residual: Operand(input(of: layer), row: state),
        to: Operand(.stream, row: state)))
    return operations
  }

  // MARK: MLP and head

  package func feedForward(_ layer: Int, _ tokens: TokenRange) -> [Operation] {
    let (stream, scratch, inner) = (
      Operand(.stream, row: tokens.first), Operand(.scratch, row: tokens.first),
      Operand(.inner, row: tokens.first)
    )
    let outer = linear(
      rows: tokens.count, depth: shape.innerSize, columns: shape.hiddenSize, epilogue: .add,
      inner, .outer(layer: layer), residual: stream, to: stream)
    if forms[layer] == .carried { return [activateCarried(tokens), outer] }
    return [
      normalize(tokens, stream, to: scratch, "h.\(layer).ln_2"),
      linear(
        rows: tokens.count, depth: shape.hiddenSize, columns: shape.innerSize,
        epilogue: .activation(network.blocks[layer].activation), scratch, .inner(layer: layer),
        to: inner),
      outer,
    ]
  }

  package func predict() -> [Operation] {
    let state = TokenRange(first: .at(shape.stateToken), count: 1)
    let scratch = Operand(.scratch, row: state.first)
    return [
      normalize(state, Operand(.stream, row: state.first), to: scratch, "ln_f"),
      linear(
        rows: 1, depth: shape.hiddenSize, columns: shape.actionDimension,
        epilogue: network.controlSteps!.action.hasTanh ? .activation(.tanh) : .store,
        scratch, .predictAction, to: Operand(.prediction)),
    ]
  }

  // MARK: Sliding

  /// Moves what survives a slide, and is needed behind it: keys and values; of a block whose output is computed anew, its
  /// tokens and queries, too.
  package func slide() -> [Operation] {
    var buffers: [ControllerBuffer.Name] = []
    for layer in shape.layers where isKept(layer) {
      if network.asksAgain(inBlock: layer) { buffers += [input(of: layer), queryBuffer(layer)] }
      if forms[layer] == .carried { buffers.append(.carried) }
      buffers +=
        forms[layer] == .standard
        ? [.key(layer: layer), .value(layer: layer)] : [.normalized(layer: layer)]
    }
    return buffers.map {
      Operation(kind: .slide(Operand($0)), comment: "", multiplyAdds: 0, weightBytes: 0)
    }
  }

  private func isKept(_ layer: Int) -> Bool { network.survivesSlide(enteringBlock: layer) }

  // MARK: Single operations

  /// Where keys lie before they become panels: in rows of the block's own where they outlast the step.
  private func keyRows(_ layer: Int) -> ControllerBuffer.Name {
    network.controlSteps != nil && isKept(layer) ? .key(layer: layer) : .keyRows
  }

  /// The rows that enter a block.
  private func input(of layer: Int) -> ControllerBuffer.Name {
    layer == shape.layers.lowerBound ? .tokens : .stream
  }

  private func queryBuffer(_ layer: Int) -> ControllerBuffer.Name {
    forms[layer] == .carried || network.asksAgain(inBlock: layer) ? .query : .queries
  }

  private func query(_ layer: Int, _ tokens: TokenRange, _ normalized: Operand) -> Operation {
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
        keys: Operand(.normalized(layer: layer)), output: Operand(.scores)),
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
