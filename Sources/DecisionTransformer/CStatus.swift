/// What a call through the C interface of a generated controller returns: 0, or why it was refused.
///
/// The numbers are part of the interface and do not change; headers that `dtgen` writes list them.
public struct CStatus: Equatable, Sendable {
  /// What a function of the C interface returns: 0 for success.
  public var code: Int32

  /// The status with this number, whether it is one of this library or not.
  @_noAllocation @_noLocks @inlinable
  public init(code: Int32) {
    self.code = code
  }

  /// Whether the call did what it is for.
  public var isSuccess: Bool { @_noAllocation @_noLocks get { code == 0 } }

  /// 0
  public static var success: CStatus { @_noAllocation @_noLocks get { CStatus(code: 0) } }

  // MARK: What a caller in C can get wrong and a caller in Swift cannot

  /// A pointer that must not be null is.
  public static var nullArgument: CStatus { @_noAllocation @_noLocks get { CStatus(code: 1) } }
  /// An array does not begin where one of its elements may lie.
  public static var misalignedArgument: CStatus {
    @_noAllocation @_noLocks get { CStatus(code: 2) }
  }
  /// There is no controller of this model at the address.
  public static var notAController: CStatus { @_noAllocation @_noLocks get { CStatus(code: 3) } }
  /// Another thread is in a call on the controller.
  public static var busy: CStatus { @_noAllocation @_noLocks get { CStatus(code: 4) } }

  /// The batch has no agent with this number.
  public static var noSuchAgent: CStatus { @_noAllocation @_noLocks get { CStatus(code: 42) } }
  /// Nothing is expected yet: no action of the episode was prepared.
  public static var nothingExpected: CStatus {
    @_noAllocation @_noLocks get { CStatus(code: 43) }
  }
  /// The array for a result has room for another number of elements.
  public static var wrongCount: CStatus { @_noAllocation @_noLocks get { CStatus(code: 44) } }

  /// The self test ran, and found a difference.
  public static var selfTestFailed: CStatus { CStatus(code: 24) }

  // MARK: Errors of the Swift interface

  /// The status of an error before the first step: 10 to 23.
  public init(_ error: InitializationError) {
    code =
      switch error {
      case .memoryTooSmall: 10
      case .misalignedMemory: 11
      case .misalignedWeights: 12
      case .notPackedWeights: 13
      case .unsupportedFormatVersion: 14
      case .damagedHeader: 15
      case .wrongByteCount: 16
      case .wrongChecksum: 17
      case .wrongLayout: 18
      case .unsupportedProcessor: 19
      case .noSelfTest: 20
      case .unfitSelfTest: 21
      #if !hasFeature(Embedded)
        case .unreadableFile: 22
        case .invalidBase64: 23
      #endif
      }
  }

  /// The status of a step that was refused: 30 to 41. (C's frames have no size: 41 is none of its calls'.)
  @_noAllocation @_noLocks
  public init(_ error: StepError) {
    code =
      switch error {
      case .notReset: 30
      case .nonFiniteState: 31
      case .nonFiniteReward: 32
      case .nonFiniteReturn: 33
      case .nonFiniteAction: 34
      case .nonFiniteExecutedAction: 35
      case .rewardGivenTwice: 36
      case .nothingToPrepare: 37
      case .episodeEnded: 38
      case .invalidUniform: 39
      case .noSuchAction: 40
      case .wrongByteCount: 41
      }
  }

  /// The status of a `forward` that was refused: 44, and 50 to 54.
  @_noAllocation @_noLocks
  public init(_ error: ForwardError) {
    code =
      switch error {
      case .stepCount: 50
      case .wrongCount: 44
      case .nonFinite: 51
      case .timestepOutOfRange: 52
      case .invalidMask: 53
      case .nothingAttended: 54
      }
  }

