import DecisionTransformer

/// What a controller is told in an episode, step by step.
package struct EpisodeInputs: Equatable, Sendable {
  /// Environment units.
  package let targetReturn: Double
  package let states: [[Float]]
  /// What the environment pays for the action of a step.
  package let rewards: [Float]
  /// Actions that take the place of the predicted ones, environment units.
  package let executedActions: [[Float]]
}

extension EpisodeInputs {
  /// A seeded episode for a model: the same numbers on every machine.
  ///
  /// States are normal around `state_mean` with `state_std`, bytes of frames a `FramePattern`; rewards spend the target
  /// return, unevenly; executed actions are normal around `action_offset` with half the action scale, or each as likely
  /// as any other where they are numbered. Row t belongs to step t, and to step t + `rowCount` again.
  package init(synthetic model: Model, stepCount: Int, rowCount: Int? = nil) {
    let rows = 0..<(rowCount ?? stepCount)
    let (scale, offset) = (model.options.returnScale, model.options.returnOffset)
    targetReturn = model.options.targetReturn ?? scale + offset
    let dimension = model.config.stateDimension
    let mean = model.options.stateMean ?? Array(repeating: 0, count: dimension)
    let deviation = model.options.stateStandardDeviation ?? Array(repeating: 1, count: dimension)
    // A stream for each kind of number: the states do not depend on the number of actions.
    var stateNumbers = SyntheticNumbers(state: 1)
    states = rows.map { row in
      if model.config.frames != nil {
        let pattern = FramePattern(seed: Float(row + 1))
        return (0..<model.stateInputCount).map { Float(pattern[$0]) }
      }
      return (0..<dimension).map { Float(mean[$0] + deviation[$0] * stateNumbers.normal()) }
    }
    var rewardNumbers = SyntheticNumbers(state: 2)
    let spent = targetReturn == offset ? scale : targetReturn - offset
    let reward = spent / Double(stepCount)
    rewards = rows.map { _ in Float(reward * (1 + 0.5 * rewardNumbers.normal())) }
    var actionNumbers = SyntheticNumbers(state: 3)
    let count = UInt64(model.config.actionDimension)
    let actions = zip(model.actionScale, model.actionOffset)
    executedActions = rows.map { _ in
      if model.options.actions == .discrete {
        let number = Int(actionNumbers.next() >> 11 % count)
        return (0..<Int(count)).map { $0 == number ? 1 : 0 }
      }
      return actions.map { scale, offset in Float(scale * 0.5 * actionNumbers.normal() + offset) }
    }
  }
}

/// SyntheticNumbers (Steele, Lea, Flood 2014): the same numbers on every machine.
package struct SyntheticNumbers {
  package var state: UInt64

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  /// Nearly normal: the sum of twelve uniform numbers less six, which needs no logarithm.
  package mutating func normal() -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + Double(next() >> 11) * 0x1p-53 }
  }
}
