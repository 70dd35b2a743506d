/// Writes the members that drive the phases: reset, act, prepare, retarget.
package struct MemberRenderer: PhaseMemberRenderer {
  package let plan: Plan

  // MARK: Episode

  package func episode(to writer: inout CodeWriter) {
    writer.write(
      "/// Starts an episode in which `targetReturn` is to be collected, environment units, ready for the first"
    )
    writer.write("/// `act`. A target that is not finite is reported there.")
    begin(to: &writer)
    writer.scope("\(access)mutating func reset(targetReturn: Float)") { writer in
      writer.write(plan.forward.isEmpty ? "Kernels.clear(memory)" : "clear()")
      if plan.network.predictsNext { writer.write("expectsNext = false") }
      writer.write(
        "(timestep, returnToGo, rewardWeight) = (0, \(scaled("targetReturn")), 0)"
      )
      writer.write(
        "(isStarted, awaitsPreparation, rewardIsKnown, returnIsPrepared) = (true, false, false, false)"
      )
      if plan.carriesTokens { writer.write("embedTime()") }
      write(plan.prepare.aroundBranch.after, to: &writer)
    }
    if plan.deployment.targetReturn != nil {
      writer.write("", "/// Starts an episode with `defaultTargetReturn`.")
      begin(to: &writer)
      writer.write(
        "\(access)mutating func reset() { reset(targetReturn: Self.defaultTargetReturn) }")
    }
    writer.write(
      "",
      "/// Asks for `targetReturn` from now on: the next return token is exactly the new target, and the reward"
    )
    writer.write("/// of the action before it is not subtracted. Past tokens keep theirs.")
    begin(to: &writer)
    writer.scope("\(access)mutating func retarget(_ targetReturn: Float)") { writer in
      writer.write(
        "(returnToGo, rewardWeight, returnIsPrepared) = (\(scaled("targetReturn")), 0, false)")
    }
  }

  // MARK: Feedback

  package func act(to writer: inout CodeWriter) {
    writer.write(
      "/// The action for `state`, at the cost of `feedbackMultiplyAdds`. Runs `prepare()` first if nobody has.",
      "///",
      "/// - Parameter state: Raw environment units; every number is finite.",
      "/// - Parameter reward: What the environment paid for the previous action, finite; nil is 0. An episode's",
      "///   first step ignores it, and so does the step after `retarget`.",
      "/// - Returns: The action, environment units.",
      "/// - Throws: `StepError`. A call that throws has not taken a step.")
    begin(to: &writer)
    writer.scope(
      "\(access)mutating func act(_ state: State, reward: Float? = nil) throws(StepError) -> Action"
    ) { writer in
      writer.write("guard isStarted else { throw .notReset }")
      if endsEpisodes {
        writer.write(
          "guard (awaitsPreparation ? timestep + 1 : timestep) < \(length) else { throw .episodeEnded(maximumLength: \(length)) }"
        )
      }
      writer.numbers(
        "State.count",
        where: "!state[index].isFinite", "throw .nonFiniteState(index: index)")
      writer.write("let nextReturn = try returnToGo(after: reward)", "prepare()")
      writer.numbers("State.count", "stateInput[index] = state[index] - \(mean)[index]")
      feedback(to: &writer) { $0.write("returnInput[0] = nextReturn") }
      writer.numbers(
        "Action.count",
        where: "!prediction[index].isFinite", "throw .nonFiniteAction(index: index)")
      writer.write("(awaitsPreparation, returnToGo, rewardWeight) = (true, nextReturn, 1)")
      writer.write("(rewardIsKnown, returnIsPrepared) = (false, false)")
      writer.write("var action = Action(repeating: 0)")
      writer.numbers(
        "Action.count", "action[index] = \(environmentUnits("prediction[index]"))")
      writer.write("return action")
    }
    writer.write(
      "", "/// The next return token: float32, as in the published loop.",
      "@_noAllocation @_noLocks")
    writer.scope("private func returnToGo(after reward: Float?) throws(StepError) -> Float") {
      writer in
      // A call without a reward executes the same instructions as one with it: the choice is made between
      // integers (a conditional move; between floats it is a branch), and only the sum is tested (a test
      // of the reward would be known to succeed without one, and left out there).
      writer.write(
        "guard !rewardIsKnown || reward == nil else { throw .rewardGivenTwice }",
        "let paid = Float(bitPattern: reward?.bitPattern ?? 0)",
        "let next = returnToGo - \(scaled("(paid * rewardWeight)"))")
      writer.write(
        "guard next.isFinite else { throw paid.isFinite ? .nonFiniteReturn : .nonFiniteReward }",
        "return next")
    }
  }

  // MARK: Preparation

  package func prepare(to writer: inout CodeWriter) {
    writer.write(
      "/// Takes the predicted action into the history and does what needs no new state, at the cost of",
      "/// `preparationMultiplyAdds`. Does nothing before the first `act`, a second time, or after the last step."
    )
    begin(to: &writer)
    writer.scope("\(access)mutating func prepare()") { writer in
      writer.write("guard canPrepare else { return }")
      if !plan.preparation.isEmpty {
        writer.numbers("Action.count", "actionInput[index] = prediction[index]")
      }
      writer.write("advance()")
      write(plan.prepare.aroundBranch.after, to: &writer)
    }
    writer.write(
      "",
      "/// The same with the action that was really executed, where it differs from the prediction. After the last",
      "/// step it checks its arguments and does nothing else.",
      "///",
      "/// - Parameter executed: Environment units; every number is finite.",
      "/// - Parameter reward: What the environment paid for it, finite, if that is known already: the return token",
      "///   is prepared then, and `act` runs one token. `act` must not be given the reward again.",
      "/// - Throws: `StepError`. A call that throws has prepared nothing.")
    begin(to: &writer)
    writer.scope(
      "\(access)mutating func prepare(executed: Action, reward: Float? = nil) throws(StepError)"
    ) { writer in
      writer.write("guard isStarted else { throw .notReset }")
      writer.write("guard awaitsPreparation else { throw .nothingToPrepare }")
      writer.numbers(
        "Action.count",
        "actionInput[index] = \(modelUnits("executed[index]"))")
      writer.numbers(
        "Action.count",
        where: "!actionInput[index].isFinite", "throw .nonFiniteExecutedAction(index: index)")
      writer.write("let nextReturn = try returnToGo(after: reward)")
      if endsEpisodes { writer.write("guard canPrepare else { return }") }
      writer.write("advance()")
      writer.scope("if reward != nil") { writer in
        writer.write(
          "(returnToGo, rewardWeight, rewardIsKnown, returnIsPrepared) = (nextReturn, 0, true, true)"
        )
        writer.write("returnInput[0] = nextReturn")
        write(plan.prepare.aroundBranch.within, to: &writer)
      }
      write(plan.prepare.aroundBranch.after, to: &writer)
    }
    writer.write("")
    writer.constant(
      "private var canPrepare: Bool",
      "awaitsPreparation\(endsEpisodes ? " && timestep + 1 < \(length)" : "")")
    writer.write(
      "",
      "/// One step on: the action joins the history, the window slides, what that made stale is computed anew.",
      "@_noAllocation @_noLocks")
    writer.scope("private mutating func advance()") { writer in
      write(
        plan.prepare.aroundBranch.before, to: &writer, advanceTime: { $0.write("timestep += 1") })
      if plan.network.predictsNext { writer.write("expectsNext = true") }
      writer.write("awaitsPreparation = false")
    }
  }
}
