/// Writes `forward`, its results, and the predictions of the preparation phase.
package struct ForwardRenderer {
  package let plan: Plan

  private var access: String { "\(plan.deployment.access.rawValue) " }
  private var shape: Shape { plan.shape }
  private var outputs: [ModelOutput] {
    plan.network.outputs
  }

  // MARK: Storage

  package func storage(to writer: inout CodeWriter) {
    guard !plan.forward.isEmpty else { return }
    if plan.network.predictsNext {
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

  package func members(to writer: inout CodeWriter) {
    documentation(to: &writer)
    begin(to: &writer)
    writer.write(
      "\(access)mutating func forward(",
      "  states: Span<Float>, actions: Span<Float>, returnsToGo: Span<Float>, timesteps: Span<Int>,",
      "  attentionMask: Span<UInt8> = Span()")
    writer.scope(") throws(ForwardError)") { forward(to: &$0) }
    clear(to: &writer)
    for output in outputs { result(output, to: &writer) }
    if plan.network.predictsNext { expectations(to: &writer) }
  }

  private func documentation(to writer: inout CodeWriter) {
    let endsEpisodes = plan.steps.endsEpisodes
    let hasOffset = plan.steps.action.offset.contains { Float($0) != 0 }
    let returns =
      plan.steps.returns.offset == 0 ? "scaled returns" : "returns less `return_offset`, scaled"
    writer.write(
      "/// `DecisionTransformerModel.forward` over T steps, 1 ... \(shape.window), in model units: normalised states, actions before",
      "/// `action_scale`\(hasOffset ? " and `action_offset`" : ""), \(returns). Row-major like Hugging Face's tensors, without the batch dimension:",
      "/// `states` T x \(shape.stateDimension), `actions` T x \(shape.actionDimension), `returnsToGo` T, `timesteps` T\(endsEpisodes ? " (0 ..< \(shape.maximumEpisodeLength))" : ""), `attentionMask` T",
      "/// (0 or 1; empty, the default, means all ones). Every number must be finite, that of a masked step too.",
      "///",
      "/// Tokens that see nothing to attend to, which is what padding in front is, get zeros; everything else equals",
      "/// Hugging Face's. Does the work of \(shape.window) steps whatever T is, allocates nothing, and leaves the episode as it is.",
      "/// The results stay until the next `forward`. A call that throws leaves the previous ones.")
  }

  private func forward(to writer: inout CodeWriter) {
    let last =
      plan.steps.endsEpisodes
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
      "while index < 3 * firstStep * \(shape.hiddenStride) { Vector(repeating: 0).store(at: stream[0] + index); index += 16 }",
      "let episodeTimestep = timestep  // the tokens have their own",
      "var step = 0")
    writer.scope("while step < forwardStepCount") { writer in
      writer.write("returnInput[0] = returnsToGo[step]")
      writer.numbers(
        "State.count", "stateInput[index] = states[step * State.count + index]")
      let deviation = plan.weights.tensor(.stateDeviation).name
      let remainder = plan.weights.tensor(.stateMeanRemainder).name
      writer.vectors(of: shape.stateStride) {
        "(Vector(at: stateInput\($0)) * Vector(at: \(deviation)\($0)) + Vector(at: \(remainder)\($0))).store(at: stateInput\($0))"
      }
      writer.numbers(
        "Action.count", "actionInput[index] = actions[step * Action.count + index]")
      writer.write(
        "timestep = timesteps[step]\(plan.steps.time.first == 0 ? "" : " - \(plan.steps.time.first)  // `timestepRow` adds it")",
        "embedStep(token: 3 * (firstStep + step))", "step += 1")
    }
    writer.write("timestep = episodeTimestep")
    for name in plan.forward { writer.write("\(name)()") }
  }

  // MARK: Results

  private func result(_ output: ModelOutput, to writer: inout CodeWriter) {
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

  private func description(of output: ModelOutput) -> String {
    let text = "of the latest `forward`, \(output.shapeText(shape))"
    return switch output {
    case .action:
      "`action_preds` \(text), in model units\(plan.steps.action.isBounded ? " and not clamped" : ""): read at the state tokens."
    case .state: "`state_preds` \(text), normalised: read at the action tokens."
    case .return: "`return_preds` \(text), scaled: read at the action tokens."
    case .lastHiddenState: "`last_hidden_state` \(text): after ln_f."
    case .hiddenStates:
      "`hidden_states` \(text): what enters each block, and the last hidden state."
    case .attentions: "`attentions` \(text): probabilities by layer, head, query and key."
    }
  }

  private func expectations(to writer: inout CodeWriter) {
    if plan.network.outputs.contains(.state) {
      writer.write(
        "",
        "/// The state that the model expects after the latest prepared action, raw environment units; nil before the first",
        "/// `prepare` of an episode. Computed in the preparation phase, from the action that was executed."
      )
      writer.scope("\(access)var nextState: State?") { writer in
        writer.scope("@_noAllocation @_noLocks get") { writer in
          writer.write("guard expectsNext else { return nil }")
          writer.write("var state = State(repeating: 0), index = 0")
          let mean = plan.weights.tensor(.stateMean).name
          let deviation = plan.weights.tensor(.stateDeviation).name
          writer.write(
            "while index < State.count { state[index] = nextStateRow[index] * \(deviation)[index] + \(mean)[index]; index += 1 }",
            "return state")
        }
      }
    }
    if plan.network.outputs.contains(.return) {
      let (scale, offset) = (
        Float(plan.steps.returns.scale), Float(plan.steps.returns.offset)
      )
      let next =
        "nextReturnRow[0]" + (scale == 1 ? "" : " * \(literal(scale))")
        + (offset == 0 ? "" : " + \(literal(offset))")
      writer.write(
        "",
        "/// The return-to-go that the model expects after the latest prepared action, environment units; nil before the",
        "/// first `prepare` of an episode.")
      writer.scope("\(access)var nextReturn: Float?") { writer in
        writer.write("@_noAllocation @_noLocks get { expectsNext ? \(next) : nil }")
      }
    }
  }

  /// Sets the memory to zero, once for `forward`, and where an episode begins.
  private func clear(to writer: inout CodeWriter) {
    writer.write("")
    begin(to: &writer)
    writer.scope("private mutating func clear()") {
      $0.write("Kernels.clear(memory)", "isCleared = true")
    }
  }

  private func begin(to writer: inout CodeWriter) { writer.write("@_noAllocation @_noLocks") }
}
