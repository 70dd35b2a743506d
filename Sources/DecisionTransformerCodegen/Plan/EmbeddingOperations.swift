/// From the inputs of a step to its tokens.
extension OperationBuilder {
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
        weightBytes: (normRows + rows + shape.groupSize) * shape.hiddenStride * 4)
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
              rows: shape.groupSize, count: layer.depth, input: numbers, output: normalized),
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
        shape.groupSize * network.controlSteps!.state.featureCount * layers[0].columns
    }
    return operations
  }

  package func embed(_ input: EntryInput, as token: Operand) -> [Operation] {
    encode(input, to: token) + [
      Operation(
        kind: .embedTimestep(token, timesteps: index(.timesteps), norm: embeddingNorm),
        comment: "embed_timestep\(normComment)", multiplyAdds: 0,
        weightBytes: (normRows + shape.groupSize) * shape.hiddenStride * 4)
    ]
  }
}
