import DecisionTransformer
import Programs

/// Inputs of an episode, the same in every run.
struct Episode<State: FixedNumbers> {
  let targetReturn: Float = 3000
  private let states: [State]
  private let rewards: [Float]
  private static var count: Int { 256 }

  init(magnitude: Float = 1) {
    var random = SplitMix64(seed: 1)
    var states: [State] = []
    var rewards: [Float] = []
    for _ in 0..<Self.count {
      states.append(State { _ in (2 * random.fraction() - 1) * magnitude })
      rewards.append(random.fraction() * magnitude)
    }
    (self.states, self.rewards) = (states, rewards)
  }

  func state(_ step: Int) -> State { states[step % Self.count] }
  func reward(_ step: Int) -> Float { rewards[step % Self.count] }
}
