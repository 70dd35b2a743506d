extension ControlLoopRenderer {
  /// `prepare` and what it needs.
  package func prepare(to writer: inout CodeWriter) {
    document(
      one: [
        "Takes the \(ownAction) action into the history and does what needs no new state, at the cost of",
        "`preparationMultiplyAdds`. Does nothing before the first `act`, a second time, or after the last step.",
      ],
      several: [
        "Takes the \(ownAction) actions into the histories and does everything that does not need the next states, at the",
        "cost of `preparationMultiplyAdds`. Does nothing for an agent before its first `act`, a second time, or after",
        "its last step.",
      ], to: &writer)
    begin(to: &writer)
    writer.scope("\(access)mutating func prepare()") { writer in
      writer.write("guard canPrepare else { return }")
      if !plan.preparation.isEmpty {
        agents.forEach(to: &writer) { writer in
          if choice != nil { return mark(agents.place(of: .chosen), to: &writer) }
          let input = agents.row("actionInput", as: "input", to: &writer)
          let output = agents.row("prediction", as: "output", to: &writer)
          writer.numbers("Action.count", "\(input)[index] = \(fedBack("\(output)[index]"))")
        }
      }
      writer.write("advance()")
      write(plan.prepare.aroundBranch.after, to: &writer)
    }
    writer.write("")
    executed(to: &writer)
    writer.write("")
    conditions(to: &writer)
    writer.write("")
    advance(to: &writer)
  }

  /// What the history takes where nobody says what was executed.
  private var ownAction: String {
    choice != nil ? "chosen" : plan.steps.action.history == .raw ? "predicted" : "returned"
  }

  /// What becomes of `prediction`, an action's component `index` in model units, where nobody says what was executed:
  /// clamped, it is what it would be if the caller had told what `act` returned.
  private func fedBack(_ prediction: String) -> String {
    switch plan.steps.action.history {
    case .raw: prediction
    case .clamped: modelUnits(environmentUnits(prediction))
    }
  }

  // MARK: Executed actions

  private func executed(to writer: inout CodeWriter) {
    documentExecuted(to: &writer)
    begin(to: &writer)
    let rewards = agents.name("reward")
    writer.scope(
      "\(access)mutating func prepare(executed: \(agents.name("Action")), \(rewards): \(rewardType)? = nil) throws(\(agents.error))"
    ) { writer in
      agents.forEach(to: &writer) {
        $0.write("guard \(agents.place(of: .isStarted)) else { \(agents.failing(".notReset")) }")
      }
      let awaits = agents.isOne || endsEpisodes ? "awaitsPreparation" : "canPrepare"
      writer.write(
        "guard \(awaits) else { \(agents.failing(".nothingToPrepare", agent: "0")) }")
      agents.forEach(to: &writer) { writer in
        if choice != nil { return markExecuted(to: &writer) }
        let input = agents.row("actionInput", as: "input", to: &writer)
        let executed = modelUnits("\(agents.part(of: "executed"))[index]")
        writer.numbers("Action.count", "\(input)[index] = \(executed)")
        agents.check("\(input)[index]", "Action.count", ".nonFiniteExecutedAction", to: &writer)
        if !agents.isOne { ignore(input, to: &writer) }
      }
      writer.write("let \(agents.name("nextReturn")) = try \(returnToGo)(after: \(rewards))")
      if endsEpisodes { writer.write("guard canPrepare else { return }") }
      writer.write("advance()")
      writer.scope("if \(rewards) != nil") { writer in
        agents.set(
          [
            [
              (.returnToGo, agents.own("nextReturn")), (.rewardWeight, "0"),
              (.rewardIsKnown, "true"), (.returnIsPrepared, "true"),
            ]
          ], to: &writer)
        returnInput(to: &writer)
        agents.forEachGroup(to: &writer) { write(plan.prepare.aroundBranch.within, to: &$0) }
      }
      write(plan.prepare.aroundBranch.after, to: &writer)
    }
  }

  private func documentExecuted(to writer: inout CodeWriter) {
    document(
      one: [
        "The same with the action that was really executed, where it differs from the \(choice == nil ? "prediction" : "chosen one"). After the last",
        "step it checks its arguments and does nothing else.",
        "",
        "- Parameter executed: \(choice == nil ? "Environment units; every number is finite." : "Its number.")",
        "- Parameter reward: What the environment paid for it, finite, if that is known already: the return token",
        "  is prepared then, and `act` runs one token. `act` must not be given the reward again.",
        "- Throws: `StepError`. A call that throws has prepared nothing.",
      ],
      several: [
        "The same with the actions that were really executed, where they differ from the \(choice == nil ? "predictions" : "chosen ones").",
        "",
        "For an agent that was reset since `act`, or that has had its last step, any \(choice == nil ? "finite numbers do: there they" : "action's number does: there it")",
        "\(choice == nil ? "are" : "is") ignored. Where that is true of all agents, it checks its arguments and does nothing else.",
        "",
        "- Parameters:",
        "  - executed: Environment units; every number is finite.",
        "  - rewards: What the environments paid for them, environment units and finite, if that is known already: then",
        "    the return tokens are prepared too, and `act` runs one token an agent. `act` must not be given the rewards",
        "    again.",
        "- Throws: `BatchStepError`. A call that throws has prepared nothing.",
      ], to: &writer)
  }

  /// Whether an agent takes part is a choice between integers, as for rewards.
  private func ignore(_ input: String, to writer: inout CodeWriter) {
    writer.write(
      "// An action that is ignored becomes zero: on its way to hidden rows it must not overflow either.",
      "let mask: UInt32 = episodes[agent].canPrepare ? .max : 0")
    writer.numbers(
      "Action.count", "\(input)[index] = Float(bitPattern: \(input)[index].bitPattern & mask)")
  }

  // MARK: Time

  /// What decides whether there is something to prepare: of several agents, whether some have.
  private func conditions(to writer: inout CodeWriter) {
    guard !agents.isOne else {
      return writer.constant("private var canPrepare: Bool", canPrepare)
    }
    ofSomeAgent("canPrepare", "has something to prepare", to: &writer)
    if endsEpisodes {
      writer.write("")
      ofSomeAgent("awaitsPreparation", "waits, be it behind its last step", to: &writer)
    }
  }

  /// A property of the episodes that is true where it is of one.
  private func ofSomeAgent(_ property: String, _ meaning: String, to writer: inout CodeWriter) {
    writer.write(
      "/// Whether some agent \(meaning).", "private var \(property): Bool {",
      "  @_noAllocation @_noLocks get {", "    var \(property) = false",
      "    for agent in 0..<\(agents.count) { \(property) = episodes[agent].\(property) || \(property) }",
      "    return \(property)", "  }", "}")
  }
}