  /// The status of a trunk's call that was refused: 44, 53, and 60 to 64.
  @_noAllocation @_noLocks
  public init(_ error: TrunkError) {
    code =
      switch error {
      case .wrongInputCount: 60
      case .cacheFull: 61
      case .nonFiniteInput: 62
      case .positionOutOfRange: 63
      case .nonFiniteHiddenState: 64
      case .invalidMask: 53
      case .wrongOutputCount, .wrongPositionCount, .wrongMaskCount: 44
      }
  }
}

extension StepError {
  /// The error that a refused step's status stands for.
  ///
  /// - Parameters:
  ///   - status: One of 30 to 41; any other is taken for `notReset`.
  ///   - index: What the call's last error index is.
  ///   - maximumEpisodeLength: Of the model.
  public init(_ status: CStatus, index: Int32, maximumEpisodeLength: Int) {
    let index = Int(index)
    self =
      switch status.code {
      case 31: .nonFiniteState(index: index)
      case 32: .nonFiniteReward
      case 33: .nonFiniteReturn
      case 34: .nonFiniteAction(index: index)
      case 35: .nonFiniteExecutedAction(index: index)
      case 36: .rewardGivenTwice
      case 37: .nothingToPrepare
      case 38: .episodeEnded(maximumLength: maximumEpisodeLength)
      case 39: .invalidUniform
      case 40: .noSuchAction(number: index)
      default: .notReset
      }
  }
}

extension CStatus {
  /// What the code means, without the numbers of the occasion. Ended by a zero, valid forever.
  public var message: StaticString {
    @_noAllocation @_noLocks get {
      switch code {
      case 0: "success"
      case 1: "an argument is a null pointer"
      case 2: "an array does not begin at a multiple of its elements' size"
      case 3: "this is no controller that create of this model has made at this address"
      case 4: "another thread is in a call on this controller: one thread at a time may use it"
      case 10: "the memory is too small: the header has the size as a constant"
      case 11: "the memory does not begin at a multiple of 64 bytes"
      case 12: "the weights do not begin at a multiple of 64 bytes"
      case 13: "these are no packed weights: the first eight bytes must be DTWEIGHT"
      case 14: "the weights have a format version that this library does not read"
      case 15: "the weights are damaged: the header has values where it must have zeros"
      case 16: "the weights have fewer or more bytes than expected"
      case 17: "the weights are damaged: their checksum is wrong"
      case 18: "the weights were packed for another model, or by another version of the generator"
      case 19: "this processor lacks instructions that the library was built for"
      case 20: "the weights carry no self test"
      case 21: "the self test beside the weights is not one of this model"
      case 22: "the weights' file cannot be read"
      case 23: "the weights in the program are no base64"
      case 24: "the self test found a difference: the library does not compute its checkpoint"
      case 30: "no episode: call reset first"
      case 31: "a component of the state is not finite"
      case 32: "the reward is not finite"
      case 33: "the return-to-go is not finite"
      case 34: "a component of the predicted action is not finite"
      case 35: "a component of the executed action is not finite"
      case 36: "the reward was given to prepare and again to act"
      case 37: "there is no action to prepare from: call act first"
      case 38: "the episode has had all its steps: call reset"
      case 39: "the uniform number is not from 0 up to below 1"
      case 40: "the model has no action with this number"
      case 41: "the state has another number of bytes than the model's"
      case 42: "there is no agent with this number"
      case 43: "nothing is expected before the first prepare of an episode"
      case 44: "an array has another number of elements than the call needs"
      case 50: "there are no steps, or more than the window has"
      case 51: "a state, an action or a return is not finite"
      case 52: "a timestep is out of range"
      case 53: "an element of the attention mask is neither 0 nor 1"
      case 54: "the attention mask is all zeros"
      case 60: "there are no tokens"
      case 61: "the tokens do not fit behind the cached ones"
      case 62: "a number of the embeddings is not finite"
      case 63: "a position is out of range"
      case 64: "a hidden state of the new tokens is not finite"
      default: "this is no status of this library"
      }
    }
  }
}
