import DecisionTransformer

/// How far actions of a model in some precisions are from the checkpoint's, over one episode; both in double precision, each
/// with its own actions in the history.
package struct ActionErrorMeter {
  private let model: Model
  private let checkpoint: Checkpoint
  private let episode: CalibrationEpisode
  private let path: String
  /// The checkpoint's, in environment units; of numbered actions the logits.
  private let expected: [[Double]]
  /// Of numbered actions, what goes into the history of both.
  private let choices: [[Float]?]

  package var source: String { episode.source }
  package var stepCount: Int { episode.states.count }

  package init(
    _ model: Model, _ checkpoint: Checkpoint, recorded: CalibrationEpisode?, path: String
  ) {
    // Agents of a batch do not see each other.
    var single = model
    single.options.batch = 1
    (self.model, self.checkpoint, self.path) = (single, checkpoint, path)
    let episode = recorded ?? CalibrationEpisode(synthetic: single)
    self.episode = episode
    let action = Plan(single).steps.action
    var exact = ReferenceController(model: single, checkpoint: checkpoint)
    exact.reset(targetReturn: episode.targetReturn)
    var (expected, choices): ([[Double]], [[Float]?]) = ([], [])
    for (step, state) in episode.states.enumerated() {
      let found = exact.trace(state: state, reward: step == 0 ? 0 : episode.rewards[step - 1])
      expected.append(action.inEnvironment(found.action))
      choices.append(action.numbered(found.action))
    }
    (self.expected, self.choices) = (expected, choices)
  }

  /// The plan in which all matrices have a precision, but for some that have another.
  package func plan(
    _ precision: WeightPrecision, _ others: [String: WeightPrecision] = [:]
  ) -> Plan {
    var model = model
    model.options.precision = precision
    model.options.matrixPrecisions = others.filter { $0.value != precision }
    return Plan(model)
  }

  /// Over all steps and components.
  package func error(
    _ precision: WeightPrecision, _ others: [String: WeightPrecision] = [:]
  ) throws(InvalidInput) -> ErrorStatistics {
    let plan = plan(precision, others)
    let payload = try Packer.payload(plan, checkpoint: checkpoint, path: path)
    var machine = ControlMachine(plan, MachineWeights<Double>(plan, payload: payload))
    machine.reset(targetReturn: Float(episode.targetReturn))
    var errors = ErrorStatistics()
    for (step, state) in episode.states.enumerated() {
      let found = machine.act(state: state, reward: step == 0 ? 0 : episode.rewards[step - 1])
      errors.add(plan.steps.action.inEnvironment(found.action), expected: expected[step])
      if let choice = choices[step] { machine.prepare(executed: [choice]) }
    }
    return errors
  }
}
