package import DecisionTransformer

/// The members of a generated type whose actions are numbers, with any kind of states.
package protocol ChoiceController: ~Copyable, SendableMetatype {
  associatedtype Logits: FloatVector

  static func selfTest(weights: PackedWeights) throws(InitializationError) -> SelfTestReport

  init(weights: PackedWeights) throws(InitializationError)

  var logits: Logits { get }

  mutating func reset(targetReturn: Float)
  /// `act` of the state with these numbers, drawn where there is a number to draw by.
  mutating func act(numbers: [Float], reward: Float?, uniform: Float?) throws(StepError) -> Int
  mutating func prepare()
  mutating func prepare(executed: Int, reward: Float?) throws(StepError)
}

/// The same with states that are vectors.
package protocol VectorChoiceController: ChoiceController, ~Copyable {
  associatedtype State: FloatVector

  mutating func act(_ state: State, reward: Float?) throws(StepError) -> Int
  mutating func act(_ state: State, reward: Float?, uniform: Float) throws(StepError) -> Int
}

extension VectorChoiceController where Self: ~Copyable {
  package mutating func act(
    numbers: [Float], reward: Float?, uniform: Float?
  ) throws(StepError) -> Int {
    let state = State(numbers)
    guard let uniform else { return try act(state, reward: reward) }
    return try act(state, reward: reward, uniform: uniform)
  }
}

/// The same with states that are frames of bytes.
package protocol FrameChoiceController: ChoiceController, ~Copyable {
  mutating func act(_ frames: Span<UInt8>, reward: Float?) throws(StepError) -> Int
  mutating func act(
    _ frames: Span<UInt8>, reward: Float?, uniform: Float
  ) throws(StepError) -> Int
}

extension FrameChoiceController where Self: ~Copyable {
  package mutating func act(
    numbers: [Float], reward: Float?, uniform: Float?
  ) throws(StepError) -> Int {
    let bytes = numbers.map { UInt8($0) }
    guard let uniform else { return try act(bytes.span, reward: reward) }
    return try act(bytes.span, reward: reward, uniform: uniform)
  }
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
      let number = try controller.act(
        numbers: states[step], reward: reward, uniform: uniforms?[step])
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
