import DecisionTransformerCodegen
import Foundation
import ModelMatrix
import RecordedEpisodes
import TestFolders
import Testing

extension RoundedFourHeads: EmbeddedController {}
extension RoundedOneHead: EmbeddedController {}
extension RoundedSigmoid: EmbeddedController {}
extension RoundedTwoHeads: EmbeddedController {}

/// bfloat16 weights against exact arithmetic on the rounded tensors. (The folders link to those of other
/// small models and differ in `precision` alone.)
@Suite("Rounded weights")
struct RoundedWeightsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// The model whose checkpoint and episode these are.
    let original: String
    let replay: @Sendable (RecordedEpisode, Pace) throws -> [[Float]]

    var testDescription: String { name }

    init<Controller: EmbeddedController & ~Copyable>(_: Controller.Type, of original: String) {
      name = String(describing: Controller.self)
      self.original = original
      replay = { episode, pace in
        var replay = Replay<Controller>(episode, pace: pace)
        var controller = try Controller()
        try replay.run(&controller)
        return replay.environmentActions
      }
    }
  }

  static let cases = [
    Case(RoundedOneHead.self, of: "ReluOneHead"), Case(RoundedFourHeads.self, of: "TanhOddInner"),
    Case(RoundedTwoHeads.self, of: "GeluNewTwoHeads"),
    // The last pair of rows has one that is not the model's, and sigmoid is not 0 in its place.
    Case(RoundedSigmoid.self, of: "ForwardSigmoid"),
  ]

  @Test("give forward's outputs as exact arithmetic on them does")
  func forward() throws {
    let golden = try RecordedEpisode(golden: "ForwardFourHeads")
    let folder = TestData.model("RoundedForward")
    let model = try ModelFolder(path: folder.path).readModel().model
    let plan = Plan(model)
    let payload = try Packer.payload(
      plan, checkpoint: golden.checkpoint, path: folder.path)
    var exact = ControlMachine(plan, MachineWeights<Double>(plan, payload: payload))
    var controller = try RoundedForward()
    for window in ForwardWindow.all(of: golden) where !window.attentionMask.contains(0) {
      try window.run(&controller)
      let expected = exact.forward(
        states: RecordedEpisode.rows(window.states.map(Double.init), of: 3),
        actions: RecordedEpisode.rows(window.actions.map(Double.init), of: 2),
        returnsToGo: window.returnsToGo.map(Double.init), timesteps: window.timesteps)
      let hidden = RoundedForward.outputs["hidden_states"]!(controller).map(Double.init)
      let states = RoundedForward.outputs["state_preds"]!(controller).map(Double.init)
      #expect(largestDifference([hidden], [expected[.hiddenStates]!]) < 2e-5)
      #expect(largestDifference([states], [expected[.state]!]) < 2e-5)
      // The rounding is there.
      #expect(largestDifference([hidden], [window.expected("hidden_states")]) > 1e-4)
    }
  }

  @Test("give what exact arithmetic on them gives", arguments: cases)
  func episode(rounded: Case) throws {
    let episode = try RecordedEpisode(golden: rounded.original)
    var (_, exact) = try machine(rounded, episode)
    exact.reset(targetReturn: Float(episode.targetReturn))
    let expected = episode.states.indices.map { step in
      exact.act(
        state: episode.states[step], reward: step == 0 ? 0 : episode.rewards[step - 1]
      ).action
    }
    for pace in [Pace.actOnly, .prepared, .executed, .rewardKnown] {
      let actions = episode.modelUnits(try rounded.replay(episode, pace))
      #expect(largestDifference(actions, expected) <= 2e-5, "\(pace)")
    }
    // The rounding is there, and it is no more than rounding.
    let difference = largestDifference(expected, episode.actions)
    #expect(difference > 1e-4 && difference < 0.2)
  }

  @Test("cost what the manifest says", arguments: cases)
  func manifest(rounded: Case) throws {
    let folder = TestData.model(rounded.name)
    let compilation = try Compiler.compile(folder: folder.path)
    let file = try #require(
      compilation.files.first { $0.name == ".\(rounded.name).manifest.json" })
    let manifest = try #require(
      try JSONSerialization.jsonObject(with: Data(file.contents)) as? [String: Any])
    let cost = try #require(manifest["precision_cost"] as? [String: Any])
    let largest = try #require(cost["largest_action_difference"] as? Double)
    let mean = try #require(cost["mean_action_difference"] as? Double)
    #expect((manifest["options"] as? [String: Any])?["precision"] as? String == "bfloat16")
    #expect(mean > 1e-5 && mean < largest && largest < 0.2)
  }

  private func machine(
    _ rounded: Case, _ episode: RecordedEpisode
  ) throws -> (Model, ControlMachine<Double>) {
    let folder = TestData.model(rounded.name)
    let model = try ModelFolder(path: folder.path).readModel().model
    let plan = Plan(model)
    let payload = try Packer.payload(
      plan, checkpoint: episode.checkpoint, path: folder.path)
    return (model, ControlMachine(plan, MachineWeights(plan, payload: payload)))
  }
}
