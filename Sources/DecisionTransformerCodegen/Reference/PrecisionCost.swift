import Foundation

/// What rounded weights cost: how far the actions of the packed weights lie from the checkpoint's, both
/// computed in double precision over one synthetic episode.
///
/// The episode is seeded and runs past two windows; states are normal around `state_mean` with
/// `state_std`, and the rewards spend the target return evenly. Each model keeps its own actions in its history.
public struct PrecisionCost: Equatable, Sendable {
  public var steps: Int
  /// In model units, over all steps and components.
  public var largestActionDifference: Double
  public var meanActionDifference: Double

  public init(plan: Plan, model: Model, checkpoint: Checkpoint, payload: [Float]) {
    steps = min(2 * model.window + 10, model.config.maximumEpisodeLength)
    var exact = ReferenceController(model: model, checkpoint: checkpoint)
    var rounded = ReferenceController(
      model: model,
      interpreter: ReferenceInterpreter(
        plan: plan, model: model, checkpoint: checkpoint, payload: payload))
    var random = SplitMix64(state: 1)
    let target = model.options.targetReturn ?? model.options.returnScale
    exact.reset(targetReturn: target)
    rounded.reset(targetReturn: target)
    let dimension = model.config.stateDimension
    let mean = model.options.stateMean ?? Array(repeating: 0, count: dimension)
    let deviation = model.options.stateStandardDeviation ?? Array(repeating: 1, count: dimension)
    let reward = Float(target / Double(steps))
    var differences: [Double] = []
    for _ in 0..<steps {
      let state = (0..<dimension).map { Float(mean[$0] + deviation[$0] * random.normal()) }
      let actions = zip(
        exact.act(state: state, reward: reward), rounded.act(state: state, reward: reward))
      differences += actions.map { abs($0 - $1) }
    }
    largestActionDifference = differences.max() ?? 0
    meanActionDifference = differences.reduce(0, +) / Double(max(1, differences.count))
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

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  /// Nearly normal: the sum of twelve uniform numbers less six, which needs no logarithm.
  mutating func normal() -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + Double(next() >> 11) * 0x1p-53 }
  }
}
