/// How operands and operations read in generated code.
struct OperandText {
  let plan: Plan

  /// A pointer expression, for example `stream + 57 * 128`; with `ofAgent`, to the row of the agent that a
  /// loop is at.
  func pointer(_ operand: Operand, ofAgent: Bool = false) -> String {
    let buffer = plan.memory.buffer(operand.buffer)
    var text = buffer.name.identifier
    switch operand.row {
    case .at(0): break
    case .at(let row): text += " + \(row) * \(buffer.rowStride)"
    case .token: text += buffer.isShared ? "" : " + token * \(buffer.rowStride)"
    case .behindToken(let slots): text += " + (token + \(slots)) * \(buffer.rowStride)"
    }
    if ofAgent && buffer.agentStride > 0 { text += " + agent * \(literal(buffer.agentStride))" }
    if operand.column > 0 { text += " + \(operand.column)" }
    return text
  }

  func row(_ row: Operand.Row) -> String {
    switch row {
    case .at(let index): String(index)
    case .token: "token"
    case .behindToken(let slots): "token + \(slots)"
    }
  }

  /// The statement that performs `operation`.
  func statement(_ operation: Operation) -> String {
    let isOfAgent = isInAgentLoop(operation)
    func pointer(_ operand: Operand) -> String { self.pointer(operand, ofAgent: isOfAgent) }
    switch operation.kind {
    case .linear(let kernel, let input, let weights, let residual, _, let output):
      let arguments =
        [pointer(input), tensor(weights)] + (residual.map { [pointer($0)] } ?? []) + [
          pointer(output)
        ]
      return "\(kernel.name)(\(arguments.joined(separator: ", ")))"
    case .normalize(let rows, let input, let output):
      return "normalize(\(pointer(input)), \(pointer(output)), rows: \(rows))"
    case .embedNormalize(let token, _, _, _):
      return "embedNormalize(\(pointer(token)))"
    case .scores(let kernel, let queries, let keys, let output):
      return "\(kernel.name)(\(pointer(queries)), \(pointer(keys)), \(pointer(output)))"
    case .softmax(_, _, let heads, let rows, let lastKey, let step, let hidesEarlySteps):
      let episode = isOfAgent ? "episodes[agent]." : ""
      let firstKey =
        hidesEarlySteps
        ? ", firstKey: Swift::max(0, \(plan.shape.pastTokenCount) - 3 * \(episode)timestep)" : ""
      return
        "softmax(heads: \(heads), rows: \(rows), lastKey: \(row(lastKey)), step: \(step)\(firstKey))"
    case .enter(let entry):
      let (input, weights, token) = (entry.input, entry.embedding, entry.token)
      let rows: [ControllerBuffer.Name] = [.tokens, .normalized(layer: 0), .query, .carried]
      let arguments =
        [pointer(Operand(input.buffer)), "count: \(plan.shape.dimension(of: input))"]
        + [tensor(weights)] + rows.map { pointer(Operand($0, row: token.row)) }
        + (isOfAgent ? ["agent: agent"] : [])
      return "enter(\(arguments.joined(separator: ", ")))"
    case .centerTime: return "centerTime()"
    case .center(let input, let output):
      return
        "normalize(\(pointer(input)), \(pointer(output)), rows: 1, divides: false)"
    case .activateCarried(let rows, let input, let weights, let stream, let output):
      return
        "activateCarried(\(pointer(input)), \(tensor(weights)), \(pointer(stream)), \(pointer(output)), rows: \(rows))"
    case .mix(let kernel, _, let values, let residual, let output):
      let arguments =
        [pointer(values)] + (residual.map { [pointer($0)] } ?? []) + [pointer(output)]
      return "\(kernel.name)(scores, \(arguments.joined(separator: ", ")))"
    case .storeKeys(let kernel, let rows, let input, let keys):
      return
        "\(kernel.name)(\(pointer(input)), rows: \(rows), first: \(row(input.row)), \(pointer(keys)))"
    case .slide(let operand):
      let name = operand.buffer
      let buffer = plan.memory.buffer(name)
      let count = plan.shape.pastTokenCount * buffer.rowStride
      if buffer.stripCount > 1 {
        return
          "for strip in 0..<\(buffer.stripCount) { VectorMath.move(\(name.identifier) + strip * \(literal(buffer.rows * buffer.strip)), by: \(literal(3 * buffer.rowStride)), count: \(literal(count))) }"
      }
      return
        "VectorMath.move(\(name.identifier), by: \(literal(3 * buffer.rowStride)), count: \(literal(count)))"
    case .read(.weights(let offset, let count)):
      return "VectorMath.read(weights + \(literal(offset)), count: \(literal(count)))"
    case .read(.rows(let name, let count)):
      return "VectorMath.read(\(name.identifier), count: \(literal(count)))"
    case .maskTokens: return "maskTokens()"
    case .recordTokens(let rows, let output, let index, let norm, _):
      let place =
        index == 0
        ? output.identifier
        : "\(output.identifier) + forwardStepCount * \(literal(index * 3 * plan.shape.hiddenSize))"
      let stride = plan.memory.buffer(rows.buffer).stride
      return
        "record(\(pointer(rows)), stride: \(stride), columns: \(plan.shape.hiddenSize), in: \(place)\(norm != nil ? ", isNormalized: true" : ""))"
    case .recordSteps(let rows, let output, let token, _):
      let columns = output.floatCount(shape: plan.shape, steps: 1)
      return
        "record(\(pointer(rows)), stride: \(Shape.stride(columns)), columns: \(columns), token: \(token), in: \(output.identifier))"
    case .recordAttention(let layer, _, _): return "recordAttention(layer: \(layer))"
    case .correctUnattended(let rows, let weights, let operand):
      return
        "correctUnattended(\(pointer(operand)), \(tensor(weights)), token: token, rows: \(rows))"
    case .scaleAndShift(let rows, let norm, let input, let output):
      return
        "scaleAndShift(\(pointer(input)), \(tensor(norm.gain)), \(tensor(norm.shift)), \(pointer(output)), rows: \(rows))"
    }
  }

  /// Where a tensor of the packed weights lies, for example `weights + 2576`.
  func tensor(_ index: Int) -> String {
    let offset = plan.weights.tensors[index].offset
    return offset == 0 ? "weights" : "weights + \(literal(offset))"
  }
}
