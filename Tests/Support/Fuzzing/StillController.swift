import DecisionTransformer

/// A controller of the fixtures' shape that does nothing: a self test can be replayed on it without a model.
struct StillController: SelfTestable, ~Copyable {
  struct State: BitwiseCopyable {
    var first, second, third: Float
  }

  struct Action: BitwiseCopyable {
    var first, second: Float
  }

  static let stateDimension = 3
  static let actionDimension = 2
  static let hiddenSize = 4
  static let layerCount = 1
  static let memorySize = 64

  mutating func reset(targetReturn: Float) {}

  mutating func act(
    _ state: State, reward: Float?
  ) throws(StepError) -> Action { Action(first: state.third, second: reward ?? 0) }

  mutating func prepare() {}

  mutating func prepare(executed: Action, reward: Float?) throws(StepError) {
    if !executed.second.isFinite { throw .nonFiniteExecutedAction(index: 1) }
  }

  static func selfTest(
    weights: PackedWeights, memory: UnsafeMutableRawBufferPointer
  ) throws(InitializationError) -> SelfTestReport {
    var controller = StillController()
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    let row = Floats(memory.bindMemory(to: Float.self).baseAddress!)
    return try SelfTest.run(&controller, weights) { _, _, _ in row }
  }
}
