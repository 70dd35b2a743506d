extension ControlLoopRenderer {
  // MARK: Declarations

  /// The types of the members' parameters, and B, of several agents.
  package func types(to writer: inout CodeWriter) {
    guard !agents.isOne else { return }
    writer.write("/// A state for each agent.")
    writer.write("\(access)typealias States = InlineArray<\(agents.count), State>")
    writer.write("/// A reward for each agent, environment units.")
    writer.write("\(access)typealias Rewards = Numbers<\(agents.count)>")
    writer.write("/// An action for each agent.")
    writer.write("\(access)typealias Actions = InlineArray<\(agents.count), Action>")
    if choice != nil {
      writer.write("/// A number for each agent to draw its action by.")
      writer.write("\(access)typealias Uniforms = Numbers<\(agents.count)>")
    }
    writer.write("")
    writer.write("/// Agents of a controller, B. Their numbers are 0 to \(agents.count - 1).")
    writer.write("\(access)static var batch: Int { \(agents.count) }")
  }

  /// What is stored beside the memory.
  package func storage(to writer: inout CodeWriter) {
    if agents.isOne {
      properties("private var", to: &writer)
      writer.write(
        "/// Whether `prepare` was given the reward, and whether it has computed the return token.",
        "private var rewardIsKnown = false, returnIsPrepared = false")
      return
    }
    writer.write("/// Where an agent is in its episode.")
    writer.scope("private struct Episode") { writer in
      properties("var", to: &writer)
      writer.write(
        "/// Whether `prepare` was given the reward.", "var rewardIsKnown = false", "",
        "/// Whether an action waits, and a step follows it.")
      writer.scope("var canPrepare: Bool") {
        $0.write("@_noAllocation @_noLocks get { \(canPrepare) }")
      }
    }
    writer.write(
      "private var episodes = InlineArray<\(agents.groups.size * agents.groups.count), Episode>(repeating: Episode())",
      "/// Whether `prepare` has computed the return tokens of all agents.",
      "private var returnIsPrepared = false")
  }

  /// What makes a group the one that operations are at.
  package func selection(to writer: inout CodeWriter) {
    guard agents.areGrouped else { return }
    writer.write("", "/// From here on operations are at these agents.")
    begin(to: &writer)
    writer.scope("private mutating func select(group number: Int)") {
      $0.write(
        "(group, firstAgent) = (memory + number * \(literal(plan.memory.groupStride)), number * \(agents.groups.size))"
      )
    }
  }

  private func properties(_ declaration: String, to writer: inout CodeWriter) {
    writer.write(
      "/// Whether an episode runs, and whether its latest action waits to join the history.",
      "\(declaration) isStarted = false, awaitsPreparation = false",
      "/// The step that `act` computes next, or has computed, from the episode's start.",
      "\(declaration) timestep = 0",
      "/// Of the last return token, \(returnUnits).",
      "\(declaration) returnToGo: \(returnType) = 0",
      "/// 1 where the next reward counts; 0 in an episode's first step and after a new target.",
      "\(declaration) rewardWeight: Float = 0")
    if choice != nil {
      writer.write("/// The number of the latest action.", "\(declaration) chosen = 0")
    }
  }

  /// Whether an action waits, and a step follows it.
  package var canPrepare: String {
    "awaitsPreparation\(endsEpisodes ? " && timestep + 1 < \(length)" : "")"
  }

  // MARK: Episode

  /// `reset` and `retarget`.
  package func episode(to writer: inout CodeWriter) {
    if !agents.isOne { resetAll(to: &writer) }
    reset(to: &writer)
    if plan.deployment.targetReturn != nil { resetToDefault(to: &writer) }
    retarget(to: &writer)
    selection(to: &writer)
  }

  private func resetAll(to writer: inout CodeWriter) {
    writer.write(
      "/// Starts an episode of every agent, in which `targetReturn` is to be collected (environment units), ready for the",
      "/// first `act`. A target that is not finite is reported by `act`.")
    begin(to: &writer)
    writer.scope("\(access)mutating func reset(targetReturn: Float)") {
      $0.write(
        "for agent in 0..<\(agents.count) { reset(agent: agent, targetReturn: targetReturn) }")
    }
    writer.write("")
  }

  /// The reset of one agent.
  private func reset(to writer: inout CodeWriter) {
    document(
      one: [
        "Starts an episode in which `targetReturn` is to be collected, environment units, ready for the first",
        "`act`. A target that is not finite is reported there.",
      ], several: ["Starts an episode of `agent` alone; the others go on with theirs."], to: &writer
    )
    begin(to: &writer)
    writer.scope("\(access)mutating func reset(\(parameter)targetReturn: Float)") { writer in
      isAgent(to: &writer)
      if agents.isOne {
        writer.write(plan.forward.isEmpty ? "Kernels.clear(memory)" : "clear()")
      } else {
        agents.selectGroup(to: &writer)
        writer.write(
          "Kernels.clear(memory, \(agents.areGrouped ? "group: group, " : "")agent: agent)")
      }
      if plan.network.predictsNext { writer.write("expectsNext = false") }
      agents.setOne(
        [
          [(.timestep, "0"), (.returnToGo, keptReturn("targetReturn")), (.rewardWeight, "0")],
          [
            (.isStarted, "true"), (.awaitsPreparation, "false"), (.rewardIsKnown, "false"),
            (.returnIsPrepared, "false"),
          ],
        ], to: &writer)
      if plan.paddingCount > 0 {
        padding(to: &writer)
      } else {
        write(plan.knownAhead, to: &writer)
      }
      // In a batch this belongs to all agents: it is done by `prepare` alone.
      if agents.isOne { write(plan.readsAhead, to: &writer) }
    }
  }

  /// The steps in front of an episode, which its first ones see: zeros in environment units.
  private func padding(to writer: inout CodeWriter) {
    writer.write(
      "// What is in front of the episode, and seen: zeros, with row 0 of embed_timestep.")
    writer.write("timestep = -1")
    write(plan.knownAhead, to: &writer)
    writer.scope("for step in 0..<\(plan.paddingCount)") { writer in
      if plan.steps.tokens.contains(.return) {
        writer.write("returnInput[0] = \(literal(plan.paddingReturn))")
      }
      if let frames {
        writer.numbers(literal(frames.byteCount), "stateInput[index] = 0")
      } else {
        writer.numbers("State.count", "stateInput[index] = -\(mean)[index]")
      }
      write(plan.paddingSteps, to: &writer)
      if choice == nil {
        writer.numbers("Action.count", "actionInput[index] = \(modelUnits("0"))")
      } else {
        mark("0", to: &writer)
      }
      write(
        plan.prepare.aroundBranch.before, to: &writer,
        advanceTime: { $0.write("if step == \(plan.paddingCount - 1) { timestep = 0 }") })
      write(
        plan.prepare.aroundBranch.after.filter { !plan.readsAhead.contains($0) }, to: &writer)
    }
  }

  private func resetToDefault(to writer: inout CodeWriter) {
    let every = agents.isOne ? "" : " of every agent"
    writer.write("", "/// Starts an episode\(every) with `defaultTargetReturn`.")
    begin(to: &writer)
    writer.write("\(access)mutating func reset() { reset(targetReturn: Self.defaultTargetReturn) }")
    guard !agents.isOne else { return }
    writer.write("", "/// Starts an episode of `agent` alone with `defaultTargetReturn`.")
    begin(to: &writer)
    writer.scope("\(access)mutating func reset(agent: Int)") {
      $0.write("reset(agent: agent, targetReturn: Self.defaultTargetReturn)")
    }
  }

  private func retarget(to writer: inout CodeWriter) {
    writer.write("")
    document(
      one: [
        "Asks for `targetReturn` from now on: the next return token is exactly the new target, and the reward",
        "of the action before it is not subtracted. Past tokens keep theirs.",
      ],
      several: [
        "Asks `agent` for `targetReturn` from now on: its next return token is exactly the new target, and the",
        "reward of the action before it is not subtracted. Past tokens keep theirs.",
      ], to: &writer)
    begin(to: &writer)
    writer.scope("\(access)mutating func retarget(\(parameter)_ targetReturn: Float)") { writer in
      isAgent(to: &writer)
      agents.setOne(
        [
          [
            (.returnToGo, keptReturn("targetReturn")), (.rewardWeight, "0"),
            (.returnIsPrepared, "false"),
          ]
        ], to: &writer)
    }
  }

  /// In front of the parameters of a member that is about one agent.
  private var parameter: String { agents.isOne ? "" : "agent: Int, " }

  package func isAgent(to writer: inout CodeWriter) {
    guard !agents.isOne else { return }
    let last = agents.count - 1
    writer.write(
      "precondition(agent >= 0 && agent < \(agents.count), \"agents have the numbers 0 to \(last)\")"
    )
  }
}
