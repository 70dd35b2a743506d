// Actions that are numbers: the model predicts a logit for each, and one is chosen, greedily or by a number of the
// caller's, so that nothing is random inside.

extension ControlLoopRenderer {
  /// Both forms of `act`, and the logits.
  package func actWithNumbers(to writer: inout CodeWriter) {
    documentGreedy(to: &writer)
    begin(to: &writer)
    writer.scope(
      "\(access)mutating func act(\(stateAndReward(defaultsToNil: true))) throws(\(agents.error)) -> \(agents.name("Action"))"
    ) { choose("largest(of: \(output), count: Logits.count)", to: &$0) }
    writer.write("")
    documentDrawn(to: &writer)
    begin(to: &writer)
    writer.scope(
      "\(access)mutating func act(\(stateAndReward(defaultsToNil: true)), \(agents.name("uniform")): \(agents.isOne ? "Float" : "Uniforms")) throws(\(agents.error)) -> \(agents.name("Action"))"
    ) { writer in
      agents.forEach(to: &writer) { writer in
        let uniform = agents.own("uniform")
        writer.write(
          "guard ActionChoice.isUniform(\(uniform)) else { \(agents.failing(".invalidUniform")) }")
      }
      choose(
        "drawn(from: \(output), count: Logits.count, uniform: \(agents.own("uniform")), temperature: \(literal(Float(choice!.temperature))), powers: \(agents.row("actionInput")))",
        to: &writer)
    }
    writer.write("")
    logits(to: &writer)
    writer.write("")
    writer.write("/// The feedback phase, up to the logits.")
    begin(to: &writer)
    writer.scope(
      "private mutating func computeLogits(\(stateAndReward(defaultsToNil: false))) throws(\(agents.error))"
    ) { step(to: &$0) }
  }

  /// An agent's logits.
  private var output: String { agents.row("prediction") }

  /// Predicts, chooses and remembers.
  private func choose(_ function: String, to writer: inout CodeWriter) {
    let (rewards, actions) = (agents.name("reward"), agents.name("action"))
    writer.write("try computeLogits(\(stateName), \(rewards): \(rewards))")
    guard !agents.isOne else {
      return writer.write("chosen = ActionChoice.\(function)", "return chosen")
    }
    writer.write("var \(actions) = Actions(repeating: 0)")
    agents.forEach(to: &writer) {
      $0.write(
        "\(agents.own("action")) = ActionChoice.\(function)",
        "\(agents.place(of: .chosen)) = \(agents.own("action"))")
    }
    writer.write("return \(actions)")
  }

  private func documentGreedy(to writer: inout CodeWriter) {
    document(
      one: [
        "The action for `\(stateName)`, the one with the largest logit (of equal ones the first), at the cost of",
        "`feedbackMultiplyAdds`. Runs `prepare()` first if nobody has.",
        "", stateDocumentation,
        "- Parameter reward: What the environment paid for the previous action, finite; nil is 0. An episode's",
        "  first step ignores it, and so does the step after `retarget`.",
        "- Returns: The action's number.",
        "- Throws: `StepError`. A call that throws has not taken a step.",
      ],
      several: [
        "The actions for `states`, agent by agent those with the largest logit (of equal ones the first), at the cost of",
        "`feedbackMultiplyAdds`. Runs `prepare()` first where the caller has not.",
        "",
        "Every agent must have an episode with steps left; one that nobody needs may have any finite state, for",
        "agents do not see each other.",
        "",
        "- Parameters:",
        "  - states: Raw environment units; every number is finite.",
        "  - rewards: What the environments paid for the previous actions, environment units and finite; nil is 0. An",
        "    agent ignores its reward in its episode's first step, and in the step after `retarget`.",
        "- Returns: The actions' numbers.",
        "- Throws: `BatchStepError`. A call that throws has not taken a step for any agent.",
      ], to: &writer)
  }

  private func documentDrawn(to writer: inout CodeWriter) {
    let probabilities =
      choice!.temperature == 1
      ? "softmax(logits)" : "softmax(logits / \(literal(Float(choice!.temperature))))"
    document(
      one: [
        "The same with an action drawn from \(probabilities): its number is how many of the cumulative probabilities",
        "are at most `uniform`.",
        "",
        "- Parameter uniform: At least 0, below 1; of equally distributed numbers each action has its probability.",
        "- Throws: `StepError`. A call that throws has not taken a step.",
      ],
      several: [
        "The same with actions drawn from \(probabilities): their numbers are how many of the cumulative probabilities",
        "are at most the agent's of `uniforms`.",
        "",
        "- Parameter uniforms: At least 0, below 1; of equally distributed numbers each action has its probability.",
        "- Throws: `BatchStepError`. A call that throws has not taken a step for any agent.",
      ], to: &writer)
  }

  private func logits(to writer: inout CodeWriter) {
    document(
      one: ["The logits of the latest `act`, by action; zeros before an episode's first."],
      several: [
        "The logits of `agent` in the latest `act`, by action; zeros before an episode's first."
      ],
      to: &writer)
    func body(_ writer: inout CodeWriter) {
      writer.write("var logits = Logits(repeating: 0)")
      writer.numbers("Logits.count", "logits[index] = \(output)[index]")
      writer.write("return logits")
    }
    if agents.isOne {
      writer.scope("\(access)var logits: Logits") { writer in
        writer.scope("@_noAllocation @_noLocks get") { body(&$0) }
      }
    } else {
      begin(to: &writer)
      writer.scope("\(access)func logits(agent: Int) -> Logits") { writer in
        isAgent(to: &writer)
        body(&writer)
      }
    }
  }

  // MARK: History

  /// Makes the agent's action with this number the input of its token.
  package func mark(_ number: String, to writer: inout CodeWriter) {
    writer.write(
      "ActionChoice.mark(\(number), in: \(agents.row("actionInput")), count: Logits.count)")
  }

  /// The same of what was executed, if there is such an action.
  package func markExecuted(to writer: inout CodeWriter) {
    let executed = agents.part(of: "executed")
    let reason = ".noSuchAction(number: \(executed))"
    writer.write(
      "guard \(executed) >= 0, \(executed) < Logits.count else { \(agents.failing(reason)) }")
    mark(executed, to: &writer)
  }
}
