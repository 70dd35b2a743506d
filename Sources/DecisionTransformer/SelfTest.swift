/// The replay of the episode beside packed weights. Generated code calls `run`.
public struct SelfTest {
  private var episode: SelfTestEpisode
  private var report = SelfTestReport()
  /// What the next `act` is told.
  private var reward: Float?
  private var returnIsPrepared = false
  /// What `act` returns, as reports name it.
  private var actionStage = SelfTestStage.action

  /// Drives `controller` through the episode beside `weights` and compares. Allocates nothing.
  ///
  /// - Parameters:
  ///   - controller: Any episode of it ends.
  ///   - weights: Its weights, with the self test beside them.
  ///   - repeatStage: Runs a stage of the latest `act` again (0 the embedding, 1 ... L the blocks), in
  ///     their order, and returns the state token's row. With `true` the return token was prepared, and the state
  ///     token runs alone. A phase never writes what it has still to read, so a second run gives the same numbers
  ///     and leaves the controller as it was.
  /// - Throws: `noSelfTest`, `unfitSelfTest`. A failed comparison is no error: the report has it.
  public static func run<Controller: SelfTestable & ~Copyable>(
    _ controller: inout Controller, _ weights: PackedWeights,
    repeatStage: (borrowing Controller, Int, Bool) -> Floats
  ) throws(InitializationError) -> SelfTestReport {
    guard let section = weights.selfTest else { throw .noSelfTest }
    var test = SelfTest(episode: try episode(section, Controller.self))
    // Both are checked before one is replayed.
    let expectedRows: SelfTestEpisode? =
      if let rows = test.episode.expectedRows { try episode(rows, Controller.self) } else { nil }
    guard expectedRows?.expectedRows == nil else { throw .unfitSelfTest }
    guard test.replay(&controller, repeatStage), let expectedRows else { return test.report }
    test.begin(expectedRows)
    _ = test.replay(&controller, repeatStage)
    return test.report
  }

  private init(episode: SelfTestEpisode) { self.episode = episode }

  private static func episode<Controller: SelfTestable & ~Copyable>(
    _ bytes: UnsafeRawBufferPointer, _: Controller.Type
  ) throws(InitializationError) -> SelfTestEpisode {
    try SelfTestEpisode(
      bytes, stateDimension: Controller.stateDimension,
      actionDimension: Controller.actionDimension, hiddenSize: Controller.hiddenSize,
      layerCount: Controller.layerCount)
  }

  /// Goes on with the model folder's own rows.
  private mutating func begin(_ rows: SelfTestEpisode) {
    episode = rows
    reward = nil
    returnIsPrepared = false
    actionStage = .expectedAction
  }

  /// Replays the episode, and says whether no step was refused.
  private mutating func replay<Controller: SelfTestable & ~Copyable>(
    _ controller: inout Controller, _ repeatStage: (borrowing Controller, Int, Bool) -> Floats
  ) -> Bool {
    controller.reset(targetReturn: episode.targetReturn)
    for step in 0..<episode.stepCount {
      do throws(StepError) {
        try run(step, &controller, repeatStage)
      } catch {
        // A replay that is refused has no action to compare.
        report.compare(
          .nan, with: 0, tolerance: 0, actionStage, step: step, index: error.actionIndex)
        return false
      }
    }
    return true
  }

  private mutating func run<Controller: SelfTestable & ~Copyable>(
    _ index: Int, _ controller: inout Controller,
    _ repeatStage: (borrowing Controller, Int, Bool) -> Floats
  ) throws(StepError) {
    let step = episode.step(index)
    var refusal: StepError?
    var action: Controller.Action?
    do throws(StepError) {
      action = try controller.act(
        episode.state(index, as: Controller.State.self), reward: reward)
    } catch {
      refusal = error
    }
    report.stepCount &+= 1
    // Also where `act` refused its own action: the stages say where it came from.
    if step.comparesStages {
      for stage in 0..<episode.stageCount {
        compare(repeatStage(controller, stage, returnIsPrepared), stage: stage, step: index)
      }
    }
    if let refusal { throw refusal }
    if step.comparesAction, let action { compare(action, step: index) }
    guard index &+ 1 < episode.stepCount else { return }
    try conclude(step.conclusion, index, &controller)
  }

  private mutating func conclude<Controller: SelfTestable & ~Copyable>(
    _ conclusion: SelfTestEpisode.Step.Conclusion, _ index: Int, _ controller: inout Controller
  ) throws(StepError) {
    let executed = episode.executedAction(index, as: Controller.Action.self)
    reward = episode.reward(index)
    returnIsPrepared = conclusion == .executedWithReward
    switch conclusion {
    case .prepare: controller.prepare()
    case .executed: try controller.prepare(executed: executed, reward: nil)
    case .executedWithReward:
      try controller.prepare(executed: executed, reward: reward)
      reward = nil
    default: break
    }
  }

  private mutating func compare(_ row: Floats, stage: Int, step: Int) {
    for sample in 0..<episode.sampleCount {
      let element = episode.sample(sample)
      report.compare(
        row[element], with: episode.nextExpected(), tolerance: episode.tolerance(stage: stage),
        stage == 0 ? .embedding : .block(layer: stage &- 1), step: step, index: element)
    }
  }

  private mutating func compare<Action: BitwiseCopyable>(_ action: Action, step: Int) {
    for index in 0..<episode.actionDimension {
      let component = withUnsafeBytes(of: action) {
        $0.loadUnaligned(fromByteOffset: 4 &* index, as: Float.self)
      }
      report.compare(
        component, with: episode.nextExpected(), tolerance: episode.tolerance(action: index),
        actionStage, step: step, index: index)
    }
  }
}

extension StepError {
  /// The component of the action that is not finite; else the first.
  fileprivate var actionIndex: Int {
    if case .nonFiniteAction(let index) = self { index } else { 0 }
  }
}
