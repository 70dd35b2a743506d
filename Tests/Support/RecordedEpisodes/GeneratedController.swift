package import DecisionTransformer

/// The members of a generated type, so that a test is written once for all of them.
package protocol GeneratedController: SelfTestable, ~Copyable, SendableMetatype
where State: FloatVector, Action: FloatVector {
  static var window: Int { get }
  static var maximumEpisodeLength: Int { get }
  static var memoryAlignment: Int { get }
  static var packedWeightsSize: Int { get }
  static var layoutDigest: UInt64 { get }

  init(weights: PackedWeights) throws(InitializationError)
  init(weights: PackedWeights, memory: UnsafeMutableRawBufferPointer) throws(InitializationError)

  mutating func retarget(_ targetReturn: Float)
}

/// A generated type with its weights in the program.
package protocol EmbeddedController: GeneratedController, ~Copyable {
  static func embeddedWeights() throws(InitializationError) -> PackedWeights

  init() throws(InitializationError)

  static func selfTest() throws(InitializationError) -> SelfTestReport
}

/// A vector whose length is part of its type.
package protocol FloatVector: BitwiseCopyable, Sendable {
  init(_ values: [Float])

  var values: [Float] { get }
}

extension Numbers: FloatVector {
  package var values: [Float] { Array(self) }
}
