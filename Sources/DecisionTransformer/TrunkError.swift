/// Why a trunk refused a call. The call that throws has changed nothing: neither the cache nor the output.
public enum TrunkError: Error, Equatable, Sendable {
  /// `inputsEmbeds` is not one or more rows of `hiddenSize` numbers.
  case wrongInputCount(found: Int, hiddenSize: Int)
  /// `lastHiddenState` has not as many numbers as `inputsEmbeds`.
  case wrongOutputCount(found: Int, expected: Int)
  /// `positionIDs` has not one position for each new token.
  case wrongPositionCount(found: Int, expected: Int)
  /// `attentionMask` has not one number for each cached and each new token.
  case wrongMaskCount(found: Int, expected: Int)
  /// The cache does not hold that many more tokens.
  case cacheFull(tokens: Int, pastLength: Int, capacity: Int)
  /// Number `index` of `inputsEmbeds` is infinite or not a number.
  case nonFiniteInput(index: Int)
  /// `positionIDs[index]` is no row of wpe.
  case positionOutOfRange(index: Int, positionCount: Int)
  /// `attentionMask[index]` is neither 0 nor 1.
  case invalidMask(index: Int)
  /// A hidden state of the call leaves the range of float32.
  case nonFiniteHiddenState
}

extension TrunkError {
  /// The number, the token or the element of the mask that it is about.
  var index: Int? {
    @_noAllocation @_noLocks get {
      switch self {
      case .nonFiniteInput(let index), .positionOutOfRange(let index, _), .invalidMask(let index):
        index
      default: nil
      }
    }
  }

  var message: ErrorMessage {
    @_noAllocation @_noLocks get {
      switch self {
      case .wrongInputCount(let found, let hiddenSize):
        ErrorMessage(
          "inputsEmbeds has ", found, " numbers; accepted: one or more rows of ", hiddenSize)
      case .wrongOutputCount(let found, let expected):
        ErrorMessage(
          "lastHiddenState has ", found, " numbers; accepted: ", expected,
          ", as many as inputsEmbeds")
      case .wrongPositionCount(let found, let expected):
        ErrorMessage(
          "positionIDs has ", found, " numbers; accepted: ", expected,
          ", one for each new token, or none")
      case .wrongMaskCount(let found, let expected):
        ErrorMessage(
          "attentionMask has ", found, " numbers; accepted: ", expected,
          ", one for each cached and each new token, or none")
      case .cacheFull(let tokens, let pastLength, let capacity):
        ErrorMessage(
          "", tokens, " tokens do not fit behind ", pastLength, " cached ones; the cache holds ",
          capacity)
      case .nonFiniteInput(let index): ErrorMessage("inputsEmbeds[", index, "] is not finite")
      case .positionOutOfRange(let index, let positionCount):
        ErrorMessage(
          "positionIDs[", index, "] is out of range; accepted: 0 to ", positionCount - 1)
      case .invalidMask(let index): ErrorMessage("attentionMask[", index, "] is neither 0 nor 1")
      case .nonFiniteHiddenState:
        ErrorMessage("a hidden state of the new tokens is not finite")
      }
    }
  }
}

#if !hasFeature(Embedded)
  extension TrunkError: CustomStringConvertible {
    /// One line: what is wrong and what is accepted.
    public var description: String { message.description }
  }
#endif
