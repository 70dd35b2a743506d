/// A generated controller that can show, on the machine where it runs, that it computes its checkpoint.
///
/// The packed weights carry a synthetic episode longer than two windows and what the published formulas
/// give for it in double precision: the actions, and at telling steps the state token's row after the
/// embedding and after every block. `selfTest` replays the episode through `act` and `prepare` of a controller of
/// its own and compares. Rows that the model folder expects are replayed behind it. A wrong option, a miscompiled
/// kernel or a changed weight shows as a difference beyond the tolerance, which is that of float32 rounding.
public protocol SelfTestable: ~Copyable {
  /// One observation: `stateDimension` numbers of type `Float`, raw environment units.
  associatedtype State: BitwiseCopyable
  /// One action: `actionDimension` numbers of type `Float`, environment units.
  associatedtype Action: BitwiseCopyable

  /// Numbers of a state.
  static var stateDimension: Int { get }
  /// Numbers of an action.
  static var actionDimension: Int { get }
  /// Numbers of a token, H.
  static var hiddenSize: Int { get }
  /// Blocks of the transformer, L.
  static var layerCount: Int { get }
  /// Bytes of memory a controller works in.
  static var memorySize: Int { get }

  /// Starts an episode in which `targetReturn` is to be collected, environment units. Allocates nothing.
  mutating func reset(targetReturn: Float)
  /// The action for `state`; `reward` is what the environment paid for the previous action, nil for 0. Allocates
  /// nothing. A call that throws has not taken a step.
  mutating func act(_ state: State, reward: Float?) throws(StepError) -> Action
  /// Takes the predicted action into the history and does everything that does not need the next state. Allocates
  /// nothing; does nothing where there is nothing to do.
  mutating func prepare()
  /// The same with the action that was really executed, and with the reward for it where it is known already.
  /// Allocates nothing. A call that throws has prepared nothing.
  mutating func prepare(executed: Action, reward: Float?) throws(StepError)

  /// Replays the episode beside `weights` in the caller's memory. Allocates nothing; takes as long as the
  /// episode's steps.
  ///
  /// - Parameters:
  ///   - weights: Those of the model, with a self test beside them.
  ///   - memory: At least `memorySize` bytes at a multiple of `memoryAlignment`.
  /// - Throws: `noSelfTest` where the weights carry none, and whatever `init` throws. A failed comparison is no
  ///   error: the report has it.
  static func selfTest(
    weights: PackedWeights, memory: UnsafeMutableRawBufferPointer
  ) throws(InitializationError) -> SelfTestReport
}

#if !hasFeature(Embedded)
  extension SelfTestable where Self: ~Copyable {
    /// Replays the episode beside `weights` in memory of its own, which it allocates and gives back.
    ///
    /// - Parameter weights: Those of the model, with a self test beside them.
    /// - Throws: `noSelfTest` where the weights carry none, and whatever `init` throws. A failed comparison is no
    ///   error: the report has it.
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
