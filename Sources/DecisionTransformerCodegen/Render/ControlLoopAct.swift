extension ControlLoopRenderer {
  /// `act` and what it needs.
  package func act(to writer: inout CodeWriter) {
    if choice == nil { actWithVectors(to: &writer) } else { actWithNumbers(to: &writer) }
    nextReturn(to: &writer)
  }

  private func actWithVectors(to writer: inout CodeWriter) {
    documentAct(to: &writer)
    begin(to: &writer)
    let actions = agents.name("action")
    writer.scope(
      "\(access)mutating func act(\(stateAndReward(defaultsToNil: true))) throws(\(agents.error)) -> \(agents.name("Action"))"
    ) { writer in
      step(to: &writer)
      let zero = "Action(repeating: 0)"
      writer.write("var \(actions) = \(agents.isOne ? zero : "Actions(repeating: \(zero))")")
      agents.forEach(to: &writer) { writer in
        let output = agents.row("prediction", as: "output", to: &writer)
        writer.numbers(
          "Action.count",
          "\(agents.own("action"))[index] = \(environmentUnits("\(output)[index]"))")
      }
      writer.write("return \(actions)")
    }
  }

  /// The parameters of a step.
  package func stateAndReward(defaultsToNil: Bool) -> String {
    "_ \(stateName): \(frames == nil ? agents.name("State") : "Span<UInt8>"), \(agents.name("reward")): \(rewardType)?\(defaultsToNil ? " = nil" : "")"
  }

  /// From the arguments to the prediction: everything but what becomes of it.
  package func step(to writer: inout CodeWriter) {
    let rewards = agents.name("reward")
    agents.forEach(reads: true, to: &writer) { checkStep(to: &$0) }
    writer.write(
      "let \(agents.name("nextReturn")) = try \(returnToGo)(after: \(rewards))", "prepare()")
    stateInput(to: &writer)
    feedback(to: &writer)
    agents.forEach(to: &writer) { writer in
      let output = agents.row("prediction", as: "output", to: &writer)
      agents.check("\(output)[index]", "\(prediction).count", ".nonFiniteAction", to: &writer)
    }
    agents.set(
      [
        [
          (.awaitsPreparation, "true"), (.returnToGo, agents.own("nextReturn")),
          (.rewardWeight, "1"),
        ], [(.rewardIsKnown, "false"), (.returnIsPrepared, "false")],
      ], to: &writer)
  }

  /// Of pictures, what they are.
  package var frames: Frames? { plan.steps.state.frames }

  /// The argument that says what is observed.
  package var stateName: String { frames == nil ? agents.name("state") : "frames" }

  /// What documents it.
  package var stateDocumentation: String {
    guard let frames else {
      return "- Parameter state: Raw environment units; every number is finite."
    }
    let lines = "\(frames.rows) lines of \(frames.columns) pixels each"
    return frames.input == .stack
      ? "- Parameter frames: \(frames.byteCount) bytes: \(frames.count) frames, oldest first, \(lines)."
      : "- Parameter frames: The newest frame, \(frames.inputCount) bytes: \(lines). Those of the \(frames.count - 1) steps in front are kept, zeros in front of an episode's first."
  }

  private func stateInput(to writer: inout CodeWriter) {
    guard let frames else {
      return agents.forEach(to: &writer) { writer in
        let input = agents.row("stateInput", as: "input", to: &writer)
        writer.numbers(
          "State.count", "\(input)[index] = \(agents.own("state"))[index] - \(mean)[index]")
      }
    }
    let place = frames.byteCount - frames.inputCount
    writer.write(
      "FrameMath.widen(frames, count: \(literal(frames.inputCount)), to: stateInput\(place == 0 ? "" : " + \(literal(place))"))"
    )
  }

  private func documentAct(to writer: inout CodeWriter) {
    document(
      one: [
        "The action for `\(stateName)`, at the cost of `feedbackMultiplyAdds`. Runs `prepare()` first if nobody has.",
        "", stateDocumentation,
        "- Parameter reward: What the environment paid for the previous action, finite; nil is 0. An episode's",
        "  first step ignores it, and so does the step after `retarget`.",
        "- Returns: The action, environment units\(bounds).",
        "- Throws: `StepError`. A call that throws has not taken a step.",
      ],
      several: [
        "The actions for `states`, agent by agent, at the cost of `feedbackMultiplyAdds`. Runs `prepare()` first where the",
        "caller has not.",
        "",
        "Every agent must have an episode with steps left; one that nobody needs may have any finite state, for",
        "agents do not see each other.",
        "",
        "- Parameters:",
        "  - states: Raw environment units; every number is finite.",
        "  - rewards: What the environments paid for the previous actions, environment units and finite; nil is 0. An",
        "    agent ignores its reward in its episode's first step, and in the step after `retarget`.",
        "- Returns: The actions, environment units\(bounds).",
        "- Throws: `BatchStepError`. A call that throws has not taken a step for any agent.",
      ], to: &writer)
  }

  /// What a reader is told of the bounds of actions.
  private var bounds: String { plan.steps.action.isBounded ? ", clamped to their bounds" : "" }

  /// Throws where the agent has no step to take, or no state for it.
  private func checkStep(to writer: inout CodeWriter) {
    writer.write("guard \(agents.value(of: .isStarted)) else { \(agents.failing(".notReset")) }")
    if endsEpisodes {
      let timestep = agents.value(of: .timestep)
      writer.write(
        "guard (\(agents.value(of: .awaitsPreparation)) ? \(timestep) + 1 : \(timestep)) < \(length) else { \(agents.failing(".episodeEnded(maximumLength: \(length))")) }"
      )
    }
    if let frames {
      let count = literal(frames.inputCount)
      return writer.write(
        "guard frames.count == \(count) else { throw .wrongByteCount(found: frames.count, expected: \(count)) }"
      )
    }
    agents.check("\(agents.own("state"))[index]", "State.count", ".nonFiniteState", to: &writer)
  }

  /// The feedback phase: one token where the return token was prepared, else two.
  private func feedback(to writer: inout CodeWriter) {
    // A group's operations follow each other; what goes into them is of all agents.
    if agents.areGrouped, plan.steps.tokens.contains(.return) {
      writer.scope("if !returnIsPrepared") { returnInput(to: &$0) }
    }
    agents.forEachGroup(to: &writer) { writer in
      write(
        plan.act, to: &writer,
        branch: { condition, then, otherwise, writer in
          writer.scope("if \(condition.rawValue)") { write(then, to: &$0) }
          writer.chain("else") { writer in
            if !agents.areGrouped { returnInput(to: &writer) }
            write(otherwise, to: &writer)
          }
        })
    }
  }
}
