import DecisionTransformer
import ModelMatrix
import RecordedEpisodes

/// Several agents that are driven through the C functions of a generated type, so that whatever a test does with a batch
/// in Swift it does through C.
struct BatchInC: ~Copyable, EmbeddedBatchController {
  typealias States = BatchOfSeventeen.States
  typealias Rewards = BatchOfSeventeen.Rewards
  typealias Actions = BatchOfSeventeen.Actions

  static var batch: Int { Int(batch_of_seventeen_batch()) }
  static var memorySize: Int { Int(batch_of_seventeen_memory_size()) }
  static var memoryAlignment: Int { Int(batch_of_seventeen_memory_alignment()) }
  // What C does not tell.
  static var layoutDigest: UInt64 { BatchOfSeventeen.layoutDigest }
  static var feedbackMultiplyAdds: Int { BatchOfSeventeen.feedbackMultiplyAdds }

  let memory: UnsafeMutableRawBufferPointer
  private let isOwn: Bool
  private(set) var controller: OpaquePointer?

  init() {
    memory = .allocate(byteCount: Self.memorySize, alignment: Self.memoryAlignment)
    isOwn = true
    let status = batch_of_seventeen_create(memory.baseAddress, UInt(memory.count), &controller)
    precondition(status == 0 && controller != nil)
  }

  init(weights: PackedWeights) { self.init() }

  init(weights: PackedWeights, memory: UnsafeMutableRawBufferPointer) {
    (self.memory, isOwn) = (memory, false)
    let status = unsafe batch_of_seventeen_create_with_weights(
      memory.baseAddress, UInt(memory.count), weights.wholeFile.baseAddress,
      UInt(weights.wholeFile.count), &controller)
    precondition(status == 0 && controller != nil)
  }

  deinit { if isOwn { memory.deallocate() } }

  static func embeddedWeights() throws(InitializationError) -> PackedWeights {
    try BatchOfSeventeen.embeddedWeights()
  }

  mutating func reset(targetReturn: Float) {
    precondition(batch_of_seventeen_reset(controller, targetReturn) == 0)
  }

  mutating func reset(agent: Int, targetReturn: Float) {
    precondition(batch_of_seventeen_reset_agent(controller, UInt(agent), targetReturn) == 0)
  }

  mutating func retarget(agent: Int, _ targetReturn: Float) {
    precondition(batch_of_seventeen_retarget_agent(controller, UInt(agent), targetReturn) == 0)
  }

  mutating func act(_ states: States, rewards: Rewards?) throws(BatchStepError) -> Actions {
    var (states, actions) = (states, Actions(repeating: BatchOfSeventeen.Action(repeating: .nan)))
    let status: Int32
    if var rewards {
      status = batch_of_seventeen_act(
        controller, Self.floats(&states), Self.floats(&rewards), Self.floats(&actions))
    } else {
      status = batch_of_seventeen_act_without_rewards(
        controller, Self.floats(&states), Self.floats(&actions))
    }
    try check(status)
    return actions
  }

  mutating func prepare() { precondition(batch_of_seventeen_prepare(controller) == 0) }

  mutating func prepare(executed: Actions, rewards: Rewards?) throws(BatchStepError) {
    var executed = executed
    let status: Int32
    if var rewards {
      status = batch_of_seventeen_prepare_executed_with_rewards(
        controller, Self.floats(&executed), Self.floats(&rewards))
    } else {
      status = batch_of_seventeen_prepare_executed(controller, Self.floats(&executed))
    }
    try check(status)
  }

  static func selfTest() throws(InitializationError) -> SelfTestReport {
    try BatchOfSeventeen.selfTest()
  }

  static func selfTest(
    weights: PackedWeights
  ) throws(InitializationError) -> SelfTestReport {
    try BatchOfSeventeen.selfTest(weights: weights)
  }

  /// The error that a status stands for, of those that a script meets.
  private func check(_ status: Int32) throws(BatchStepError) {
    guard status != 0 else { return }
    let index = Int(batch_of_seventeen_last_error_index(controller))
    let agent = Int(batch_of_seventeen_last_error_agent(controller))
    switch status {
    case 31: throw BatchStepError(agent: agent, .nonFiniteState(index: index))
    case 37: throw BatchStepError(agent: agent, .nothingToPrepare)
    default: preconditionFailure("status \(status)")
    }
  }

  /// The first number of what lives as long as the call it is made for.
  private static func floats(_ numbers: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Float> {
    numbers.assumingMemoryBound(to: Float.self)
  }
}
