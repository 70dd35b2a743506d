/// Writes the members that drive the phases, for one agent or for a batch.
package protocol PhaseMemberRenderer {
  var plan: Plan { get }

  /// `reset` and `retarget`.
  func episode(to writer: inout CodeWriter)
  /// `act` and what it needs.
  func act(to writer: inout CodeWriter)
  /// `prepare` and what it needs.
  func prepare(to writer: inout CodeWriter)
}

extension PhaseMemberRenderer {
  package var access: String { "\(plan.deployment.access.rawValue) " }
  package var hasPast: Bool { plan.shape.pastTokenCount > 0 }
  package var length: String { literal(plan.shape.maximumEpisodeLength) }
  package var endsEpisodes: Bool { plan.steps.endsEpisodes }

  package func begin(to writer: inout CodeWriter) { writer.write("@_noAllocation @_noLocks") }

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
      case .call(.readAhead, _): writer.write("Kernels.readAhead(weights, memory)")
      case .call(let name, let token):
        let slot = token.map { "token: \(OperandText(plan: plan).slot($0))" } ?? ""
        writer.write("\(name)(\(slot))")
      case .advanceTime: advanceTime(&writer)
      case .branch(let condition, let then, let otherwise):
        branch(condition, then, otherwise, &writer)
      }
    }
  }

  /// The feedback phase: one token where the return token was prepared, else two.
  package func feedback(to writer: inout CodeWriter, nextReturn: (inout CodeWriter) -> Void) {
    write(
      plan.act, to: &writer,
      branch: { condition, then, otherwise, writer in
        writer.scope("if \(condition.rawValue)") { write(then, to: &$0) }
        writer.chain("else") { writer in
          nextReturn(&writer)
          write(otherwise, to: &writer)
        }
      })
  }

  /// The name of the state's mean.
  package var mean: String { plan.weights.tensor(.stateMean).name }

  /// `value` divided by the return scale.
  package func scaled(_ value: String) -> String {
    let scale = plan.steps.returnScale
    return scale == 1 ? value : "\(value) / \(literal(Float(scale)))"
  }

  /// `prediction`, an action's component `index` in model units, in environment units: times the scale, plus the offset.
  package func environmentUnits(_ prediction: String) -> String {
    prediction + (actionScale.map { " * \($0)" } ?? "") + (actionOffset.map { " + \($0)" } ?? "")
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

  private func perAction(
    _ content: PackedTensor.Content, _ number: Double, unless neutral: Float
  ) -> String? {
    if plan.weights.contains(content) {
      return "\(plan.weights.tensor(content).name)[index]"
    }
    return Float(number) == neutral ? nil : literal(Float(number))
  }
}
