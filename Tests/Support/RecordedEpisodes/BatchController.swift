package import DecisionTransformer

/// The members of a generated type with several agents.
package protocol BatchController: ~Copyable, SendableMetatype {
  associatedtype States: VectorBatch
  associatedtype Rewards: FloatVector
  associatedtype Actions: VectorBatch

  static var batch: Int { get }
  static var memorySize: Int { get }
  static var memoryAlignment: Int { get }
  static var layoutDigest: UInt64 { get }
  static var feedbackMultiplyAdds: Int { get }
  static func selfTest(weights: PackedWeights) throws(InitializationError) -> SelfTestReport

  init(weights: PackedWeights) throws(InitializationError)
  init(weights: PackedWeights, memory: UnsafeMutableRawBufferPointer) throws(InitializationError)

  mutating func reset(targetReturn: Float)
  mutating func reset(agent: Int, targetReturn: Float)
  mutating func retarget(agent: Int, _ targetReturn: Float)
  mutating func act(_ states: States, rewards: Rewards?) throws(BatchStepError) -> Actions
  mutating func prepare()
  mutating func prepare(executed: Actions, rewards: Rewards?) throws(BatchStepError)
}

/// A vector for each agent.
package protocol VectorBatch: BitwiseCopyable, Sendable {
  init(_ rows: [[Float]])

  var rows: [[Float]] { get }
}

extension InlineArray: VectorBatch where Element: FloatVector {
  package init(_ rows: [[Float]]) {
    precondition(rows.count == count, "a batch has as many vectors as its type says")
    self.init { Element(rows[$0]) }
  }

  package var rows: [[Float]] { indices.map { self[$0].values } }
}
