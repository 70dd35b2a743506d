/// A generated controller that can show, on the machine where it runs, that it computes its checkpoint.
///
/// The packed weights carry a synthetic episode longer than two windows and what the published formulas
/// give for it in double precision: the actions, and at telling steps the state token's row after the
/// embedding and after every block. `selfTest` replays the episode through `act` and `prepare` of a controller of
/// its own and compares. A wrong option, a miscompiled kernel or a changed weight shows as a difference beyond
/// the tolerance, which is that of float32 rounding.
public protocol SelfTestable: ~Copyable {
  associatedtype State: BitwiseCopyable
  associatedtype Action: BitwiseCopyable

  static var stateDimension: Int { get }
  static var actionDimension: Int { get }
  static var hiddenSize: Int { get }
  static var layerCount: Int { get }
  static var memorySize: Int { get }

  mutating func reset(targetReturn: Float)
  mutating func act(_ state: State, reward: Float?) throws(StepError) -> Action
  mutating func prepare()
  mutating func prepare(executed: Action, reward: Float?) throws(StepError)

  /// Replays the episode beside `weights` in the caller's memory: at least `memorySize` bytes at a
  /// multiple of `memoryAlignment`. Allocates nothing. Throws `noSelfTest` where the weights carry none.
  static func selfTest(
    weights: PackedWeights, memory: UnsafeMutableRawBufferPointer
  ) throws(InitializationError) -> SelfTestReport
}

#if !hasFeature(Embedded)
  extension SelfTestable where Self: ~Copyable {
    /// Replays the episode beside `weights` in memory of its own. Throws `noSelfTest` where the weights
    /// carry none, and whatever `init` throws.
    public static func selfTest(
      weights: PackedWeights
    ) throws(InitializationError) -> SelfTestReport {
      let memory = AlignedMemory(byteCount: memorySize)
      return try selfTest(
        weights: weights,
        memory: UnsafeMutableRawBufferPointer(start: memory.base, count: memory.byteCount))
    }
  }
#endif
