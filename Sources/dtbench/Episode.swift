/// Inputs of an episode, the same in every run.
struct Episode<State: StateVector> {
  let targetReturn: Float = 3000
  private let states: [State]
  private let rewards: [Float]
  private static var count: Int { 256 }

  init(magnitude: Float = 1) {
    var random = SplitMix64()
    var states: [State] = []
    var rewards: [Float] = []
    for _ in 0..<Self.count {
      states.append(State { (2 * random.next() - 1) * magnitude })
      rewards.append(random.next() * magnitude)
    }
    (self.states, self.rewards) = (states, rewards)
  }

  func state(_ step: Int) -> State { states[step % Self.count] }
  func reward(_ step: Int) -> Float { rewards[step % Self.count] }
}

/// Sebastiano Vigna's generator, with a fixed start.
struct SplitMix64 {
  private var state: UInt64 = 1

  /// The next number in 0..<1.
  mutating func next() -> Float {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z &>> 27)) &* 0x94d0_49bb_1331_11eb
    return Float((z ^ (z &>> 31)) &>> 40) * 0x1p-24
  }
}
