import DecisionTransformerCodegen
import RecordedEpisodes
import Testing

/// The reference interpreter against Hugging Face in float64, on small random models that together
/// touch every option.
@Suite("The reference equals Hugging Face's float64 answers")
struct GoldenTests {
  /// Both compute in double precision; only the order of the sums differs.
  static let tolerance = 1e-12

  @Test("over a whole episode, token by token", arguments: RecordedEpisode.goldenNames)
  func episode(name: String) throws {
    let golden = try RecordedEpisode(golden: name)
    let replay = golden.replay(executing: golden.executed)
    let (steps, window) = (golden.states.count, golden.model.window)
    #expect(
      steps >= 2 * window + 5
        || (window == steps && steps == golden.model.config.maximumEpisodeLength),
      "runs past two windows, or as long as there are timesteps and the window lasts")
    #expect(replay.returnsToGo == golden.returnsToGo)
    #expect(largestDifference(replay.actions, golden.actions) <= Self.tolerance)
  }

  @Test("stage by stage in one late window", arguments: RecordedEpisode.goldenNames)
  func stages(name: String) throws {
    let golden = try RecordedEpisode(golden: name)
    let config = golden.model.config
    func recorded(_ tensor: String, _ width: Int) -> [[Double]] {
      RecordedEpisode.rows(golden.file.doubles(of: "stage.\(tensor)"), of: width)
    }
    let result = golden.lateWindow.forward(
      ReferenceInterpreter(config: config, checkpoint: golden.checkpoint))

    let tokenCount = 3 * golden.model.window
    let hiddenStates = recorded("hidden_states", config.hiddenSize)
    #expect(hiddenStates.count == (config.layerCount + 1) * tokenCount)
    try #require(result.hiddenStates.count == config.layerCount + 1)
    for (stage, values) in result.hiddenStates.enumerated() {
      let expected = Array(hiddenStates[stage * tokenCount..<(stage + 1) * tokenCount])
      #expect(largestDifference(values, expected) <= 4 * Self.tolerance, "stage \(stage)")
    }
    #expect(result.lastHiddenState == result.hiddenStates.last)
    let actions = recorded("action_preds", config.actionDimension)
    #expect(largestDifference(result.actionPredictions, actions) <= Self.tolerance)
    let states = recorded("state_preds", config.stateDimension)
    #expect(largestDifference(result.statePredictions, states) <= 4 * Self.tolerance)
    let returns = recorded("return_preds", 1)
    #expect(largestDifference(result.returnPredictions.map { [$0] }, returns) <= 4 * Self.tolerance)
  }

  @Test("and the zero in the current action's place cannot matter")
  func placeholder() throws {
    let golden = try RecordedEpisode(golden: "GeluFourHeads")
    let interpreter = ReferenceInterpreter(
      config: golden.model.config, checkpoint: golden.checkpoint)
    var window = golden.lateWindow
    let withZero = window.forward(interpreter)
    window.actions[window.actions.count - 1] = [123]
    let withOther = window.forward(interpreter)
    #expect(withZero.actionPredictions == withOther.actionPredictions)
    #expect(withZero.statePredictions.last != withOther.statePredictions.last)
  }
}

/// What one forward pass gets.
struct Window {
  var states: [[Double]]
  var actions: [[Double]]
  var returnsToGo: [Double]
  var timesteps: [Int]

  func forward(_ interpreter: ReferenceInterpreter) -> ReferenceInterpreter.ForwardResult {
    interpreter.forward(
      states: states, actions: actions, returnsToGo: returnsToGo, timesteps: timesteps)
  }
}

extension RecordedEpisode {
  /// The window of the recorded `stage.` tensors, made from the recorded inputs and actions.
  var lateWindow: Window {
    let last = Int(file.metadata["stage.timestep"]!)!
    let steps = last - model.window + 1...last
    let history = executed.map { modelUnits($0.map { $0.map { Float($0) } }) } ?? actions
    let mean = model.options.stateMean ?? Array(repeating: 0, count: states[0].count)
    let deviation =
      model.options.stateStandardDeviation ?? Array(repeating: 1, count: states[0].count)
    var window = Window(
      states: steps.map { step in
        states[step].indices.map { (Double(states[step][$0]) - mean[$0]) / deviation[$0] }
      },
      actions: Array(history[steps]), returnsToGo: returnsToGo[steps].map(Double.init),
      timesteps: steps.map { step in
        let count = model.config.maximumEpisodeLength
        return model.options.timestepOverflow == .wrap ? step % count : min(step, count - 1)
      })
    window.actions[window.actions.count - 1] = Array(
      repeating: 0, count: model.config.actionDimension)
    return window
  }
}
