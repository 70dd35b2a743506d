/// The control loop as generated code runs it, for one agent or for a batch: the phases of a plan, step by step, on a
/// machine, with what the members of the generated type do around them.
package struct ControlMachine<Scalar: BinaryFloatingPoint> {
  /// What a step gives an agent.
  package struct Trace: Equatable {
    /// The state token's rows: after the embedding, after each block; the last one before ln_f.
    package var rows: [[Scalar]]
    /// Model units.
    package var action: [Scalar]

    package init(rows: [[Scalar]], action: [Scalar]) {
      self.rows = rows
      self.action = action
    }
  }

  /// Where an agent is in its episode.
  private struct Episode {
    /// As the network keeps it from step to step.
    package var returnToGo: Double
    /// 1 where the next reward counts; 0 in an episode's first step and after a new target.
    package var rewardWeight: Float = 0
    package var awaitsPreparation = false
  }

  package let plan: Plan
  package var machine: Machine<Scalar>
  private var episodes: [Episode]
  private var returnIsPrepared = false
  /// Whether the preparation phase that runs was given the rewards.
  private var rewardIsKnown = false
  /// Steps in front of the episode that are still to come, while these are taken.
  private var paddingLeft: Int?

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package init(_ plan: Plan, _ weights: MachineWeights<Scalar>) {
    self.plan = plan
    machine = Machine(plan, weights)
    episodes = Array(repeating: Episode(returnToGo: 0), count: plan.shape.groupSize)
  }

  /// The return token of the agent's latest step, divided by the return scale.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package func returnToGo(agent: Int = 0) -> Float {
    plan.steps.returns.token(episodes[agent].returnToGo)
  }

  // MARK: Episodes

  /// Starts an episode of every agent.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func reset(targetReturn: Float) {
    for agent in episodes.indices { reset(agent: agent, targetReturn: targetReturn) }
  }

  /// Starts an episode of one agent.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func reset(agent: Int, targetReturn: Float) {
    machine.clear(agent: agent)
    machine.timesteps[agent] = 0
    episodes[agent] = Episode(returnToGo: plan.steps.returns.kept(targetReturn))
    returnIsPrepared = false
    if plan.paddingCount > 0 { takePadding() } else { follow(plan.knownAhead) }
  }

  /// Takes the steps in front of an episode, where its first ones see them. (One agent alone.)
  private mutating func takePadding() {
    machine.timesteps[0] = -1
    follow(plan.knownAhead)
    let (steps, mean) = (plan.steps, Operand(.stateInput))
    for left in (0..<plan.paddingCount).reversed() {
      if steps.tokens.contains(.return) {
        machine[Operand(.returnInput), 1] = [Scalar(plan.paddingReturn)]
      }
      machine[mean, steps.state.count] =
        steps.state.frames == nil
        ? machine.weights.numbers(of: .stateMean).map { -$0 }
        : Array(repeating: 0, count: steps.state.count)
      follow(plan.paddingSteps)
      let action = Array(repeating: Scalar(0), count: steps.action.count)
      machine[Operand(.actionInput), steps.action.count] =
        steps.action.choice == nil ? steps.action.modelUnits(action) : steps.action.marked(0)
      (paddingLeft, rewardIsKnown) = (left, false)
      follow(plan.prepare)
    }
    paddingLeft = nil
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func retarget(agent: Int = 0, _ targetReturn: Float) {
    episodes[agent].returnToGo = plan.steps.returns.kept(targetReturn)
    episodes[agent].rewardWeight = 0
    returnIsPrepared = false
  }

  // MARK: Feedback

  /// The actions for `states`, agent by agent. `rewards` are nil where the preparation phase was given them.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func act(states: [[Float]], rewards: [Float]?) -> [Trace] {
    begin(states, rewards)
    var traces = Array(repeating: Trace(rows: [], action: []), count: episodes.count)
    follow(
      plan.act,
      observe: { name, machine in
        guard let buffer = machine.plan.rowOfStateToken(behind: name) else { return }
        let operand = Operand(buffer, row: .at(machine.plan.shape.stateToken))
        let count = machine.plan.network.hiddenSize
        for agent in traces.indices {
          traces[agent].rows.append(machine[operand, count, agent: agent])
        }
      })
    for agent in traces.indices {
      traces[agent].action = machine[Operand(.prediction), plan.steps.action.count, agent: agent]
    }
    end()
    return traces
  }

  /// The action of a single agent.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func act(state: [Float], reward: Float? = nil) -> Trace {
    act(states: [state], rewards: reward.map { [$0] })[0]
  }

  /// Takes a step for which no action is asked: only what later steps need of it.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func pass(state: [Float], reward: Float? = nil) {
    begin([state], reward.map { [$0] })
    let network = plan.network
    follow(plan.act, where: { network.leavesRows($0) })
    end()
  }

  /// Sets the inputs of a step.
  private mutating func begin(_ states: [[Float]], _ rewards: [Float]?) {
    prepare()
    let frames = plan.steps.state.frames
    let mean = frames == nil ? machine.weights.numbers(of: .stateMean) : []
    for agent in episodes.indices {
      precondition(
        !plan.steps.endsEpisodes || machine.timesteps[agent] < plan.steps.time.stepCount,
        "the episode has ended")
      subtract(rewards?[agent], agent: agent)
      if let frames {
        // Of several frames the newest is the last.
        let place = Operand(.stateInput, column: frames.byteCount - frames.inputCount)
        machine[place, frames.inputCount, agent: agent] = states[agent].map { Scalar($0) }
      } else {
        machine[Operand(.stateInput), mean.count, agent: agent] = zip(states[agent], mean).map {
          Scalar($0) - $1
        }
      }
    }
  }

  private mutating func end() {
    for agent in episodes.indices {
      (episodes[agent].rewardWeight, episodes[agent].awaitsPreparation) = (1, true)
    }
    returnIsPrepared = false
  }

  /// The next return token.
  private mutating func subtract(_ reward: Float?, agent: Int) {
    let paid = (reward ?? 0) * episodes[agent].rewardWeight
    episodes[agent].returnToGo =
      plan.steps.returns.kept(episodes[agent].returnToGo, after: paid)
    guard plan.steps.tokens.contains(.return) else { return }
    machine[Operand(.returnInput), 1, agent: agent] = [Scalar(returnToGo(agent: agent))]
  }

  // MARK: Preparation

  /// Takes the predicted actions into the histories, or the `executed` ones (environment units), and prepares the next
  /// step; with `rewards` its return tokens, too. Where the next step is only passed, what it would need of a window
  /// that has moved need not be computed.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func prepare(
    executed: [[Float]]? = nil, rewards: [Float]? = nil, computesWindow: Bool = true
  ) {
    guard episodes.indices.contains(where: canPrepare) else { return }
    for agent in episodes.indices { takeAction(executed?[agent], agent: agent) }
    if let rewards {
      for agent in episodes.indices {
        subtract(rewards[agent], agent: agent)
        episodes[agent].rewardWeight = 0
      }
    }
    rewardIsKnown = rewards != nil
    // What survives a slide must be right in any case: it is not computed anew.
    let lastLayer = plan.network.blocks.count - 1
    let skipsWindow = !computesWindow && !plan.network.survivesSlide(enteringBlock: lastLayer)
    follow(plan.prepare, where: { !(skipsWindow && $0.isOfWindow) })
    returnIsPrepared = rewardIsKnown
  }

  /// The same for a single agent.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func prepare(
    executed: [Float], reward: Float? = nil, computesWindow: Bool = true
  ) {
    prepare(
      executed: [executed], rewards: reward.map { [$0] }, computesWindow: computesWindow)
  }

  /// Whether an action waits, and a step follows it.
  private func canPrepare(agent: Int) -> Bool {
    episodes[agent].awaitsPreparation
      && !(plan.steps.endsEpisodes && machine.timesteps[agent] + 1 >= plan.steps.time.stepCount)
  }

  private mutating func takeAction(_ executed: [Float]?, agent: Int) {
    let (action, input) = (plan.steps.action, Operand(.actionInput))
    let count = action.count
    guard let executed else {
      machine[input, count, agent: agent] = action.fedBack(
        machine[Operand(.prediction), count, agent: agent])
      return
    }
    machine[input, count, agent: agent] =
      canPrepare(agent: agent)
      ? action.modelUnits(executed.map { Scalar($0) }) : Array(repeating: 0, count: count)
  }

  private mutating func advanceTime() {
    if let paddingLeft { return machine.timesteps[0] = paddingLeft == 0 ? 0 : -1 }
    for agent in episodes.indices where canPrepare(agent: agent) {
      machine.timesteps[agent] += 1
      episodes[agent].awaitsPreparation = false
    }
  }

  // MARK: Phases

  /// Follows the steps of a phase, as far as `runs` says; `observe` is told what has run.
  private mutating func follow(
    _ steps: [PhaseStep], where runs: (RoutineName) -> Bool = { _ in true },
    observe: (RoutineName, Machine<Scalar>) -> Void = { _, _ in }
  ) {
    for step in steps {
      switch step {
      case .call(let name, let token):
        guard runs(name) else { continue }
        machine.run(name, token: token)
        observe(name, machine)
      case .advanceTime: advanceTime()
      case .branch(let condition, let then, let otherwise):
        follow(holds(condition) ? then : otherwise, where: runs, observe: observe)
      }
    }
  }

  private func holds(_ condition: PhaseCondition) -> Bool {
    switch condition {
    case .returnIsPrepared: returnIsPrepared
    case .rewardIsKnown: rewardIsKnown
    }
  }
}

// MARK: - What is expected next
extension ControlMachine {
  /// What the model expects after the latest prepared action: the next state, normalised, of a plan that predicts it.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package func nextState(agent: Int = 0) -> [Scalar] {
    machine[Operand(.nextState), plan.steps.state.count, agent: agent]
  }

  /// The same of the next return, divided by the return scale.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package func nextReturn(agent: Int = 0) -> Scalar {
    machine[Operand(.nextReturn), 1, agent: agent][0]
  }
}

extension Plan {
  /// Where a routine leaves a row of the state token that people compare.
  fileprivate func rowOfStateToken(behind name: RoutineName) -> ControllerBuffer.Name? {
    switch name {
    case .embed(.state): .tokens
    case .block(let layer, _): forms.output(of: layer, network)
    case .finalBlock: .stream
    default: nil
    }
  }
}
