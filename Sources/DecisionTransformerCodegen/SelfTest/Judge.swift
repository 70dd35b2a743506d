/// What a self test's numbers are compared with, step by step, in double precision: the checkpoint, nothing folded. Rounded
/// weights are another function on purpose; theirs is exact arithmetic on the packed numbers.
package struct Judge {
  /// One of both.
  private var reference: ReferenceController?
  private var machine: ControlMachine<Double>?

  package init(_ plan: Plan, _ model: Model, _ checkpoint: Checkpoint, payload: [Float]) {
    if !plan.deployment.isRounded {
      reference = ReferenceController(model: model, checkpoint: checkpoint)
    } else {
      machine = ControlMachine(plan, MachineWeights(plan, payload: payload))
    }
  }

  package mutating func reset(targetReturn: Double) {
    reference?.reset(targetReturn: targetReturn)
    machine?.reset(targetReturn: Float(targetReturn))
  }

  /// The state token on its way, and the action in model units.
  package mutating func act(state: [Float], reward: Float) -> ControlMachine<Double>.Trace {
    if let trace = machine?.act(state: state, reward: reward) { return trace }
    let trace = reference!.trace(state: state, reward: reward)
    return ControlMachine.Trace(rows: trace.rows, action: trace.action)
  }

  /// Takes a step whose action is told.
  package mutating func pass(state: [Float], reward: Float) {
    reference?.pass(state: state, reward: reward)
    machine?.pass(state: state, reward: reward)
  }

  /// Concludes a step: with the action that was executed, environment units, where it is another one.
  package mutating func conclude(executed: [Float]?, computesWindow: Bool) {
    if let executed { reference?.execute(executed.map(Double.init)) }
    machine?.prepare(executed: executed.map { [$0] }, computesWindow: computesWindow)
  }
}
