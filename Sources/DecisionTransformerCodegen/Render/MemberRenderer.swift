/// Writes the members that drive the phases: reset, act, prepare, retarget.
struct MemberRenderer: PhaseMemberRenderer {
  let plan: Plan
  let model: Model

  // MARK: Episode

  func episode(to writer: inout CodeWriter) {
    writer.write(
      "/// Starts an episode in which `targetReturn` is to be collected (environment units), ready for the first `act`."
    )
    writer.write("/// A target that is not finite is reported by `act`.")
    begin(to: &writer)
    writer.scope("\(access)mutating func reset(targetReturn: Float)") { writer in
      if plan.forward.isEmpty {
        writer.write("var index = 0")
        writer.write(
          "while index < \(literal(plan.memory.floatCount)) { Vector(repeating: 0).store(at: memory + index); index += 16 }"
        )
      } else {
        writer.write("clear()")
      }
      if model.predictsNext { writer.write("expectsNext = false") }
      writer.write(
        "(timestep, returnToGo, rewardWeight) = (0, \(scaled("targetReturn")), 0)"
      )
      writer.write(
        "(isStarted, awaitsPreparation, rewardIsKnown, returnIsPrepared) = (true, false, false, false)"
      )
      if plan.carriesTokens { writer.write("embedTime()") }
      phase(plan.afterPreparation, to: &writer, token: plan.shape.stateToken)
    }
    if model.options.targetReturn != nil {
      writer.write("", "/// Starts an episode with `defaultTargetReturn`.")
      begin(to: &writer)
      writer.scope("\(access)mutating func reset()") {
        $0.write("reset(targetReturn: Self.defaultTargetReturn)")
      }
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

  func act(to writer: inout CodeWriter) {
    writer.write(
      "/// The action for `state`, at the cost of `feedbackMultiplyAdds`. Runs `prepare()` first where the caller has not.",
      "///",
      "/// - Parameter state: Raw environment units; every number is finite.",
      "/// - Parameter reward: What the environment paid for the previous action, environment units and finite; nil is 0.",
      "///   An episode's first step ignores it, and so does the step after `retarget`.",
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
        plan.shape.stateDimension, declares: true,
        "if !state[index].isFinite { throw .nonFiniteState(index: index) }")
      writer.write("let nextReturn = try returnToGo(after: reward)", "prepare()", "")
      writer.numbers(plan.shape.stateDimension, "stateInput[index] = state[index]")
      subtractMean("stateInput", to: &writer)
      feedback(to: &writer) { $0.write("returnInput[0] = nextReturn") }
      writer.numbers(
        plan.shape.actionDimension,
        "if !prediction[index].isFinite { throw .nonFiniteAction(index: index) }")
      writer.write("(awaitsPreparation, returnToGo, rewardWeight) = (true, nextReturn, 1)")
      writer.write("(rewardIsKnown, returnIsPrepared) = (false, false)")
      writer.write("var action = Action(repeating: 0)")
      writer.numbers(
        plan.shape.actionDimension, "action[index] = \(environmentUnits("prediction[index]"))")
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

  func prepare(to writer: inout CodeWriter) {
    writer.write(
      "/// Takes the predicted action into the history and does everything that does not need the next state, at the cost",
      "/// of `preparationMultiplyAdds`. Does nothing before the first `act`, a second time, or after the last step."
    )
    begin(to: &writer)
    writer.scope("\(access)mutating func prepare()") { writer in
      writer.write("guard canPrepare else { return }")
      if !plan.preparation.isEmpty {
        writer.vectors(of: plan.shape.actionStride, declares: true) {
          "Vector(at: prediction\($0)).store(at: actionInput\($0))"
        }
      }
      writer.write("advance()")
      phase(plan.afterPreparation, to: &writer, token: plan.shape.stateToken)
    }
    writer.write(
      "",
      "/// The same with the action that was really executed, where it differs from the prediction. After the last step it",
      "/// checks its arguments and does nothing else.",
      "///",
      "/// - Parameter executed: Environment units; every number is finite.",
      "/// - Parameter reward: What the environment paid for it, environment units and finite, if that is known already:",
      "///   the return token is prepared then, and `act` runs one token. `act` must not be given the reward again.",
      "/// - Throws: `StepError`. A call that throws has prepared nothing.")
    begin(to: &writer)
    writer.scope(
      "\(access)mutating func prepare(executed: Action, reward: Float? = nil) throws(StepError)"
    ) { writer in
      writer.write("guard isStarted else { throw .notReset }")
      writer.write("guard awaitsPreparation else { throw .nothingToPrepare }")
      writer.numbers(
        plan.shape.actionDimension, declares: true,
        "actionInput[index] = \(modelUnits("executed[index]"))")
      writer.numbers(
        plan.shape.actionDimension,
        "if !actionInput[index].isFinite { throw .nonFiniteExecutedAction(index: index) }")
      writer.write("let nextReturn = try returnToGo(after: reward)")
      if endsEpisodes { writer.write("guard canPrepare else { return }") }
      writer.write("advance()")
      writer.scope("if reward != nil") { writer in
        writer.write(
          "(returnToGo, rewardWeight, rewardIsKnown, returnIsPrepared) = (nextReturn, 0, true, true)"
        )
        writer.write("returnInput[0] = nextReturn")
        phase(plan.returnPreparation, to: &writer, token: plan.shape.returnToken)
      }
      phase(plan.afterPreparation, to: &writer, token: plan.shape.stateToken)
    }
    writer.write("", "private var canPrepare: Bool {")
    writer.write(
      "  @_noAllocation @_noLocks get { awaitsPreparation\(endsEpisodes ? " && timestep + 1 < \(length)" : "") }",
      "}")
    writer.write(
      "",
      "/// One step on: the action joins the history, the window slides, what the slide made stale is computed anew.",
      "@_noAllocation @_noLocks")
    writer.scope("private mutating func advance()") { writer in
      let routines = plan.preparation
      let slide = routines.firstIndex(of: .slideWindow) ?? routines.count
      phase(Array(routines[..<slide]), to: &writer, token: plan.shape.actionToken)
      writer.write("timestep += 1")
      phase(Array(routines[slide...]), to: &writer, token: plan.shape.actionToken)
      if model.predictsNext { writer.write("expectsNext = true") }
      writer.write("awaitsPreparation = false")
    }
  }
}
