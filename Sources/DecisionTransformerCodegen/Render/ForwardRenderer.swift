/// Writes `forward`, its results, and the predictions of the preparation phase.
struct ForwardRenderer {
  let plan: Plan
  let model: Model

  private var access: String { "\(model.options.access.rawValue) " }
  private var shape: Shape { plan.shape }
  private var outputs: [GenerationOptions.Output] {
    GenerationOptions.Output.allCases.filter(model.forwardOutputs.contains)
  }

  // MARK: Storage

  func storage(to writer: inout CodeWriter) {
    guard !plan.forward.isEmpty else { return }
    if model.predictsNext {
      writer.write("/// Whether `prepare` has predicted what its action leads to.")
      writer.write("private var expectsNext = false")
    }
    writer.write(
      "/// Steps of the latest `forward`, and the first slot of a token that sees one to attend to.",
      "private var forwardStepCount = 0, firstSeenSlot = 0",
      "/// Whether the memory, but for what `forward` returns, was set to zero once.",
      "private var isCleared = false")
  }

  // MARK: Members

  func members(to writer: inout CodeWriter) {
    documentation(to: &writer)
    begin(to: &writer)
    writer.write(
      "\(access)mutating func forward(",
      "  states: Span<Float>, actions: Span<Float>, returnsToGo: Span<Float>, timesteps: Span<Int>,",
      "  attentionMask: Span<UInt8> = Span()")
    writer.scope(") throws(ForwardError)") { forward(to: &$0) }
    for output in outputs { result(output, to: &writer) }
    if model.predictsNext { expectations(to: &writer) }
  }

  private func documentation(to writer: inout CodeWriter) {
    let endsEpisodes = model.options.timestepOverflow == .error
    let hasOffset = model.actionOffset.contains { Float($0) != 0 }
    writer.write(
      "/// `DecisionTransformerModel.forward` over T steps, 1 ... \(shape.window), in model units: normalised states, actions before",
      "/// `action_scale`\(hasOffset ? " and `action_offset`" : ""), scaled returns. Row-major like Hugging Face's tensors, without the batch dimension:",
      "/// `states` T x \(shape.stateDimension), `actions` T x \(shape.actionDimension), `returnsToGo` T, `timesteps` T\(endsEpisodes ? " (0 ..< \(shape.maximumEpisodeLength))" : ""), `attentionMask` T",
      "/// (0 or 1; empty, the default, means all ones). Every number must be finite, that of a masked step too.",
      "///",
      "/// Tokens that see nothing to attend to, which is what padding in front is, get zeros; everything else equals",
      "/// Hugging Face's. Does the work of \(shape.window) steps whatever T is, allocates nothing, and leaves the episode as it is.",
      "/// The results stay until the next `forward`. A call that throws leaves the previous ones.")
  }

