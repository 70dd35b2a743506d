import DecisionTransformer

/// Runs the reference, and float32 on the plan beside it, over the episode of a schedule.
struct SelfTestRecorder {
  private let plan: Plan
  private let schedule: SelfTestSchedule
  private let episode: SyntheticEpisode
  private var exact: ReferenceController
  private var simulated: PlanController
  /// One for each stage, the last of actions.
  private var errors: [ErrorStatistics]
  private var expected: [Float] = []

  init(plan: Plan, model: Model, checkpoint: Checkpoint, payload: [Float]) {
    self.plan = plan
    schedule = SelfTestSchedule(plan)
    episode = SyntheticEpisode(
      model, stepCount: schedule.steps.count, rowCount: schedule.inputRowCount)
    let interpreter =
      plan.deployment.format == .float32
      ? ReferenceInterpreter(config: model.config, checkpoint: checkpoint)
      : ReferenceInterpreter(
        plan: plan, config: model.config, checkpoint: checkpoint, payload: payload)
    exact = ReferenceController(model: model, interpreter: interpreter)
    simulated = PlanController(plan: plan, payload: payload)
    errors = Array(repeating: ErrorStatistics(), count: plan.shape.layerCount + 2)
  }

  /// - Parameter progress: told the part of the steps that is done.
  mutating func record(progress: (Double) -> Void) -> RecordedSelfTest {
    exact.reset(targetReturn: episode.targetReturn)
    simulated.reset(targetReturn: Float(episode.targetReturn))
    for index in schedule.steps.indices {
      progress(Double(index) / Double(schedule.steps.count))
      run(index)
    }
    let stages = stages
    return RecordedSelfTest(
      stepCount: schedule.steps.count, stages: stages,
      section: SelfTestSection(
        shape: plan.shape, schedule: schedule, episode: episode,
        stageTolerances: stages.dropLast().map { Float($0.tolerance) },
        actionTolerances: plan.steps.action.scale.map { Float(stages.last!.tolerance * abs($0)) },
        expected: expected
      ).bytes)
  }

  private mutating func run(_ index: Int) {
    let step = schedule.steps[index]
    let row = index % schedule.inputRowCount
    let state = episode.states[row]
    let paid =
      index == 0 ? 0 : episode.rewards[(index - 1) % schedule.inputRowCount]
    if step.comparesAction {
      let trace = exact.trace(state: state, reward: paid)
      compare(trace, simulated.act(state: state, reward: paid), step)
    } else {
      exact.pass(state: state, reward: paid)
      simulated.pass(state: state, reward: paid)
    }
    guard index + 1 < schedule.steps.count else { return }
    let computesWindow = schedule.steps[index + 1].comparesAction
    guard step.conclusion == .executed || step.conclusion == .executedWithReward else {
      simulated.prepare(computesWindow: computesWindow)
      return
    }
    let executed = episode.executedActions[row]
    exact.execute(executed.map(Double.init))
    simulated.prepare(
      executed: executed,
      reward: step.conclusion == .executedWithReward ? episode.rewards[row] : nil,
      computesWindow: computesWindow)
  }

  private mutating func compare(
    _ exact: ReferenceInterpreter.StateTrace, _ simulated: PlanController.StateTrace,
    _ step: SelfTestSchedule.Step
  ) {
    if step.comparesStages {
      for (stage, row) in exact.rows.enumerated() {
        errors[stage].add(simulated.rows[stage].map(Double.init), expected: row)
        expected += schedule.samples.map { Float(row[$0]) }
      }
    }
    let scale = plan.steps.action.scale
    errors[errors.count - 1].add(
      zip(simulated.action, scale).map { Double($0) / $1 }, expected: exact.action)
    expected += zip(exact.action, scale).map { Float($0 * $1) }
  }

  private var stages: [RecordedSelfTest.Stage] {
    errors.enumerated().map { index, statistics in
      let name: SelfTestStage =
        index == 0 ? .embedding : index == errors.count - 1 ? .action : .block(layer: index - 1)
      return RecordedSelfTest.Stage(
        name: "\(name)", magnitude: statistics.magnitude, largestError: statistics.largest,
        meanError: statistics.mean, tolerance: statistics.tolerance)
    }
  }
}
