import DecisionTransformer
import ModelMatrix
import RecordedEpisodes

/// The members of a generated type with several agents.
protocol BatchController: ~Copyable, SendableMetatype {
  associatedtype States: VectorBatch
  associatedtype Rewards: FloatVector
  associatedtype Actions: VectorBatch

  static var batch: Int { get }
  static var memorySize: Int { get }
  static var memoryAlignment: Int { get }
  static var layoutDigest: UInt64 { get }
  static var feedbackMultiplyAdds: Int { get }
  static func embeddedWeights() throws(InitializationError) -> PackedWeights
  static func selfTest() throws(InitializationError) -> SelfTestReport

  init() throws(InitializationError)
  init(weights: PackedWeights, memory: UnsafeMutableRawBufferPointer) throws(InitializationError)

  mutating func reset(targetReturn: Float)
  mutating func reset(agent: Int, targetReturn: Float)
  mutating func retarget(agent: Int, _ targetReturn: Float)
  mutating func act(_ states: States, rewards: Rewards?) throws(BatchStepError) -> Actions
  mutating func prepare()
  mutating func prepare(executed: Actions, rewards: Rewards?) throws(BatchStepError)
}

extension BatchOfTwo: BatchController {}
extension BatchOfThree: BatchController {}
extension BatchOfFour: BatchController {}
extension BatchOfFive: BatchController {}
extension BatchOfSeven: BatchController {}

/// Constants of a generated type that say what a call costs.
protocol MeasuredWork: ~Copyable {
  static var actionDimension: Int { get }
  static var feedbackMultiplyAdds: Int { get }
}

extension EightHeads: MeasuredWork {}
extension ReluOneHead: MeasuredWork {}
extension RoundedFourHeads: MeasuredWork {}
extension WholeEpisode: MeasuredWork {}
extension WindowOfOne: MeasuredWork {}

/// A vector for each agent.
protocol VectorBatch: BitwiseCopyable, Sendable {
  init(_ rows: [[Float]])

  var rows: [[Float]] { get }
}

extension InlineArray: VectorBatch where Element: FloatVector {
  init(_ rows: [[Float]]) {
    precondition(rows.count == count, "a batch has as many vectors as its type says")
    self.init { Element(rows[$0]) }
  }

  var rows: [[Float]] { indices.map { self[$0].values } }
}
