import DecisionTransformer
import Foundation

/// What rounded weights cost: how far the actions of the packed weights lie from the checkpoint's, both
/// computed in double precision over one synthetic episode.
///
/// The `SyntheticEpisode` runs past two windows. Each model keeps its own actions in its history.
public struct PrecisionCost: Equatable, Sendable {
  public var steps: Int
  /// In model units, over all steps and components.
  public var largestActionDifference: Double
  public var meanActionDifference: Double
  /// The state token after the embedding and after each block: its largest and mean difference over all steps.
  public var stages: [Stage]

  public struct Stage: Equatable, Sendable {
    /// `embedding`, `block h.0` and so on.
    public var name: String
    public var largestDifference: Double
    public var meanDifference: Double
  }

  public init(plan: Plan, model: Model, checkpoint: Checkpoint, payload: [Float]) {
    steps = min(2 * model.window + 10, model.config.maximumEpisodeLength)
    var exact = ReferenceController(model: model, checkpoint: checkpoint)
    var rounded = ReferenceController(
      model: model,
      interpreter: ReferenceInterpreter(
        plan: plan, config: model.config, checkpoint: checkpoint, payload: payload))
    let episode = SyntheticEpisode(model, stepCount: steps)
    exact.reset(targetReturn: episode.targetReturn)
    rounded.reset(targetReturn: episode.targetReturn)
    var actions = ErrorStatistics()
    var rows = Array(repeating: ErrorStatistics(), count: model.config.layerCount + 1)
    for step in 0..<steps {
      let (state, reward) = (episode.states[step], step == 0 ? 0 : episode.rewards[step - 1])
      let expected = exact.trace(state: state, reward: reward)
      let found = rounded.trace(state: state, reward: reward)
      actions.add(found.action, expected: expected.action)
      for stage in rows.indices {
        rows[stage].add(found.rows[stage], expected: expected.rows[stage])
      }
    }
    largestActionDifference = actions.largest
    meanActionDifference = actions.mean
    stages = rows.enumerated().map { index, statistics in
      let stage = index == 0 ? SelfTestStage.embedding : .block(layer: index - 1)
      return Stage(
        name: "\(stage)", largestDifference: statistics.largest, meanDifference: statistics.mean)
    }
  }
}

extension PrecisionCost {
  /// `<Name>.manifest.json`; three digits, so that libraries that round differently write the same.
  func manifest(_ model: Model, version: String) -> String {
    func digits(_ value: Double) -> String { String(format: "%.2e", value) }
    return """
      {
        "generator": "dtgen \(version)",
        "model": "\(model.name)",
        "precision": "\(model.options.precision.rawValue)",
        "compared_with": "the checkpoint in double precision",
        "episode": "synthetic, seed 1",
        "steps": \(steps),
        "largest_action_difference": \(digits(largestActionDifference)),
        "mean_action_difference": \(digits(meanActionDifference))
      }

      """
  }
}
