import DecisionTransformer

/// Runs the reference, and float32 on the plan beside it, over the episode of a schedule.
package struct SelfTestRecorder {
  private let plan: Plan
  private var schedule: SelfTestSchedule
  private let episode: EpisodeInputs
  private var exact: Judge
  private var simulated: ControlMachine<Float>
  /// The packed weights in double precision without quantized rows; nil where none are.
  private var unquantized: ControlMachine<Double>?
  /// One for each stage, the last of actions.
  private var errors: [ErrorStatistics]
  /// What quantized rows change.
  private var quantization: [ErrorStatistics]
  private var expected: [Float] = []

  /// Of a synthetic episode.
  package init(plan: Plan, model: Model, checkpoint: Checkpoint, payload: [Float]) {
    let schedule = SelfTestSchedule(plan)
    self.init(
      plan, model, checkpoint, payload, schedule,
      EpisodeInputs(
        synthetic: model, stepCount: schedule.steps.count, rowCount: schedule.inputRowCount))
  }

  /// Of the model folder's own rows, whose actions are compared.
  package init(
    plan: Plan, model: Model, checkpoint: Checkpoint, payload: [Float], expecting rows: ExpectedRows
  ) {
    self.init(
      plan, model, checkpoint, payload,
      SelfTestSchedule(
        expectedRowCount: rows.count, tellsActions: plan.steps.action.choice != nil),
      rows.inputs)
  }

  private init(
    _ plan: Plan, _ model: Model, _ checkpoint: Checkpoint, _ payload: [Float],
    _ schedule: SelfTestSchedule, _ episode: EpisodeInputs
  ) {
    self.plan = plan
    self.schedule = schedule
    self.episode = episode
    exact = Judge(plan, model, checkpoint, payload: payload)
    simulated = ControlMachine(plan, MachineWeights(plan, payload: payload))
    errors = Array(repeating: ErrorStatistics(), count: plan.shape.layerCount + 2)
    quantization = errors
    if plan.weights.formats.contains(where: { $0.inputs == .integers }) {
      unquantized = ControlMachine(
        plan, MachineWeights(plan, payload: payload).withoutQuantizedInputs)
    }
  }

  /// - Parameters:
  ///   - leastActionTolerance: What is granted at least, in model units: an episode of a few numbers that round well says
  ///     little about another machine's.
  ///   - progress: told the part of the steps that is done.
  package mutating func record(
    leastActionTolerance: Double = 0, progress: (Double) -> Void = { _ in }
  ) -> RecordedSelfTest {
    exact.reset(targetReturn: episode.targetReturn)
    simulated.reset(targetReturn: Float(episode.targetReturn))
    unquantized?.reset(targetReturn: Float(episode.targetReturn))
    for index in schedule.steps.indices {
      progress(Double(index) / Double(schedule.steps.count))
      run(index)
    }
    var stages = stages
    stages[stages.count - 1].tolerance = max(stages.last!.tolerance, leastActionTolerance)
    return RecordedSelfTest(
      stepCount: schedule.steps.count, stages: stages,
      section: SelfTestSection(
        shape: plan.shape, schedule: schedule, episode: episode,
        stageTolerances: stages.dropLast().map { Float($0.tolerance) },
        actionTolerances: zip(plan.steps.action.scale, plan.steps.action.offset).map {
          scale, offset in
          // The offset is rounded, and so is the sum, here and there.
          Float(stages.last!.tolerance * abs(scale) + 0x1p-22 * abs(offset))
        },
        expected: expected
      ).bytes)
  }

  private mutating func run(_ index: Int) {
    var step = schedule.steps[index]
    let row = index % schedule.inputRowCount
    let state = episode.states[row]
    let paid =
      index == 0 ? 0 : episode.rewards[(index - 1) % schedule.inputRowCount]
    if step.comparesAction {
      let trace = exact.act(state: state, reward: paid)
      if step.conclusion.takesOwnAction, !isDecided(trace.action) {
        step.conclusion = .executed
        schedule.steps[index] = step
      }
      compare(
        trace, simulated.act(state: state, reward: paid),
        unquantized?.act(state: state, reward: paid), step)
    } else {
      exact.pass(state: state, reward: paid)
      simulated.pass(state: state, reward: paid)
      unquantized?.pass(state: state, reward: paid)
    }
    guard index + 1 < schedule.steps.count else { return }
    let computesWindow = schedule.steps[index + 1].comparesAction
    guard step.conclusion == .executed || step.conclusion == .executedWithReward else {
      exact.conclude(executed: nil, computesWindow: computesWindow)
      simulated.prepare(computesWindow: computesWindow)
      unquantized?.prepare(computesWindow: computesWindow)
      return
    }
    let executed = episode.executedActions[row]
    exact.conclude(executed: executed, computesWindow: computesWindow)
    let reward = step.conclusion == .executedWithReward ? episode.rewards[row] : nil
    simulated.prepare(executed: executed, reward: reward, computesWindow: computesWindow)
    unquantized?.prepare(executed: executed, reward: reward, computesWindow: computesWindow)
  }

  /// Whether float32 chooses the same action: where two logits are as good as equal, another machine may take the other one,
  /// and its history would be another one from there on.
  private func isDecided(_ logits: [Double]) -> Bool {
    guard plan.steps.action.choice != nil else { return true }
    let descending = logits.sorted(by: >)
    let magnitude = logits.map(abs).max()!
    return descending.count == 1 || descending[0] - descending[1] > 0x1p-8 * magnitude
  }

  private mutating func compare(
    _ exact: ControlMachine<Double>.Trace, _ simulated: ControlMachine<Float>.Trace,
    _ unquantized: ControlMachine<Double>.Trace?, _ step: SelfTestSchedule.Step
  ) {
    if step.comparesStages {
      for (stage, row) in exact.rows.enumerated() {
        errors[stage].add(simulated.rows[stage].map(Double.init), expected: row)
        if let unquantized { quantization[stage].add(unquantized.rows[stage], expected: row) }
        expected += schedule.samples.map { Float(row[$0]) }
      }
    }
    let scale = plan.steps.action.scale
    // As it is returned, in environment units.
    errors[errors.count - 1].add(
      zip(simulated.action, scale).map { Double($0 * Float($1)) / $1 }, expected: exact.action)
    if let unquantized {
      quantization[quantization.count - 1].add(unquantized.action, expected: exact.action)
    }
    expected += plan.steps.action.returned(exact.action).map { Float($0) }
  }

  private var stages: [RecordedSelfTest.Stage] {
    errors.enumerated().map { index, statistics in
      let name: SelfTestStage =
        index == 0 ? .embedding : index == errors.count - 1 ? .action : .block(layer: index - 1)
      return RecordedSelfTest.Stage(
        name: "\(name)", magnitude: statistics.magnitude, largestError: statistics.largest,
        meanError: statistics.mean, quantization: quantization[index].largest,
        tolerance: statistics.tolerance(quantization: quantization[index].largest))
    }
  }
}

extension SelfTestEpisode.Step.Conclusion {
  /// Whether the controller's own action goes into its history.
  fileprivate var takesOwnAction: Bool { self == .nothing || self == .prepare }
}
