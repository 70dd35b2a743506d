import DecisionTransformerCodegen
import Foundation
import TestFolders

/// An `expected.json` for a model, whose columns a test may change.
package struct ExpectedRowsText {
  package var targetReturn: Double
  package var states: [[Float]]
  /// In front of each row.
  package var rewards: [Float]
  /// Environment units; of numbered actions the number alone.
  package var actions: [[Double]]
  package var tolerance: Double?
  private let isNumbered: Bool

  /// Plain inputs, and what the reference answers: as a user's loop would.
  package init(_ model: Model, _ checkpoint: Checkpoint, count: Int) {
    let inputs = EpisodeInputs(synthetic: model, stepCount: count)
    (targetReturn, states) = (inputs.targetReturn, inputs.states)
    rewards = [0] + inputs.rewards.dropLast()
    isNumbered = model.options.actions == .discrete
    var controller = ReferenceController(model: model, checkpoint: checkpoint)
    controller.reset(targetReturn: targetReturn)
    actions = []
    for (state, reward) in zip(states, rewards) {
      let prediction = controller.act(state: state, reward: reward)
      actions.append(
        isNumbered
          ? [Double(controller.greedyAction(prediction))]
          : controller.environmentAction(prediction))
    }
  }

  package var json: String {
    let actions: Any = isNumbered ? self.actions.map { Int($0[0]) } : self.actions
    var object: [String: Any] = [
      "target_return": targetReturn, "states": states.map { $0.map(Double.init) },
      "rewards": rewards.map(Double.init), "actions": actions,
    ]
    object["tolerance"] = tolerance
    return String(
      decoding: try! JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]),
      as: UTF8.self)
  }

  /// As the generator reads them.
  package func rows(_ model: Model) throws -> ExpectedRows {
    let scratch = ScratchFolder(named: "expected")
    try scratch.write("expected.json", json)
    guard let rows = try ExpectedRowsReader.read(folder: scratch.path, model) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return rows
  }
}
