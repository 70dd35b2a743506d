/// Attention in every form but the carried one: the rows that later queries need, and what tokens see.
extension OperationBuilder {
  /// What later queries of `layer` need of `tokens`: the rows that they meet, or keys and values; in block 0 also
  /// their queries, which stay valid as long as the token is in the window.
  package func rows(_ layer: Int, _ tokens: TokenRange, storingKeys: Bool = true) -> [Operation] {
    let input = Operand(input(of: layer), row: tokens.first)
    let normalized = Operand(attended(layer), row: tokens.first)
    // Of the carried form, entering has computed everything.
    let storesKeys = storingKeys && needsPanels(layer, tokens)
    if forms[layer] == .carried { return storesKeys ? storeKeys(layer, tokens) : [] }
    var operations =
      network.blocks[layer].normPlacement == .before
      ? [normalize(tokens, input, to: normalized, "h.\(layer).ln_1")] : []
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
        rowStride: shape.groupSize * shape.attentionStride, keyStride: shape.keyStride)
      : Kernel.storeKeys(
        heads: 1, depth: shape.hiddenSize, rowStride: shape.groupSize * shape.hiddenStride,
        keyStride: shape.keyStride)
    let input = Operand(standard ? keyRows(layer) : attended(layer), row: tokens.first)
    return [
      storeKeys(kernel, rows: tokens.count, input, to: Operand(.keyPanels(layer: layer)))
    ]
  }

  /// Attention of `tokens` with its residual connection; `rows` of them must have run.
  package func attention(_ layer: Int, _ tokens: TokenRange) -> [Operation] {
    let operations =
      switch forms[layer] {
      case .absorbed: absorbedAttention(layer)
      case .carried: carriedAttention(tokens)
      case .standard, .fused: rowAttention(layer, tokens)
      }
    return operations + norm(.attention, layer, tokens)
  }

  private func rowAttention(_ layer: Int, _ tokens: TokenRange) -> [Operation] {
    let standard = forms[layer] == .standard
    let causal = isPast(tokens)
    let (heads, depth, stride) =
      standard
      ? (shape.headCount, shape.headSize, shape.groupSize * shape.attentionStride)
      : (1, shape.hiddenSize, shape.groupSize * shape.hiddenStride)
    var operations: [Operation] = []
    let queries = Operand(queryBuffer(layer), row: tokens.first)
    if !network.asksAgain(inBlock: layer) {
      operations.append(
        query(layer, tokens, Operand(attended(layer), row: tokens.first)))
    }
    let columns = standard ? shape.headStride : shape.hiddenStride
    let values = Operand(standard ? .value(layer: layer) : attended(layer))
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
    let stride = shape.groupSize * shape.hiddenStride
    var operations = [
      linear(
        rows: 1, depth: hidden, columns: shape.attentionStride,
        Operand(attended(layer), row: state), .query(layer: layer),
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
        Operand(attended(layer)), to: Operand(.absorbedMixed)),
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
}
