import DecisionTransformerCodegen
import RecordedEpisodes
import Testing

/// The short way to an action, which a self test takes, is the long one.
@Suite("The state token alone")
struct TraceTests {
  @Test("becomes what it becomes among all others", arguments: RecordedEpisode.goldenNames)
  func trace(name: String) throws {
    let golden = try RecordedEpisode(golden: name)
    let interpreter = ReferenceInterpreter(
      config: golden.model.config, checkpoint: golden.checkpoint)
    let window = golden.lateWindow
    let trace = interpreter.trace(
      states: window.states, actions: window.actions, returnsToGo: window.returnsToGo,
      timesteps: window.timesteps)
    let all = window.forward(interpreter)
    let token = 3 * window.timesteps.count - 2
    // The last block's row is before ln_f.
    let rows = all.hiddenStates.dropLast().map { $0[token] }
    #expect(largestDifference(Array(trace.rows.dropLast()), rows) <= 1e-13)
    #expect(largestDifference([trace.action], [all.actionPredictions.last!]) <= 1e-13)
    #expect(trace.rows.count == golden.model.config.layerCount + 1)
  }
}