  private func forward(to writer: inout CodeWriter) {
    let last =
      model.options.timestepOverflow == .error
      ? literal(shape.maximumEpisodeLength) : "Int.max"
    writer.write(
      "let firstAttended = try ForwardInput.firstAttendedStep(",
      "  states: states, actions: actions, returnsToGo: returnsToGo, timesteps: timesteps,",
      "  attentionMask: attentionMask, stateDimension: \(shape.stateDimension), actionDimension: \(shape.actionDimension),",
      "  window: \(shape.window), timestepCount: \(last))",
      "if !isCleared { clear() }",
      "// As in the control loop, the latest step is the window's last.",
      "forwardStepCount = timesteps.count",
      "let firstStep = \(shape.window) - forwardStepCount",
      "firstSeenSlot = 3 * (firstStep + firstAttended)",
      "var slot = 0")
    writer.scope("while slot < \(shape.keyStride)") { writer in
      writer.write("tokenMask[slot] = VectorMath.hiddenScore", "slot += 1")
    }
    writer.write("slot = firstSeenSlot")
    writer.scope("while slot < \(shape.slotCount)") { writer in
      writer.write(
        "let isSeen = attentionMask.isEmpty ? true : attentionMask[slot / 3 - firstStep] == 1",
        "if isSeen { tokenMask[slot] = 0 }", "slot += 1")
    }
    writer.write(
      "var index = 0",
      "while index < 3 * firstStep * \(shape.hiddenStride) { Vector(repeating: 0).store(at: stream + index); index += 16 }",
      "let episodeTimestep = timestep  // embedNormalize reads it",
      "var step = 0")
    writer.scope("while step < forwardStepCount") { writer in
      writer.write("returnInput[0] = returnsToGo[step]")
      writer.numbers(
        shape.stateDimension, "stateInput[index] = states[step * \(shape.stateDimension) + index]")
      let deviation = literal(plan.weights.tensor(.stateDeviation).offset)
      writer.vectors(of: shape.stateStride) {
        "(Vector(at: stateInput\($0)) * Vector(at: weights + \(deviation)\($0))).store(at: stateInput\($0))"
      }
      writer.numbers(
        shape.actionDimension,
        "actionInput[index] = actions[step * \(shape.actionDimension) + index]")
      writer.write(
        "timestep = timesteps[step]", "embedStep(token: 3 * (firstStep + step))", "step += 1")
    }
    writer.write("timestep = episodeTimestep")
    for name in plan.forward { writer.write("\(name)()") }
  }

  // MARK: Results

  private func result(_ output: GenerationOptions.Output, to writer: inout CodeWriter) {
    let name = output.identifier
    let count: String
    switch output {
    case .attentions:
      count =
        "forwardStepCount * forwardStepCount * \(literal(output.floatCount(shape: shape, steps: 1)))"
    default: count = "forwardStepCount * \(literal(output.floatCount(shape: shape, steps: 1)))"
    }
    writer.write("", "/// \(description(of: output))")
    writer.scope(
      "\(access)func with\(name.prefix(1).uppercased() + name.dropFirst())<Result, Failure>(_ body: (Span<Float>) throws(Failure) -> Result) throws(Failure) -> Result"
    ) {
      $0.write("try \(name).withSpan(count: \(count), body)")
    }
  }

  private func description(of output: GenerationOptions.Output) -> String {
    let text = "of the latest `forward`, \(output.shapeText(shape))"
    return switch output {
    case .action: "`action_preds` \(text), in model units: read at the state tokens."
    case .state: "`state_preds` \(text), normalised: read at the action tokens."
    case .return: "`return_preds` \(text), scaled: read at the action tokens."
    case .lastHiddenState: "`last_hidden_state` \(text): after ln_f."
    case .hiddenStates:
      "`hidden_states` \(text): what enters each block, and the last hidden state."
    case .attentions: "`attentions` \(text): probabilities by layer, head, query and key."
    }
  }

  private func expectations(to writer: inout CodeWriter) {
    if model.forwardOutputs.contains(.state) {
      writer.write(
        "",
        "/// The state that the model expects after the latest prepared action, raw environment units; nil before the first",
        "/// `prepare` of an episode. Computed in the preparation phase, from the action that was executed."
      )
      writer.scope("\(access)var nextState: State?") { writer in
        writer.write("guard expectsNext else { return nil }")
        writer.write("var state = State(repeating: 0), index = 0")
        let mean = plan.weights.tensor(.stateMean).offset
        let deviation = plan.weights.tensor(.stateDeviation).offset
        writer.write(
          "while index < \(shape.stateDimension) { state[index] = nextStateRow[index] * weights[\(literal(deviation)) + index] + weights[\(literal(mean)) + index]; index += 1 }",
          "return state")
      }
    }
    if model.forwardOutputs.contains(.return) {
      let scale = Float(model.options.returnScale)
      writer.write(
        "",
        "/// The return-to-go that the model expects after the latest prepared action, environment units; nil before the",
        "/// first `prepare` of an episode.")
      writer.scope("\(access)var nextReturn: Float?") { writer in
        writer.write(
          "expectsNext ? nextReturnRow[0]\(scale == 1 ? "" : " * \(literal(scale))") : nil")
      }
    }
  }

