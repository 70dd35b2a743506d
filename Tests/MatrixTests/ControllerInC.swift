import DecisionTransformer
import ModelMatrix
import RecordedEpisodes

/// A controller that is driven through the C functions of a generated type, so that whatever a test does with a
/// Swift controller it does through C.
struct ControllerInC: ~Copyable, GeneratedController {
  typealias State = ExecutedActions.State
  typealias Action = ExecutedActions.Action

  static var stateDimension: Int { Int(executed_actions_state_dimension()) }
  static var actionDimension: Int { Int(executed_actions_action_dimension()) }
  static var memorySize: Int { Int(executed_actions_memory_size()) }
  static var memoryAlignment: Int { Int(executed_actions_memory_alignment()) }
  // What C does not tell.
  static var hiddenSize: Int { ExecutedActions.hiddenSize }
  static var layerCount: Int { ExecutedActions.layerCount }
  static var window: Int { ExecutedActions.window }
  static var maximumEpisodeLength: Int { ExecutedActions.maximumEpisodeLength }
  static var packedWeightsSize: Int { ExecutedActions.packedWeightsSize }
  static var layoutDigest: UInt64 { ExecutedActions.layoutDigest }

  let memory: UnsafeMutableRawBufferPointer
  private(set) var controller: OpaquePointer?

  /// With the weights in the program.
  init() {
    memory = .allocate(byteCount: Self.memorySize, alignment: Self.memoryAlignment)
    let status = executed_actions_create(memory.baseAddress, UInt(memory.count), &controller)
    precondition(status == 0 && controller != nil)
  }

  init(weights: PackedWeights) { self.init() }
  init(weights: PackedWeights, memory: UnsafeMutableRawBufferPointer) { self.init() }

  deinit { memory.deallocate() }

  mutating func reset(targetReturn: Float) {
    precondition(executed_actions_reset(controller, targetReturn) == 0)
  }

  mutating func retarget(_ targetReturn: Float) {
    precondition(executed_actions_retarget(controller, targetReturn) == 0)
  }

  mutating func act(_ state: State, reward: Float?) throws(StepError) -> Action {
    var (state, action) = (state, Action(repeating: .nan))
    let status =
      if let reward {
        executed_actions_act(controller, Self.floats(&state), reward, Self.floats(&action))
      } else {
        executed_actions_act_without_reward(
          controller, Self.floats(&state), Self.floats(&action))
      }
    precondition(status == 0)
    return action
  }

  mutating func prepare() {
    precondition(executed_actions_prepare(controller) == 0)
  }

  mutating func prepare(executed: Action, reward: Float?) throws(StepError) {
    var executed = executed
    let status =
      if let reward {
        executed_actions_prepare_executed_with_reward(
          controller, Self.floats(&executed), reward)
      } else {
        executed_actions_prepare_executed(controller, Self.floats(&executed))
      }
    precondition(status == 0)
  }

  static func selfTest(
    weights: PackedWeights, memory: UnsafeMutableRawBufferPointer
  ) throws(InitializationError) -> SelfTestReport {
    try ExecutedActions.selfTest(weights: weights, memory: memory)
  }

  /// The first component of a vector that lives as long as the call it is made for.
  private static func floats(_ vector: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Float> {
    vector.assumingMemoryBound(to: Float.self)
  }
}
