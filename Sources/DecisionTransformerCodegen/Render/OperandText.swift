/// How operands and operations read in generated code.
package struct OperandText {
  package let plan: Plan

  package init(plan: Plan) {
    self.plan = plan
  }

  /// Whether a buffer's rows are addressed one by one: `stream[returnSlot]`. All others are a place: `scores`.
  package func isOfRows(_ buffer: ControllerBuffer) -> Bool {
    if buffer.agents.count > 1 { return true }
    switch buffer.name {
    case .time, .absorbedQueries, .absorbedMixed: return true
    default: return buffer.isPerSlot
    }
  }

  /// Where an operand begins, for example `stream[returnSlot]`; with `ofAgent`, of the agent that a loop is at.
  package func place(_ operand: Operand, ofAgent: Bool = false) -> String {
    let buffer = plan.memory.buffer(operand.buffer)
    var text = buffer.name.identifier
    if isOfRows(buffer) {
      text += "[\(row(operand.row, of: buffer))\(agent(of: buffer, isNamed: ofAgent))]"
    }
    if operand.column > 0 { text += " + \(operand.column)" }
    return text
  }

  /// The agent whose row it is, behind the row's number: the first of all, or of the group, where none is named.
  private func agent(of buffer: ControllerBuffer, isNamed: Bool) -> String {
    guard buffer.agents.count > 1 else { return "" }
    if plan.shape.agentGroups.count > 1, buffer.name.isOfAllAgents {
      return isNamed ? ", firstAgent + agent" : ", firstAgent"
    }
    return isNamed ? ", agent" : ""
  }

  private func row(_ row: Operand.Row, of buffer: ControllerBuffer) -> String {
    switch row {
    case .at(let index): buffer.isPerSlot ? slot(index) : "\(index)"
    case .token: buffer.isShared ? "0" : "token"
    case .behindToken(let slots): "token + \(slots)"
    }
  }

  /// A slot of the window under its name, if it has one.
  package func slot(_ index: Int) -> String {
    guard plan.shape.tokenCapacity == nil else { return "\(index)" }
    return switch index {
    case plan.shape.returnToken where plan.shape.tokensPerStep == 3: "returnSlot"
    case plan.shape.stateToken: "stateSlot"
    case plan.shape.actionToken: "actionSlot"
    default: "\(index)"
    }
  }

  private func slot(_ row: Operand.Row) -> String {
    switch row {
    case .at(let index): slot(index)
    case .token: "token"
    case .behindToken(let slots): "token + \(slots)"
    }
  }

  /// A packed tensor's place, for example `layer1.query`.
  package func tensor(_ index: Int) -> String { plan.weights.tensors[index].name }

  /// The statement that performs `operation`.
  package func statement(_ operation: Operation) -> String {
    let isOfAgent = isInAgentLoop(operation)
    func place(_ operand: Operand) -> String { self.place(operand, ofAgent: isOfAgent) }
    func call(_ function: String, _ arguments: String?...) -> String {
      "Kernels.\(function)(\(arguments.compactMap(\.self).joined(separator: ", ")))"
    }
    let agent = isOfAgent ? "agent" : ""
    switch operation.kind {
    case .linear(let kernel, let input, let weights, let residual, _, let output):
      return call(
        plan.name(of: kernel), place(input), tensor(weights), residual.map(place),
        "to: \(place(output))")
    case .convolve(let kernel, let input, let weights, let residual, let patches, let output):
      return call(
        plan.name(of: kernel), place(input), tensor(weights), residual.map(place),
        "patches: \(place(patches))", "to: \(place(output))")
    case .slideFrames(let frames, let pixels):
      let count = plan.steps.state.count - pixels
      return
        "FrameMath.move(\(place(frames)), by: \(literal(pixels)), count: \(literal(count)))"
    case .normalize(let rows, let input, let output):
      return call(
        "normalize", place(input), "rows: \(plan.rowText(rows))", "to: \(place(output))")
    case .normalizeNumbers(let rows, let count, let input, let output):
      return call(
        "normalizeNumbers", place(input), rows == 1 ? nil : "rows: \(rows)", "count: \(count)",
        "to: \(place(output))")
    case .center(let input, let output):
      return call("normalize", place(input), "rows: 1", "divides: false", "to: \(place(output))")
    case .embedTimestep(let token, _, let norm):
      let factor = plan.carriesTokens ? "_ = " : ""
      return factor
        + call(
          norm == nil ? "embedTimestep" : "embedNormalize", place(token),
          "timestep: \(timestepRow(agent))", norm.map { "gain: \(tensor($0.gain))" },
          norm.map { "shift: \(tensor($0.shift))" })
    case .position(let rows, let input, _, let slots, let norm, let output):
      return call(
        "position", place(input), "rows: \(plan.rowText(rows))", "first: \(slot(input.row))",
        plan.steps.slots == .tokens
          ? "firstKey: \(!plan.mayStartInWindow ? "0" : "firstKey\(isOfAgent && plan.shape.groupSize > 1 ? "(of: agent)" : "")")"
          : nil,
        "timestep: \(timestepRow(agent))", "slots: \(tensor(slots))",
        norm.map { "gain: \(tensor($0.gain))" }, norm.map { "shift: \(tensor($0.shift))" },
        "to: \(place(output))")
    case .centerTime(_, let gain, let output):
      return call(
        "centerTime", "timestep: \(timestepRow(agent))", "gain: \(tensor(gain))",
        "to: \(place(output))")
    case .enter(let entry):
      let count =
        switch entry.input {
        case .return: "1"
        case .state: "State.count"
        case .action: plan.steps.action.choice == nil ? "Action.count" : "Logits.count"
        }
      let weights = [entry.embedding, entry.value, entry.query, entry.inner].map(tensor)
      let arguments =
        [place(entry.numbers), "count: \(count)"] + weights
        + ["at: \(slot(entry.token.row))"] + (isOfAgent ? ["agent: agent"] : [])
      return "enter(\(arguments.joined(separator: ", ")))"
    case .activateCarried(let rows, let input, let weights, let stream, let output):
      return call(
        "activateCarried", place(input), "biases: \(tensor(weights))",
        "rows: \(plan.rowText(rows))", "stream: \(place(stream))", "to: \(place(output))")
    case .scores(let kernel, let queries, let keys, let output):
      return call(plan.name(of: kernel), place(queries), place(keys), "to: \(place(output))")
    case .softmax(
      let scores, let mask, let heads, let rows, let lastKey, let step, let hidesEarlySteps):
      return call(
        "softmax", place(scores), mask.map { "mask: \(place($0))" },
        heads == 1 ? nil : "heads: \(heads)", "rows: \(plan.rowText(rows))",
        "lastKey: \(slot(lastKey))", step == 1 ? nil : "step: \(step)",
        hidesEarlySteps ? "firstKey: firstKey\(isOfAgent ? "(of: agent)" : "")" : nil)
    case .mix(let kernel, let scores, let values, let residual, let output):
      return call(
        plan.name(of: kernel), place(scores), place(values), residual.map(place),
        "to: \(place(output))")
    case .storeKeys(let kernel, let rows, let input, let keys):
      return call(
        plan.name(of: kernel), place(input), "rows: \(plan.rowText(rows))",
        "first: \(slot(input.row))", "to: \(place(keys))")
    case .slide(let operand):
      let buffer = plan.memory.buffer(operand.buffer)
      return call(buffer.stripCount > 1 ? "slideStrips" : "slide", buffer.name.identifier)
    case .read(let stretch, let after):
      let (place, count) =
        switch stretch {
        case .weights(let offset, let count): ("weights + \(literal(offset))", count)
        case .rows(let name, let count):
          ("memory + \(literal(plan.memory.buffer(name).offset))", count)
        }
      let left = after == 0 ? "count" : "count - \(literal(after))"
      return "VectorMath.read(\(place), count: \(literal(count)), of: \(left))"
    case .maskTokens(let mask, let keys):
      return call("maskTokens", place(mask), "keys: \(place(keys))")
    case .recordTokens(let rows, _, let index, let norm, let output):
      let offset = index * 3 * plan.shape.hiddenSize
      return call(
        "record", place(rows), "stride: \(plan.memory.buffer(rows.buffer).stride)",
        "columns: \(plan.shape.hiddenSize)", "steps: forwardStepCount",
        "firstSeenSlot: firstSeenSlot",
        norm.map { "gain: \(tensor($0.gain))" }, norm.map { "shift: \(tensor($0.shift))" },
        "to: \(place(output))\(index == 0 ? "" : " + forwardStepCount * \(literal(offset))")")
    case .recordSteps(let rows, let output, let token, let place):
      let columns = output.floatCount(shape: plan.shape, steps: 1)
      return call(
        "record", self.place(rows), "stride: \(Shape.stride(columns))", "columns: \(columns)",
        "token: \(token)", "steps: forwardStepCount", "firstSeenSlot: firstSeenSlot",
        "to: \(self.place(place))")
    case .recordAttention(let layer, let scores, let output):
      return call(
        "recordAttention", place(scores), "layer: \(layer)", "steps: forwardStepCount",
        "firstSeenSlot: firstSeenSlot", "to: \(place(output))")
    case .correctUnattended(let rows, let weights, let operand):
      return call(
        "correctUnattended", place(operand), tensor(weights), "rows: \(rows)",
        "hidden: firstVisibleKey - token")
    case .scaleAndShift(let rows, let norm, let input, let output):
      return call(
        "scaleAndShift", place(input), "gain: \(tensor(norm.gain))",
        "shift: \(tensor(norm.shift))", "rows: \(plan.rowText(rows))", "to: \(place(output))")
    }
  }

  /// The current row of embed_timestep.
  private func timestepRow(_ agent: String) -> String {
    "timestepRow\(agent.isEmpty ? "" : "(of: \(agent))")"
  }
}
