import DecisionTransformer

/// Of `NewestFrame`, whose states are pictures: as if they were passed by value.
extension Model {
  typealias State = InlineArray<120, UInt8>

  mutating func act(_ state: State, reward: Float?) throws(StepError) -> Int {
    try act(state.span, reward: reward)
  }

  mutating func act(_ state: State, reward: Float?, uniform: Float) throws(StepError) -> Int {
    try act(state.span, reward: reward, uniform: uniform)
  }
}

/// All bytes, whatever the magnitude.
func component(_ number: Float) -> UInt8 {
  UInt8(truncatingIfNeeded: number.bitPattern >> 16 ^ number.bitPattern >> 24)
}
