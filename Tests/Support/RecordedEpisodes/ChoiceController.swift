package import DecisionTransformer

/// The members of a generated type whose actions are numbers.
package protocol ChoiceController: ~Copyable, SendableMetatype {
  associatedtype State: FloatVector
  associatedtype Logits: FloatVector

  static func selfTest(weights: PackedWeights) throws(InitializationError) -> SelfTestReport

  init(weights: PackedWeights) throws(InitializationError)

  var logits: Logits { get }

  mutating func reset(targetReturn: Float)
  mutating func act(_ state: State, reward: Float?) throws(StepError) -> Int
  mutating func act(_ state: State, reward: Float?, uniform: Float) throws(StepError) -> Int
  mutating func prepare()
  mutating func prepare(executed: Int, reward: Float?) throws(StepError)
}

/// An episode of numbered actions.
package struct ChoiceEpisode: Codable, Sendable {
  package var states: [[Float]]
  /// `rewards[t]` follows step t.
  package var rewards: [Float]
  package var targetReturn: Float
  /// What the actions are drawn by; nil where they are those of the largest logits.
  package var uniforms: [Float]?
  /// What was executed instead of the chosen actions.
  package var executed: [Int]?

  package init(
    states: [[Float]], rewards: [Float], targetReturn: Float, uniforms: [Float]? = nil,
    executed: [Int]? = nil
  ) {
    (self.states, self.rewards, self.targetReturn) = (states, rewards, targetReturn)
    (self.uniforms, self.executed) = (uniforms, executed)
  }

  /// Drives a controller through it in some pace.
  ///
  /// - Returns: What was chosen in each step, and from which logits.
  package func run<Controller: ChoiceController & ~Copyable>(
    _ controller: inout Controller, _ pace: Pace
  ) throws -> (numbers: [Int], logits: [[Float]]) {
    let schedule = pace.schedule(of: states.count, tellingActions: executed != nil)
    var numbers: [Int] = []
    var logits: [[Float]] = []
    controller.reset(targetReturn: targetReturn)
    var reward: Float?
    for step in states.indices {
      let state = Controller.State(states[step])
      let number =
        if let uniforms {
          try controller.act(state, reward: reward, uniform: uniforms[step])
        } else {
          try controller.act(state, reward: reward)
        }
      numbers.append(number)
      logits.append(controller.logits.values)
      reward = rewards[step]
      guard step + 1 < states.count else { break }
      let executed = executed?[step] ?? number
      switch schedule[step] {
      case .prepared: controller.prepare()
      case .executed: try controller.prepare(executed: executed, reward: nil)
      case .rewardKnown:
        try controller.prepare(executed: executed, reward: reward)
        reward = nil
      case .actOnly, .alternating: break
      }
    }
    return (numbers, logits)
  }
}
