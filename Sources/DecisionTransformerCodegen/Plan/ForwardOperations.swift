/// The operations of `forward`: every token of the window through every layer, nothing cached, in memory that an
/// episode does not use.
extension OperationBuilder {
  private var everyToken: TokenRange { TokenRange(first: .at(0), count: shape.slotCount) }
  private var outputs: Set<ModelOutput> { Set(network.outputs) }

  /// The return, state and action token of a step, in this order.
  package func embedStep() -> [Operation] {
    EntryInput.allCases.enumerated().flatMap { place, input in
      embed(input, as: Operand(.stream, row: place == 0 ? .token : .behindToken(place)))
    }
  }

  package func forwardBlock(_ layer: Int) -> [Operation] {
    let stream = Operand(.stream)
    let norm =
      network.blocks[layer].normPlacement == .before
      ? [normalize(everyToken, stream, to: Operand(.scratch), "h.\(layer).ln_1")] : []
    return record(.hiddenStates, stream, index: layer) + norm
      + forwardAttention(layer) + self.norm(.attention, layer, everyToken)
      + feedForward(layer, everyToken, to: .stream)
  }

  private func forwardAttention(_ layer: Int) -> [Operation] {
    let standard = forms[layer] == .standard
    let (heads, depth, stride) =
      standard
      ? (shape.headCount, shape.headSize, shape.attentionStride)
      : (1, shape.hiddenSize, shape.hiddenStride)
    let rows = shape.slotCount
    let attended = Operand(network.blocks[layer].normPlacement == .before ? .scratch : .stream)
    func project(_ content: PackedTensor.Content, _ columns: Int, to name: ControllerBuffer.Name)
      -> Operation
    {
      linear(
        rows: rows, depth: shape.hiddenSize, columns: columns, attended, content, to: Operand(name))
    }
    var operations: [Operation] = []
    if standard {
      operations = [
        project(.key(layer: layer), stride, to: .keyRows),
        project(.value(layer: layer), stride, to: .forwardValues),
      ]
    }
    let keys = Operand(.forwardKeys)
    operations += [
      storeKeys(
        .storeKeys(heads: heads, depth: depth, rowStride: stride, keyStride: shape.keyStride),
        rows: rows, standard ? Operand(.keyRows) : attended, to: keys),
      single(.maskTokens(mask: Operand(.tokenMask), keys: keys), "tokens that are not attended to"),
      project(
        standard ? .query(layer: layer) : .fusedQuery(layer: layer),
        standard ? stride : shape.hiddenSize, to: .queries),
      scores(
        .scores(
          rows: rows, heads: heads, depth: depth, queryStride: stride, keyStride: shape.keyStride,
          causal: true), Operand(.queries), keys),
      softmax(heads: heads, rows: rows, lastKey: .at(0), step: 1),
    ]
    if outputs.contains(.attentions) {
      operations.append(
        single(
          .recordAttention(
            layer: layer, scores: Operand(.scores), output: Operand(.output(.attentions))),
          "attentions[\(layer)]"))
    }
    let columns = standard ? shape.headStride : shape.hiddenStride
    return operations + [
      mix(
        .mix(
          rows: rows, heads: heads, keys: shape.keyCount, columns: columns,
          keyStride: shape.keyStride, rowStride: stride, causal: true, addsResidual: false),
        standard ? Operand(.forwardValues) : attended, to: Operand(.mixed)),
      linear(
        rows: rows, depth: standard ? stride : shape.hiddenSize, columns: shape.hiddenSize,
        epilogue: .add, Operand(.mixed),
        standard ? .projection(layer: layer) : .fusedOutput(layer: layer),
        residual: Operand(.stream), to: Operand(.stream)),
    ]
  }

  /// The last hidden state and the heads, each computed for every token and kept for those that it is read at.
  package func forwardHeads() -> [Operation] {
    var (operations, rows) = headRows(everyToken)
    let isNormalized = network.finalNorm != nil
    operations += record(.lastHiddenState, rows, index: 0, isNormalized: isNormalized)
    operations += record(
      .hiddenStates, rows, index: shape.layerCount, isNormalized: isNormalized)
    let tanh = Kernel.Epilogue.activation(.tanh)
    let heads:
      [(
        output: ModelOutput, content: PackedTensor.Content, columns: Int,
        epilogue: Kernel.Epilogue, token: Int
      )] = [
        (
          .action, .predictAction, shape.actionDimension,
          network.controlSteps!.action.hasTanh ? tanh : .store, 1
        ),
        (.state, .predictState, shape.stateDimension, .store, 2),
        (.return, .predictReturn, 1, .store, 2),
      ]
    for head in heads where outputs.contains(head.output) {
      operations += [
        linear(
          rows: shape.slotCount, depth: shape.hiddenSize, columns: head.columns,
          epilogue: head.epilogue, rows, head.content, to: Operand(.headRows)),
        single(
          .recordSteps(
            Operand(.headRows), head.output, token: head.token,
            output: Operand(.output(head.output))),
          "\(head.output.rawValue)_preds"),
      ]
    }
    return operations
  }

  /// The heads of the action token, in the preparation phase.
  package func predictNext(_ token: TokenRange) -> [Operation] {
    var (operations, rows) = headRows(token)
    if outputs.contains(.state) {
      operations.append(
        linear(
          rows: 1, depth: shape.hiddenSize, columns: shape.stateDimension, rows, .predictState,
          to: Operand(.nextState)))
    }
    if outputs.contains(.return) {
      operations.append(
        linear(
          rows: 1, depth: shape.hiddenSize, columns: 1, rows, .predictReturn,
          to: Operand(.nextReturn)))
    }
    return operations
  }

  private func record(
    _ output: ModelOutput, _ rows: Operand, index: Int, isNormalized: Bool = false
  ) -> [Operation] {
    guard outputs.contains(output) else { return [] }
    let place = output == .hiddenStates ? "[\(index)]" : ""
    return [
      single(
        .recordTokens(
          rows, output, index: index,
          norm: isNormalized
            ? Operation.GainAndShift(
              gain: self.index(.finalNormGain), shift: self.index(.finalNormShift)) : nil,
          output: Operand(.output(output))),
        "\(output.rawValue)\(place)\(isNormalized ? ": ln_f" : "")",
        weightBytes: isNormalized ? 2 * shape.hiddenStride * MemoryLayout<Float>.stride : 0)
    ]
  }

  private func single(_ kind: Operation.Kind, _ comment: String, weightBytes: Int = 0) -> Operation
  {
    Operation(kind: kind, comment: comment, multiplyAdds: 0, weightBytes: weightBytes)
  }
}
