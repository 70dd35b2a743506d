/// The control loop as generated code runs it, phase by phase, with the plan executed in float32 on the machine that
/// generates: what the float32 arithmetic of a plan costs, before anything is compiled.
struct PlanController {
  /// What one step gives, in float32; see `ReferenceInterpreter.StateTrace`.
  struct StateTrace: Equatable {
    var rows: [[Float]]
    /// Times the scale, but without the offset.
    var action: [Float]
  }

  private let plan: Plan
  private let routines: [RoutineName: Routine]
  private var memory: PlanMemory
  private var returnToGo: Float = 0
  private var rewardWeight: Float = 0
  private var awaitsPreparation = false
  private var returnIsPrepared = false

  init(plan: Plan, payload: [Float]) {
    self.plan = plan
    routines = Dictionary(uniqueKeysWithValues: plan.routines.map { ($0.name, $0) })
    memory = PlanMemory(plan: plan, payload: payload)
  }

  mutating func reset(targetReturn: Float) {
    memory.reset()
    if plan.carriesTokens { run(.embedTime, token: 0) }
    returnToGo = targetReturn / Float(plan.steps.returnScale)
    (rewardWeight, awaitsPreparation, returnIsPrepared) = (0, false, false)
  }

  /// The action for `state`, and the state token on its way to it.
  mutating func act(state: [Float], reward: Float) -> StateTrace {
    var trace = StateTrace(rows: [], action: [])
    let lastRoutines = plan.forms.indices.map { layer in
      layer == plan.forms.count - 1
        ? RoutineName.finalBlock : .block(layer, returnIsPrepared ? .token : .feedback)
    }
    for name in begin(state: state, reward: reward) {
      run(name, token: plan.shape.stateToken)
      if name == .embed(.state) { trace.rows.append(row(.tokens)) }
      if lastRoutines.contains(name) { trace.rows.append(row(.stream)) }
    }
    let prediction = memory[Operand(.prediction), plan.shape.actionDimension]
    trace.action = zip(prediction, plan.steps.action.scale).map { $0 * Float($1) }
    return trace
  }

  /// Takes a step for which no action is asked: only what later steps need of it.
  mutating func pass(state: [Float], reward: Float) {
    let phase = begin(state: state, reward: reward)
    for name in phase where leavesRows(name) {
      run(name, token: plan.shape.stateToken)
    }
  }

  /// Takes the predicted action into the history, or the `executed` one (environment units), and prepares the next
  /// step; with the `reward` its return token too. Where the next step is only passed, the window need not be computed.
  mutating func prepare(
    executed: [Float]? = nil, reward: Float? = nil, computesWindow: Bool = true
  ) {
    guard awaitsPreparation else { return }
    let count = plan.shape.actionDimension
    memory[Operand(.actionInput), count] =
      executed.map { executed in
        zip(executed, zip(plan.steps.action.scale, plan.steps.action.offset)).map {
          ($0 - Float($1.1)) / Float($1.0)
        }
      } ?? memory[Operand(.prediction), count]
    for step in plan.prepare.aroundBranch.before {
      switch step {
      case .advanceTime: memory.timestep += 1
      case .call(let name, let token):
        if computesWindow || !name.isOfWindow { run(name, token: token ?? 0) }
      case .branch: preconditionFailure("a branch is not in front of itself")
      }
    }
    awaitsPreparation = false
    guard let reward else { return }
    subtract(reward)
    (rewardWeight, returnIsPrepared) = (0, true)
    for name in plan.returnPreparation { run(name, token: plan.shape.returnToken) }
  }

  /// Whether later steps need what a routine computes: tokens, and all that survives a slide.
  private func leavesRows(_ name: RoutineName) -> Bool {
    switch name {
    case .embed: true
    case .block(let layer, _): plan.network.survivesSlide(enteringBlock: layer)
    case .keys: plan.network.survivesSlide(enteringBlock: plan.forms.count - 1)
    default: false
    }
  }

  /// Sets the inputs of a step; what is left to run.
  private mutating func begin(state: [Float], reward: Float) -> [RoutineName] {
    prepare()
    if !returnIsPrepared { subtract(reward) }
    let mean = plan.steps.state.mean ?? Array(repeating: 0, count: state.count)
    memory[Operand(.stateInput), state.count] = zip(state, mean).map { $0 - Float($1) }
    let phase = returnIsPrepared ? plan.shortFeedback : plan.feedback
    (rewardWeight, awaitsPreparation, returnIsPrepared) = (1, true, false)
    return phase
  }

  private mutating func subtract(_ reward: Float) {
    returnToGo -= reward * rewardWeight / Float(plan.steps.returnScale)
    memory[Operand(.returnInput), 1] = [returnToGo]
  }

  private mutating func run(_ name: RoutineName, token: Int) {
    for operation in routines[name]!.operations { memory.perform(operation, token: token) }
  }

  /// The state token's row.
  private func row(_ buffer: ControllerBuffer.Name) -> [Float] {
    memory[Operand(buffer, row: .at(plan.shape.stateToken)), plan.shape.hiddenSize]
  }
}
