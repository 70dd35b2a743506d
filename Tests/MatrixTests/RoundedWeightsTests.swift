import DecisionTransformerCodegen
import Foundation
import ModelMatrix
import RecordedEpisodes
import TestFolders
import Testing

extension Int16FourHeads: EmbeddedController {}
extension Int16OneHead: EmbeddedController {}
extension Int8FourHeads: EmbeddedController {}
extension Int8OneHead: EmbeddedController {}
extension RoundedFourHeads: EmbeddedController {}
extension RoundedOneHead: EmbeddedController {}
extension RoundedSigmoid: EmbeddedController {}
extension RoundedTwoHeads: EmbeddedController {}

/// Rounded weights, and quantized rows, against exact arithmetic on the rounded tensors. (The folders link to those of other
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
    // Integers: all of a row, and an inner size that fills no group of four.
    Case(Int8OneHead.self, of: "ReluOneHead"), Case(Int8FourHeads.self, of: "TanhOddInner"),
    Case(Int16OneHead.self, of: "ReluOneHead"), Case(Int16FourHeads.self, of: "TanhOddInner"),
  ]

  @Test("give forward's outputs as exact arithmetic on them does")
  func forward() throws {
    try expectForward(RoundedForward.self)
    try expectForward(Int8Forward.self)
  }

  private func expectForward<Controller: ForwardController & ~Copyable>(
    _: Controller.Type
  ) throws {
    let golden = try RecordedEpisode(golden: "ForwardFourHeads")
    let folder = TestData.model("\(Controller.self)")
    let model = try ModelFolder(path: folder.path).readModel().model
    let plan = Plan(model)
    let payload = try Packer.payload(
      plan, checkpoint: golden.checkpoint, path: folder.path)
    let weights = MachineWeights<Double>(plan, payload: payload)
    var exact = ControlMachine(plan, weights)
    var unquantized = ControlMachine(plan, weights.withoutQuantizedInputs)
    var controller = try Controller()
    for window in ForwardWindow.all(of: golden) where !window.attentionMask.contains(0) {
      try window.run(&controller)
      func answers(_ machine: inout ControlMachine<Double>) -> [ModelOutput: [Double]] {
        machine.forward(
          states: RecordedEpisode.rows(window.states.map(Double.init), of: 3),
          actions: RecordedEpisode.rows(window.actions.map(Double.init), of: 2),
          returnsToGo: window.returnsToGo.map(Double.init), timesteps: window.timesteps)
      }
      let (expected, withoutRows) = (answers(&exact), answers(&unquantized))
      for (name, output) in [("hidden_states", ModelOutput.hiddenStates), ("state_preds", .state)] {
        let found = Controller.outputs[name]!(controller).map(Double.init)
        let rows = largestDifference([expected[output]!], [withoutRows[output]!])
        #expect(largestDifference([found], [expected[output]!]) < max(2e-5, 2 * rows), "\(name)")
        // The rounding is there.
        #expect(largestDifference([found], [window.expected(name)]) > 1e-4)
      }
    }
  }

  @Test("give what exact arithmetic on them gives", arguments: cases)
  func episode(rounded: Case) throws {
    let episode = try RecordedEpisode(golden: rounded.original)
    let (plan, weights) = try weights(of: rounded, episode)
    func answers(_ weights: MachineWeights<Double>) -> [[Double]] {
      var machine = ControlMachine(plan, weights)
      machine.reset(targetReturn: Float(episode.targetReturn))
      return episode.states.indices.map { step in
        machine.act(
          state: episode.states[step], reward: step == 0 ? 0 : episode.rewards[step - 1]
        ).action
      }
    }
    let expected = answers(weights)
    // A number between two integers may go to the other one here: what the self test grants, twice what the rows' rounding
    // changes.
    let tolerance = max(
      2e-5, 2 * largestDifference(expected, answers(weights.withoutQuantizedInputs)))
    for pace in [Pace.actOnly, .prepared, .executed, .rewardKnown] {
      let actions = episode.modelUnits(try rounded.replay(episode, pace))
      #expect(largestDifference(actions, expected) <= tolerance, "\(pace)")
    }
    // The rounding is there, and it is no more than rounding.
    let difference = largestDifference(expected, episode.actions)
    let isFine = rounded.name.hasPrefix("Int16")
    #expect(difference > (isFine ? 1e-6 : 1e-4) && difference < (isFine ? 2e-3 : 0.2))
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
    #expect(
      (manifest["options"] as? [String: Any])?["precision"] as? String
        == (rounded.name.hasPrefix("Int8")
          ? "int8" : rounded.name.hasPrefix("Int16") ? "int16" : "bfloat16"))
    #expect(
      mean > (rounded.name.hasPrefix("Int16") ? 1e-7 : 1e-5) && mean < largest && largest < 0.2)
  }

  private func weights(
    of rounded: Case, _ episode: RecordedEpisode
  ) throws -> (Plan, MachineWeights<Double>) {
    let folder = TestData.model(rounded.name)
    let plan = Plan(try ModelFolder(path: folder.path).readModel().model)
    let payload = try Packer.payload(
      plan, checkpoint: episode.checkpoint, path: folder.path)
    return (plan, MachineWeights(plan, payload: payload))
  }
}
