/// The operations of block 0 in the carried form.
///
/// Notation of one token: z is its embedding plus the timestep's, without its mean; a and b are the factors of embed_ln
/// and ln_1, so that its row is x = a·z∘gain + shift and its normalised row n = b·(x - mean). Everything that block 0
/// computes of the token before ln_2 is linear in x or n, and z is linear in the input and the timestep:
///
///     value, its inner row, query  =  a·b·(input · W + bias + time) + b·shift + constant
///     inner row of the token       =  a·(input · W + bias + time) + constant
///
/// with maps multiplied out ahead (`PackedTensor.Content.entryValue` and so on). The timestep's part is computed once a
/// step, in the preparation phase. ln_2 divides the sum over probabilities by its deviation, behind everything else.
extension OperationBuilder {
  private var layer: Int { 0 }

  /// Embeds an input as `token`, with all that block 0 will need of it.
  package func enter(_ input: EntryInput, as token: Operand) -> [Operation] {
    let depth = shape.dimension(of: input)
    let entry = Operation.Entry(
      input: input, numbers: Operand(input.buffer), embedding: index(.embed(input)),
      value: index(.entryValue(input)), query: index(.entryQuery(input)),
      inner: index(.entryInner(input)), timesteps: index(.timesteps),
      norm: Operation.GainAndShift(gain: index(.embedNormGain), shift: index(.embedNormShift)),
      time: Operand(.time), factored: Operand(.entry), token: token,
      normalized: Operand(.normalized(layer: layer), row: token.row),
      queryRow: Operand(.query, row: token.row), carried: Operand(.carried, row: token.row))
    let tensors = [entry.embedding, entry.value, entry.query, entry.inner].map {
      weights.tensors[$0]
    }
    return [
      Operation(
        kind: .enter(entry),
        comment: "embed_\(input.rawValue), embed_timestep, embed_ln, wpe[0], h.0",
        multiplyAdds: shape.groupSize
          * (depth * shape.hiddenSize + (depth + 2) * (shape.carriedStride + shape.hiddenSize)
            + (depth + 1) * shape.innerSize),
        weightBytes: (2 + shape.groupSize) * shape.hiddenStride * 4
          + tensors.reduce(0) { $0 + $1.byteCount })
    ]
  }

  /// What the current timestep adds to every token that enters.
  package func embedTime() -> [Operation] {
    let hidden = shape.hiddenStride
    let (row, value) = (Operand(.time), Operand(.time, row: .at(1), column: hidden))
    func unbiased(
      _ rows: Int, _ columns: Int, _ content: PackedTensor.Content, to output: Operand
    ) -> Operation {
      linear(
        rows: rows, depth: shape.hiddenSize, columns: columns, epilogue: .storeUnbiased, row,
        content, to: output)
    }
    return [
      single(
        .centerTime(
          timesteps: index(.timesteps), gain: index(.embedNormGain), output: Operand(.time)),
        "embed_timestep, embed_ln",
        weightBytes: (1 + shape.groupSize) * shape.hiddenStride * 4),
      unbiased(1, shape.hiddenSize, .fusedQuery(layer: layer), to: Operand(.time, column: hidden)),
      unbiased(1, shape.hiddenSize, .fusedOutput(layer: layer), to: value),
      single(.center(input: value, output: Operand(.time, row: .at(1))), "h.0.ln_2"),
      unbiased(
        2, shape.innerSize, .inner(layer: layer), to: Operand(.time, column: 2 * hidden)),
    ]
  }

  /// Scores, softmax and the weighted sum of values; ln_2 and the MLP's inner rows are `activateCarried`.
  package func carriedAttention(_ tokens: TokenRange) -> [Operation] {
    let causal = isPast(tokens)
    let queries = Operand(.query, row: tokens.first)
    return [
      causal
        ? scores(
          .scores(
            rows: tokens.count, heads: 1, depth: shape.hiddenSize,
            queryStride: shape.groupSize * shape.hiddenStride, keyStride: shape.keyStride,
            causal: true), queries, Operand(.keyPanels(layer: layer)))
        : rowScores(layer, tokens, queries),
      softmax(heads: 1, rows: tokens.count, lastKey: tokens.first, step: 1),
      mix(
        .mix(
          rows: tokens.count, heads: 1, keys: shape.keyCount, columns: shape.carriedStride,
          keyStride: shape.keyStride, rowStride: shape.groupSize * shape.carriedStride,
          strips: shape.carriedStrip == shape.carriedStride
            ? nil : ValueStrips(width: shape.carriedStrip, slots: shape.slotCount),
          causal: causal, addsResidual: true), Operand(.carried),
        residual: Operand(.tokens, row: tokens.first),
        to: Operand(.carriedSums, row: tokens.first)),
    ]
  }

  /// ln_2, its deviation only, and the activation.
  package func activateCarried(_ tokens: TokenRange) -> Operation {
    single(
      .activateCarried(
        rows: shape.groupSize * tokens.count, input: Operand(.carriedSums, row: tokens.first),
        weights: index(.inner(layer: layer)), stream: Operand(.stream, row: tokens.first),
        output: Operand(.inner, row: tokens.first)), "h.0.ln_2, mlp.c_fc",
      weightBytes: shape.innerStride * 4)
  }

  private func single(_ kind: Operation.Kind, _ comment: String, weightBytes: Int = 0) -> Operation
  {
    Operation(kind: kind, comment: comment, multiplyAdds: 0, weightBytes: weightBytes)
  }
}

extension EntryInput {
  /// Where the input lies.
  package var buffer: ControllerBuffer.Name {
    switch self {
    case .return: .returnInput
    case .state: .stateInput
    case .action: .actionInput
    }
  }
}

extension PackedTensor.Content {
  /// The embedding of an input.
  package static func embed(_ input: EntryInput) -> Self {
    switch input {
    case .return: .embedReturn
    case .state: .embedState
    case .action: .embedAction
    }
  }
}