  // MARK: Support

  func support(to writer: inout CodeWriter) {
    let returned = plan.memory.buffers.first { if case .output = $0.name { true } else { false } }
    writer.write("")
    begin(to: &writer)
    writer.scope("private mutating func clear()") { writer in
      writer.write(
        "var index = 0",
        "while index < \(literal(returned?.offset ?? plan.memory.floatCount)) { Vector(repeating: 0).store(at: memory + index); index += 16 }",
        "isCleared = true")
    }
    maskTokens(to: &writer)
    if outputs != [.attentions] { record(to: &writer) }
    if outputs.contains(.attentions) { recordAttention(to: &writer) }
  }

  private func maskTokens(to writer: inout CodeWriter) {
    let panels = plan.memory.buffer(.forwardKeys)
    let groups = shape.keyStride / Shape.lanes
    writer.write("", "/// Hides the keys of tokens that are not attended to.")
    begin(to: &writer)
    writer.scope("private func maskTokens()") { writer in
      writer.write("var panel = 0")
      writer.scope("while panel < \(panels.rows / Shape.lanes)") { writer in
        let place = groups == 1 ? "tokenMask" : "tokenMask + panel % \(groups) * 16"
        writer.write(
          "Vector(at: \(place)).store(at: forwardKeys + panel * \(literal(panels.stride * Shape.lanes)))",
          "panel += 1")
      }
    }
  }

  /// With `isNormalized` only where a hidden state is asked for.
  private func record(to writer: inout CodeWriter) {
    let gain = plan.weights.tensors.first { $0.content == .finalNormGain }?.offset
    let shift = plan.weights.tensors.first { $0.content == .finalNormShift }?.offset
    writer.write(
      "",
      "/// Copies rows to `output` without their padding: of every token, or of token `token` of every step. With",
      "/// `isNormalized` they get ln_f's gain and shift.")
    begin(to: &writer)
    writer.write(
      "private func record(",
      "  _ rows: Floats, stride: Int, columns: Int, token: Int = -1, in output: Floats, isNormalized: Bool = false"
    )
    writer.scope(")") { writer in
      if let gain, let shift {
        writer.write(
          "let gain = weights + \(literal(gain)), shift = weights + \(literal(shift))")
      }
      writer.write(
        "var slot = 3 * (\(shape.window) - forwardStepCount) + max(token, 0), place = output")
      writer.scope("while slot < \(shape.slotCount)") { writer in
        writer.write(
          "let row = rows + slot * stride, isSeen = slot >= firstSeenSlot", "var column = 0")
        writer.scope("while column < columns") { writer in
          if gain != nil {
            writer.write(
              "let value = isNormalized ? row[column] * gain[column] + shift[column] : row[column]")
          } else {
            writer.write("let value = row[column]")
          }
          writer.write("place[column] = isSeen ? value : 0", "column += 1")
        }
        writer.write("place += columns", "slot += token < 0 ? 1 : 3")
      }
    }
  }

  private func recordAttention(to writer: inout CodeWriter) {
    writer.write(
      "", "/// Copies the probabilities of every head without the slots that were not given.")
    begin(to: &writer)
    writer.scope("private func recordAttention(layer: Int)") { writer in
      writer.write(
        "let first = 3 * (\(shape.window) - forwardStepCount), count = 3 * forwardStepCount",
        "var place = attentions + layer * \(shape.headCount) * count * count, row = 0")
      writer.scope("while row < \(shape.headCount * shape.slotCount)") { writer in
        writer.write("let slot = row % \(shape.slotCount)")
        writer.scope("if slot >= first") { writer in
          writer.write(
            "let probabilities = scores + row * \(shape.keyStride) + first", "var key = 0")
          writer.write(
            "while key < count { place[key] = slot >= firstSeenSlot ? probabilities[key] : 0; key += 1 }",
            "place += count")
        }
        writer.write("row += 1")
      }
    }
  }

  private func begin(to writer: inout CodeWriter) { writer.write("@_noAllocation @_noLocks") }
}
