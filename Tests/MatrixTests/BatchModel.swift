import DecisionTransformer
import ModelMatrix
import RecordedEpisodes
import Testing

/// The same with its weights in the program.
protocol EmbeddedBatchController: BatchController, ~Copyable {
  static func embeddedWeights() throws(InitializationError) -> PackedWeights
  static func selfTest() throws(InitializationError) -> SelfTestReport

  init() throws(InitializationError)
}

extension BatchOfTwo: EmbeddedBatchController {}
extension BatchOfThree: EmbeddedBatchController {}
extension BatchOfFour: EmbeddedBatchController {}
extension BatchOfThirty: EmbeddedBatchController {}
extension BatchOfFive: EmbeddedBatchController {}
extension BatchOfSix: EmbeddedBatchController {}
extension BatchOfSeventeen: EmbeddedBatchController {}
extension BoundedLoopOfTwo: EmbeddedBatchController {}

/// Constants of a generated type that say what a call costs.
protocol MeasuredWork: ~Copyable {
  static var actionDimension: Int { get }
  static var feedbackMultiplyAdds: Int { get }
}

extension BoundedLoop: MeasuredWork {}
extension EightHeads: MeasuredWork {}
extension ReluOneHead: MeasuredWork {}
extension Int8FourHeads: MeasuredWork {}
extension RoundedFourHeads: MeasuredWork {}
extension WholeEpisode: MeasuredWork {}
extension WindowOfOne: MeasuredWork {}
extension WrappedTimesteps: MeasuredWork {}

/// A generated type with several agents, beside one of the same checkpoint with a single agent.
struct BatchModel: Sendable, CustomTestStringConvertible {
  let name: String
  /// The model with the same checkpoint whose golden episode has the states.
  let original: String
  let batch: Int
  /// All agents' actions, step by step, in environment units.
  let run: @Sendable (BatchScript) throws -> [[[Float]]]
  /// The same in memory that held something else, which ends where it must.
  let runInCallersMemory: @Sendable (BatchScript) throws -> [[[Float]]]
  /// One agent's actions from a controller of its own.
  let runAlone: @Sendable (BatchScript, Int) throws -> [[Float]]
  /// Calls to the allocator during a whole script.
  let allocatorCalls: @Sendable (BatchScript) throws -> UInt64
  let selfTest: @Sendable () throws -> SelfTestReport
  /// Layout and cost beside the single agent's.
  let sharesWeights: Bool
  let costIsThatOfAgents: Bool

  var testDescription: String { name }

  static let all = [
    BatchModel(BatchOfTwo.self, alone: ReluOneHead.self, original: "ReluOneHead"),
    BatchModel(BatchOfThree.self, alone: WholeEpisode.self, original: "WholeEpisode"),
    BatchModel(BatchOfFour.self, alone: EightHeads.self, original: "EightHeads"),
    BatchModel(BatchOfFive.self, alone: RoundedFourHeads.self, original: "TanhOddInner"),
    BatchModel(BatchOfSix.self, alone: WrappedTimesteps.self, original: "WrappedTimesteps"),
    BatchModel(BatchOfSeventeen.self, alone: WindowOfOne.self, original: "WindowOfOne"),
    BatchModel(BatchOfThirty.self, alone: Int8FourHeads.self, original: "TanhOddInner"),
    BatchModel(BoundedLoopOfTwo.self, alone: BoundedLoop.self, original: "WrappedTimesteps"),
  ]
}

extension BatchModel {
  /// A step was taken that should have been refused.
  struct NotRefused: Error {}

  init<
    Controller: EmbeddedBatchController & ~Copyable,
    Alone: EmbeddedController & MeasuredWork & ~Copyable
  >(_: Controller.Type, alone: Alone.Type, original: String) {
    name = String(describing: Controller.self)
    self.original = original
    batch = Controller.batch
    sharesWeights = Controller.layoutDigest == Alone.layoutDigest
    // Of groups that do not come out even, the last has places for agents that nobody sees.
    let places = Controller.feedbackMultiplyAdds / Alone.feedbackMultiplyAdds
    costIsThatOfAgents =
      Controller.feedbackMultiplyAdds == places * Alone.feedbackMultiplyAdds
      && (batch...batch + batch / 16).contains(places)
    @Sendable func run(
      _ controller: inout Controller, _ script: BatchScript
    ) throws -> [[[Float]]] {
      var run = BatchRun<Controller>(script, actionDimension: Alone.actionDimension)
      try run.run(&controller)
      guard run.wrongAnswers == 0 else { throw NotRefused() }
      return run.actions.map(\.rows)
    }
    self.run = { script in
      var controller = try Controller()
      return try run(&controller, script)
    }
    runInCallersMemory = { script in
      let margin = 2 * Controller.memoryAlignment
      let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: Controller.memorySize + 2 * margin, alignment: Controller.memoryAlignment)
      defer { memory.deallocate() }
      memory.initializeMemory(as: UInt8.self, repeating: 0xff)
      var controller = try Controller(
        weights: Alone.embeddedWeights(),
        memory: UnsafeMutableRawBufferPointer(rebasing: memory[margin..<memory.count - margin]))
      let actions = try run(&controller, script)
      guard (memory.prefix(margin) + memory.suffix(margin)).allSatisfy({ $0 == 0xff }) else {
        throw NotRefused()
      }
      return actions
    }
    runAlone = { script, agent in
      var controller = try Alone()
      return try script.run(&controller, agent: agent)
    }
    selfTest = { try Controller.selfTest() }
    allocatorCalls = { script in
      var controller = try Controller()
      var run = BatchRun<Controller>(script, actionDimension: Alone.actionDimension)
      return try allocatorCallCount { try run.run(&controller) }
    }
  }
}
