import DecisionTransformer
import Foundation

/// What rounded weights cost: how far the answers of the packed weights lie from the checkpoint's, both computed in double
/// precision: the actions of a synthetic episode, or the last hidden states of a trunk.
public struct PrecisionCost: Equatable, Sendable {
  /// What is answered.
  public enum Answers: Equatable, Sendable {
    /// Of a synthetic episode that runs past two windows. Each model keeps its own actions in its history; where actions
    /// are numbered, both keep the checkpoint's.
    case actions(steps: Int)
    /// The same of numbered actions, with the steps in which the larger logit was another one.
    case logits(steps: Int, otherChoices: Int)
    /// Of one sequence of normal embeddings.
    case hiddenStates(tokens: Int)
  }

  public var answers: Answers
  /// Where the inputs come from, as reports say it.
  public var inputs: String
  /// Over all answers and components; of actions in model units.
  public var largestDifference: Double
  /// Of actions in environment units: what `max_action_error` bounds. Of logits as they are.
  public var largestActionDifference: Double
  public var meanDifference: Double
  /// The state token of an episode after the embedding and after each block: its largest and mean difference over all
  /// steps.
  public var stages: [Stage]

  public struct Stage: Equatable, Sendable {
    /// `embedding`, `block h.0` and so on.
    public var name: String
    public var largestDifference: Double
    public var meanDifference: Double
  }

  /// - Parameter recorded: The episode to measure on; nil means a synthetic one.
  public init(
    plan: Plan, model: Model, checkpoint: Checkpoint, payload: [Float],
    recorded: CalibrationEpisode? = nil
  ) {
    let weights = MachineWeights<Double>(plan, payload: payload)
    var all = ErrorStatistics()
    var environment = ErrorStatistics()
    inputs = "synthetic, seed 1"
    if model.isTrunk {
      // The reference's work grows with the square of the tokens; more of them would tell no more.
      let tokens = min(model.tokenCapacity, 64)
      var exact = ReferenceTrunk(config: model.config, checkpoint: checkpoint)
      var rounded = TrunkMachine(plan, weights)
      var random = SyntheticNumbers(state: 1)
      let inputs = (0..<tokens).map { _ in
        (0..<model.config.hiddenSize).map { _ in random.normal() }
      }
      let expected = exact.forward(inputsEmbeds: inputs)
      for (row, expected) in zip(rounded.forward(inputsEmbeds: inputs), expected) {
        all.add(row, expected: expected)
      }
      (answers, stages) = (.hiddenStates(tokens: tokens), [])
    } else {
      let episode = recorded ?? CalibrationEpisode(synthetic: model)
      let steps = episode.states.count
      inputs = episode.source
      var exact = ReferenceController(model: model, checkpoint: checkpoint)
      var rounded = ControlMachine(plan, weights)
      exact.reset(targetReturn: episode.targetReturn)
      rounded.reset(targetReturn: Float(episode.targetReturn))
      var rows = Array(repeating: ErrorStatistics(), count: model.config.layerCount + 1)
      var otherChoices = 0
      for step in 0..<steps {
        let (state, reward) = (episode.states[step], step == 0 ? 0 : episode.rewards[step - 1])
        let expected = exact.trace(state: state, reward: reward)
        // Agents of a batch do not see each other: all have the same episode.
        let found = rounded.act(
          states: Array(repeating: state, count: plan.shape.groupSize),
          rewards: Array(repeating: reward, count: plan.shape.groupSize))[0]
        if let choice = plan.steps.action.numbered(expected.action) {
          if plan.steps.action.numbered(found.action) != choice { otherChoices += 1 }
          // One other choice, and the rest would be another episode.
          rounded.prepare(executed: Array(repeating: choice, count: plan.shape.groupSize))
        }
        all.add(found.action, expected: expected.action)
        environment.add(
          plan.steps.action.inEnvironment(found.action),
          expected: plan.steps.action.inEnvironment(expected.action))
        for stage in rows.indices {
          rows[stage].add(found.rows[stage], expected: expected.rows[stage])
        }
      }
      answers =
        plan.steps.action.choice == nil
        ? .actions(steps: steps) : .logits(steps: steps, otherChoices: otherChoices)
      stages = rows.enumerated().map { index, statistics in
        let stage = index == 0 ? SelfTestStage.embedding : .block(layer: index - 1)
        return Stage(
          name: "\(stage)", largestDifference: statistics.largest, meanDifference: statistics.mean)
      }
    }
    (largestDifference, meanDifference) = (all.largest, all.mean)
    largestActionDifference = environment.largest
  }
}

extension PrecisionCost {
  /// What the manifest says of it; three digits, so that libraries that round differently write the same.
  package var facts: [JSONMember] {
    func digits(_ value: Double) -> JSONValue {
      JSONValue(Double(String(format: "%.2e", value))!)
    }
    let (inputs, count, answer) =
      switch answers {
      case .actions(let steps): ("episode", ("steps", steps), "action")
      case .logits(let steps, _): ("episode", ("steps", steps), "logit")
      case .hiddenStates(let tokens): ("embeddings", ("tokens", tokens), "hidden_state")
      }
    var choices: [JSONMember] = []
    if case .logits(_, let otherChoices) = answers {
      choices = [JSONMember(name: "steps_with_another_choice", value: .integer(otherChoices))]
    }
    return [
      JSONMember(name: "compared_with", value: .string("the checkpoint in double precision")),
      JSONMember(name: inputs, value: .string(self.inputs)),
      JSONMember(name: count.0, value: .integer(count.1)),
      JSONMember(name: "largest_\(answer)_difference", value: digits(largestDifference)),
      JSONMember(name: "mean_\(answer)_difference", value: digits(meanDifference)),
    ] + choices
  }
}
