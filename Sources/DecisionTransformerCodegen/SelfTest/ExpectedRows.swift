/// Rows of the user's own in a model folder: consecutive steps of one episode from its start, and the actions that the
/// loop of training gave for them. They travel with the model, and whatever else codegen.json says is checked by them.
public struct ExpectedRows: Equatable, Sendable {
  /// The files that may hold them, of which a folder has one.
  package static let fileNames = ModelFolder.expectedRowsFiles
  /// The most rows that a file may have: the reference computes a whole window for each.
  package static let mostRows = 1000
  /// What an action may be off where the file does not say, in model units; of numbered actions the logit's.
  package static let defaultTolerance = 1e-4

  /// The file as messages name it.
  package var path: String
  /// Environment units, as all numbers here.
  package var targetReturn: Double
  package var states: [[Float]]
  /// What the environment paid for the step before each row; nobody looks at the first.
  package var rewards: [Float]
  /// Of numbered actions 1 at the number and 0 elsewhere.
  package var actions: [[Double]]
  package var tolerance: Double?

  package var count: Int { states.count }

  /// The same as a self test replays it.
  package var inputs: EpisodeInputs {
    EpisodeInputs(
      targetReturn: targetReturn, states: states, rewards: rewards.dropFirst() + [0],
      executedActions: actions.map { $0.map { Float($0) } })
  }

  /// How far component `index` of an action may be from `expected`.
  package func tolerance(_ model: Model, _ index: Int, expected: Double) -> Double {
    if let tolerance { return tolerance }
    guard model.options.actions == .continuous else { return Self.defaultTolerance }
    let (scale, offset) = (model.actionScale[index], model.actionOffset[index])
    // An offset is rounded, and so is the sum.
    return Self.defaultTolerance * max(abs(scale), abs(expected - offset)) + 0x1p-22 * abs(offset)
  }
}
