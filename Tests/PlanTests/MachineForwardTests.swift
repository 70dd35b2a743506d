import Programs
import DecisionTransformerCodegen
import Testing

/// `forward` of a plan on the machine against the reference.
@Suite("The machine's forward")
struct MachineForwardTests {
  @Test(
    "returns all that the published function does, with masks and for fewer steps than a window")
  func windows() {
    var masks = 0
    for seed in UInt64(0)..<60 {
      var model = SmallModel.model(seed: seed)
      model.options.outputs = ModelOutput.allCases
      model.config.allowForward()
      let checkpoint = RandomModel.checkpoint(of: model, seed: seed)
      let exact = ReferenceInterpreter(config: model.config, checkpoint: checkpoint)
      var machine = ControlMachine(unrounded: model, checkpoint)
      machine.reset(targetReturn: 1)
      var random = SplitMix64(seed: seed)
      for _ in 0..<3 {
        let window = Window(model, &random)
        if window.attentionMask?.contains(false) == true { masks += 1 }
        expectEqual(window, exact, &machine, model, "seed \(seed)")
      }
    }
    #expect(masks > 30)
  }

  @Test("leaves the episode as it is")
  func episode() {
    for seed in UInt64(0)..<20 {
      var model = SmallModel.model(seed: seed)
      model.options.outputs = ModelOutput.allCases
      model.config.allowForward()
      let checkpoint = RandomModel.checkpoint(of: model, seed: seed)
      var (alone, disturbed) = (
        ControlMachine(unrounded: model, checkpoint), ControlMachine(unrounded: model, checkpoint)
      )
      var (script, random) = (Script(model, seed: seed), SplitMix64(seed: seed))
      alone.reset(targetReturn: script.target)
      disturbed.reset(targetReturn: script.target)
      func disturb() {
        let window = Window(model, &random)
        _ = disturbed.forward(
          states: window.states, actions: window.actions, returnsToGo: window.returnsToGo,
          timesteps: window.timesteps, attentionMask: window.attentionMask)
      }
      for _ in 0..<script.length {
        let (state, reward, executed) = (script.state(), script.reward(), script.action())
        disturb()
        #expect(
          alone.act(state: state, reward: reward) == disturbed.act(state: state, reward: reward),
          "seed \(seed)")
        disturb()
        alone.prepare(executed: executed)
        disturbed.prepare(executed: executed)
      }
    }
  }

  private struct Window {
    var states: [[Double]]
    var actions: [[Double]]
    var returnsToGo: [Double]
    var timesteps: [Int]
    var attentionMask: [Bool]?

    init(_ model: Model, _ random: inout SplitMix64) {
      let count = Int.random(in: 1...model.window, using: &random)
      func rows(_ width: Int) -> [[Double]] {
        (0..<count).map { _ in RandomModel.numbers(width, -2...2, &random) }
      }
      states = rows(model.config.stateDimension)
      actions = rows(model.config.actionDimension)
      returnsToGo = RandomModel.numbers(count, -1...2, &random)
      timesteps = (0..<count).map { _ in
        .random(in: 0..<model.config.maximumEpisodeLength, using: &random)
      }
      guard Int.random(in: 0..<3, using: &random) > 0 else { return }
      var mask = (0..<count).map { _ in Bool.random(using: &random) }
      mask[.random(in: 0..<count, using: &random)] = true
      attentionMask = mask
    }
  }

  private func expectEqual(
    _ window: Window, _ exact: ReferenceInterpreter, _ machine: inout ControlMachine<Double>,
    _ model: Model, _ place: String
  ) {
    let expected = exact.forward(
      states: window.states, actions: window.actions, returnsToGo: window.returnsToGo,
      timesteps: window.timesteps, attentionMask: window.attentionMask, outputsAttentions: true)
    let found = machine.forward(
      states: window.states, actions: window.actions, returnsToGo: window.returnsToGo,
      timesteps: window.timesteps, attentionMask: window.attentionMask)
    // Tokens that see nothing to attend to get zeros.
    let first = window.attentionMask?.firstIndex(of: true) ?? 0
    func shown(_ rows: [[Double]], from first: Int) -> [Double] {
      rows.enumerated().flatMap { index, row in index < first ? row.map { _ in 0 } : row }
    }
    let expectedOutputs: [ModelOutput: [Double]] = [
      .action: shown(expected.actionPredictions, from: first),
      .state: shown(expected.statePredictions, from: first),
      .return: shown(expected.returnPredictions.map { [$0] }, from: first),
      .lastHiddenState: shown(expected.lastHiddenState, from: 3 * first),
      .hiddenStates: expected.hiddenStates.flatMap { shown($0, from: 3 * first) },
      .attentions: expected.attentions.joined().flatMap { shown($0, from: 3 * first) },
    ]
    for output in ModelOutput.allCases {
      #expect(areEqual(found[output]!, expectedOutputs[output]!), "\(output), \(place)")
    }
  }
}
