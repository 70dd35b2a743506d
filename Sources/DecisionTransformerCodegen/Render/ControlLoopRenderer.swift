/// Writes the control loop, for one agent or for a batch: where an agent is in its episode, and the members that run a
/// plan's phases. `AgentText` knows how an agent's things read.
///
/// Several agents step together through episodes of their own. What is not an agent's own bookkeeping is done for all
/// in every call: one that has just been reset has nothing to prepare, its rows move with the others' all the same,
/// and its timestep of 0 hides them from it.
package struct ControlLoopRenderer {
  package let plan: Plan
  package let agents: AgentText

  package init(plan: Plan) {
    self.plan = plan
    agents = AgentText(plan: plan)
  }

  package var access: String { "\(plan.deployment.access.rawValue) " }
  package var length: String { literal(plan.steps.time.stepCount) }
  package var endsEpisodes: Bool { plan.steps.endsEpisodes }

  /// How an action is chosen, of numbered ones.
  package var choice: ControlSteps.Action.Choice? { plan.steps.action.choice }

  /// The type of what is predicted.
  package var prediction: String { choice == nil ? "Action" : "Logits" }

  package func begin(to writer: inout CodeWriter) { writer.write("@_noAllocation @_noLocks") }

  /// Writes what documents a member, for one agent or for several.
  package func document(one: [String], several: [String], to writer: inout CodeWriter) {
    for line in agents.isOne ? one : several {
      writer.write(line.isEmpty ? "///" : "/// \(line)")
    }
  }

  // MARK: Phases

  /// Writes the steps of a phase; `branch` writes what a condition decides.
  package func write(
    _ steps: some Sequence<PhaseStep>, to writer: inout CodeWriter,
    advanceTime: (inout CodeWriter) -> Void = { _ in preconditionFailure("time advances once") },
    branch: (PhaseCondition, [PhaseStep], [PhaseStep], inout CodeWriter) -> Void = { _, _, _, _ in
      preconditionFailure("a branch is written where its condition is known")
    }
  ) {
    for step in steps {
      switch step {
      case .call(.readAhead, _): writer.write(OperationsRenderer.readAhead)
      case .call(let name, let token):
        let slot = token.map { "token: \(OperandText(plan: plan).slot($0))" } ?? ""
        writer.write("\(name)(\(slot))")
      case .advanceTime: advanceTime(&writer)
      case .branch(let condition, let then, let otherwise):
        branch(condition, then, otherwise, &writer)
      }
    }
  }

  /// The return tokens' input.
  package func returnInput(to writer: inout CodeWriter) {
    guard plan.steps.tokens.contains(.return) else { return }
    agents.forEach(to: &writer) {
      $0.write("\(agents.row("returnInput"))[0] = \(token(agents.own("nextReturn")))")
    }
  }

  // MARK: Units

  /// The name of the state's mean.
  package var mean: String { plan.weights.tensor(.stateMean).name }

  /// What `act` returns of `prediction`, an action's component `index` in model units: times the scale, plus the offset,
  /// inside of the bounds.
  package func environmentUnits(_ prediction: String) -> String {
    var action =
      prediction + (actionScale.map { " * \($0)" } ?? "") + (actionOffset.map { " + \($0)" } ?? "")
    if let least = bound(.actionMinimum, plan.steps.action.minimum) {
      action = "VectorMath.larger(\(action), \(least))"
    }
    if let most = bound(.actionMaximum, plan.steps.action.maximum) {
      action = "VectorMath.smaller(\(action), \(most))"
    }
    return action
  }

  /// `executed`, an action's component `index` in environment units, in model units.
  package func modelUnits(_ executed: String) -> String {
    let difference = actionOffset.map { "\(executed) - \($0)" }
    guard let scale = actionScale else { return difference ?? executed }
    return "\(difference.map { "(\($0))" } ?? executed) / \(scale)"
  }

  /// The factor of the action's component `index`; nil where all are 1.
  private var actionScale: String? {
    perAction(.actionScale, plan.steps.action.scale[0], unless: 1)
  }

  /// What is added to it; nil where that is nothing.
  private var actionOffset: String? {
    perAction(.actionOffset, plan.steps.action.offset[0], unless: 0)
  }

  /// The bound of the action's component `index`; nil where there is none.
  private func bound(_ content: PackedTensor.Content, _ numbers: [Double]?) -> String? {
    numbers.flatMap { perAction(content, $0[0], unless: nil) }
  }

  private func perAction(
    _ content: PackedTensor.Content, _ number: Double, unless neutral: Float?
  ) -> String? {
    if plan.weights.contains(content) {
      return "\(plan.weights.tensor(content).name)[index]"
    }
    return Float(number) == neutral ? nil : literal(Float(number))
  }
}
