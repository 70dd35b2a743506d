import Foundation

/// What rounded weights cost a trunk: how far the last hidden states of the packed weights lie from the checkpoint's,
/// both computed in double precision over one sequence of normal embeddings that fills the cache.
struct TrunkPrecisionCost {
  var tokens: Int
  /// Over all tokens and components.
  var largestDifference: Double
  var meanDifference: Double

  init(plan: Plan, model: Model, checkpoint: Checkpoint, payload: [Float]) {
    // The interpreter's work grows with the square of the tokens; more of them would tell no more.
    tokens = min(model.tokenCapacity, 64)
    var exact = ReferenceTrunk(config: model.config, checkpoint: checkpoint)
    var rounded = ReferenceTrunk(
      plan: plan, config: model.config, checkpoint: checkpoint, payload: payload)
    var random = SplitMix64(state: 1)
    let inputs = (0..<tokens).map { _ in
      (0..<model.config.hiddenSize).map { _ in random.normal() }
    }
    let rows = zip(exact.forward(inputsEmbeds: inputs), rounded.forward(inputsEmbeds: inputs))
    let differences = rows.flatMap { zip($0, $1).map { abs($0 - $1) } }
    largestDifference = differences.max() ?? 0
    meanDifference = differences.reduce(0, +) / Double(max(1, differences.count))
  }

  /// `<Name>.manifest.json`; three digits, so that libraries that round differently write the same.
  func manifest(_ model: Model, version: String) -> String {
    func digits(_ value: Double) -> String { String(format: "%.2e", value) }
    return """
      {
        "generator": "dtgen \(version)",
        "model": "\(model.name)",
        "precision": "\(model.options.precision.rawValue)",
        "compared_with": "the checkpoint in double precision",
        "embeddings": "synthetic, seed 1",
        "tokens": \(tokens),
        "largest_hidden_state_difference": \(digits(largestDifference)),
        "mean_hidden_state_difference": \(digits(meanDifference))
      }

      """
  }
}
