extension BatchMemberRenderer {
  // MARK: Feedback

  package func act(to writer: inout CodeWriter) {
    writer.write(
      "/// The actions for `states`, agent by agent, at the cost of `feedbackMultiplyAdds`. Runs `prepare()` first where the",
      "/// caller has not.",
      "///",
      "/// Every agent must have an episode with steps left; one that nobody needs may have any finite state, for",
      "/// agents do not see each other.",
      "///",
      "/// - Parameters:",
      "///   - states: Raw environment units; every number is finite.",
      "///   - rewards: What the environments paid for the previous actions, environment units and finite; nil is 0. An",
      "///     agent ignores its reward in its episode's first step, and in the step after `retarget`.",
      "/// - Returns: The actions, environment units.",
      "/// - Throws: `BatchStepError`. A call that throws has not taken a step for any agent.")
    begin(to: &writer)
    writer.scope(
      "\(access)mutating func act(_ states: States, rewards: Rewards? = nil) throws(BatchStepError) -> Actions"
    ) { writer in
      forEachAgent(to: &writer) { writer in
        writer.write("let episode = episodes[agent]")
        writer.write(
          "guard episode.isStarted else { throw BatchStepError(agent: agent, .notReset) }")
        if endsEpisodes {
          writer.write(
            "guard (episode.awaitsPreparation ? episode.timestep + 1 : episode.timestep) < \(length) else {",
            "  throw BatchStepError(agent: agent, .episodeEnded(maximumLength: \(length)))", "}")
        }
        check("states[agent][index]", "State.count", ".nonFiniteState", to: &writer)
      }
      writer.write("let nextReturns = try returnsToGo(after: rewards)", "prepare()", "")
      forEachAgent(to: &writer) { stateInput(to: &$0) }
      feedback(to: &writer) { returnInput(to: &$0) }
      forEachAgent(to: &writer) { writer in
        writer.write("let output = prediction[0, agent]")
        check("output[index]", "Action.count", ".nonFiniteAction", to: &writer)
      }
      writer.write("", "var actions = Actions(repeating: Action(repeating: 0))")
      forEachAgent(to: &writer) { writer in
        writer.write(
          "(episodes[agent].awaitsPreparation, episodes[agent].rewardIsKnown) = (true, false)",
          "(episodes[agent].returnToGo, episodes[agent].rewardWeight) = (nextReturns[agent], 1)",
          "let output = prediction[0, agent]")
        writer.numbers(
          "Action.count",
          "actions[agent][index] = \(environmentUnits("output[index]"))")
      }
      writer.write("returnIsPrepared = false", "return actions")
    }
    returnsToGo(to: &writer)
  }

  /// The states minus their mean.
  private func stateInput(to writer: inout CodeWriter) {
    writer.write("let input = stateInput[0, agent]")
    writer.numbers("State.count", "input[index] = states[agent][index] - \(mean)[index]")
  }

  private func returnInput(to writer: inout CodeWriter) {
    writer.write(
      "for agent in 0..<\(plan.shape.batch) { returnInput[0, agent][0] = nextReturns[agent] }"
    )
  }

  private func returnsToGo(to writer: inout CodeWriter) {
    writer.write(
      "", "/// The next return tokens: float32, as in the published loop.",
      "@_noAllocation @_noLocks")
    writer.scope(
      "private func returnsToGo(after rewards: Rewards?) throws(BatchStepError) -> Rewards"
    ) { writer in
      writer.write("var next = Rewards(repeating: 0)")
      forEachAgent(to: &writer) { writer in
        // The choice is made between integers, a conditional move, as for a single agent.
        writer.write(
          "let episode = episodes[agent]",
          "guard !episode.rewardIsKnown || rewards == nil else {",
          "  throw BatchStepError(agent: agent, .rewardGivenTwice)", "}",
          "let paid = Float(bitPattern: rewards?[agent].bitPattern ?? 0)",
          "next[agent] = episode.returnToGo - \(scaled("(paid * episode.rewardWeight)"))",
          "guard next[agent].isFinite else {",
          "  throw BatchStepError(agent: agent, paid.isFinite ? .nonFiniteReturn : .nonFiniteReward)",
          "}")
      }
      writer.write("return next")
    }
  }

  // MARK: Preparation

  package func prepare(to writer: inout CodeWriter) {
    writer.write(
      "/// Takes the predicted actions into the histories and does everything that does not need the next states, at the",
      "/// cost of `preparationMultiplyAdds`. Does nothing for an agent before its first `act`, a second time, or after",
      "/// its last step.")
    begin(to: &writer)
    writer.scope("\(access)mutating func prepare()") { writer in
      writer.write("guard canPrepare else { return }")
      if hasPast {
        writer.write(
          "var index = 0",
          "while index < \(literal(plan.shape.batch * plan.shape.actionStride)) { Vector(at: prediction[0] + index).store(at: actionInput[0] + index); index += 16 }"
        )
      }
      writer.write("advance()")
      write(plan.prepare.aroundBranch.after, to: &writer)
    }
    writer.write(
      "",
      "/// The same with the actions that were really executed, where they differ from the predictions.",
      "///",
      "/// For an agent that was reset since `act`, or that has had its last step, any finite numbers do: there they",
      "/// are ignored. Where that is true of all agents, it checks its arguments and does nothing else.",
      "///",
      "/// - Parameters:",
      "///   - executed: Environment units; every number is finite.",
      "///   - rewards: What the environments paid for them, environment units and finite, if that is known already: then",
      "///     the return tokens are prepared too, and `act` runs one token an agent. `act` must not be given the rewards",
      "///     again.",
      "/// - Throws: `BatchStepError`. A call that throws has prepared nothing.")
    begin(to: &writer)
    writer.scope(
      "\(access)mutating func prepare(executed: Actions, rewards: Rewards? = nil) throws(BatchStepError)"
    ) { writer in
      forEachAgent(to: &writer) {
        $0.write(
          "guard episodes[agent].isStarted else { throw BatchStepError(agent: agent, .notReset) }")
      }
      writer.write(
        "guard \(endsEpisodes ? "awaitsPreparation" : "canPrepare") else { throw BatchStepError(agent: 0, .nothingToPrepare) }"
      )
      forEachAgent(to: &writer) { writer in
        writer.write("let input = actionInput[0, agent]")
        writer.numbers(
          "Action.count",
          "input[index] = \(modelUnits("executed[agent][index]"))")
        check(
          "input[index]", "Action.count", ".nonFiniteExecutedAction",
          to: &writer)
        writer.write(
          "// An action that is ignored becomes zero: on its way to hidden rows it must not overflow either.",
          "let weight = Vector(repeating: episodes[agent].canPrepare ? 1 : 0)")
        writer.vectors(of: plan.shape.actionStride) {
          "(Vector(at: input\($0)) * weight).store(at: input\($0))"
        }
      }
      writer.write("let nextReturns = try returnsToGo(after: rewards)")
      if endsEpisodes { writer.write("guard canPrepare else { return }") }
      writer.write("advance()")
      writer.scope("if rewards != nil") { writer in
        forEachAgent(to: &writer) {
          $0.write(
            "(episodes[agent].returnToGo, episodes[agent].rewardWeight) = (nextReturns[agent], 0)",
            "episodes[agent].rewardIsKnown = true")
        }
        returnInput(to: &writer)
        writer.write("returnIsPrepared = true")
        write(plan.prepare.aroundBranch.within, to: &writer)
      }
      write(plan.prepare.aroundBranch.after, to: &writer)
    }
    ofSomeAgent("canPrepare", "has something to prepare", to: &writer)
    if endsEpisodes {
      ofSomeAgent("awaitsPreparation", "waits, be it behind its last step", to: &writer)
    }
    writer.write(
      "",
      "/// One step on: the actions join the histories, the windows slide, what the slide made stale is computed anew.",
      "@_noAllocation @_noLocks")
    writer.scope("private mutating func advance()") { writer in
      write(
        plan.prepare.aroundBranch.before, to: &writer,
        advanceTime: { writer in
          forEachAgent(to: &writer) {
            $0.write(
              "let isStep = episodes[agent].canPrepare",
              "episodes[agent].timestep += isStep ? 1 : 0",
              "episodes[agent].awaitsPreparation = episodes[agent].awaitsPreparation && !isStep")
          }
        })
    }
  }

  /// A property of the episodes that is true where it is of one.
  private func ofSomeAgent(_ property: String, _ meaning: String, to writer: inout CodeWriter) {
    writer.write(
      "", "/// Whether some agent \(meaning).", "private var \(property): Bool {",
      "  @_noAllocation @_noLocks get {", "    var \(property) = false",
      "    for agent in 0..<\(plan.shape.batch) { \(property) = episodes[agent].\(property) || \(property) }",
      "    return \(property)", "  }", "}")
  }

  // MARK: Loops

  private func forEachAgent(
    to writer: inout CodeWriter, _ body: (inout CodeWriter) -> Void
  ) {
    writer.scope("for agent in 0..<\(plan.shape.batch)", body)
  }

  /// Throws where one of `count` numbers of the agent is not finite.
  private func check(
    _ element: String, _ count: String, _ reason: String,
    to writer: inout CodeWriter
  ) {
    writer.numbers(
      count, where: "!\(element).isFinite",
      "throw BatchStepError(agent: agent, \(reason)(index: index))")
  }
}
