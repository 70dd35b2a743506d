/// Why a step of a controller was refused. The call that throws has taken no step: the next one gives what it
/// would have given. Throwing it allocates nothing.
public enum StepError: Error, Equatable, Sendable {
  /// `act` or `prepare` before the first `reset`.
  case notReset
  /// Component `index` of the state is infinite or not a number.
  case nonFiniteState(index: Int)
  /// The frames of the state are fewer or more bytes than the model has.
  case wrongByteCount(found: Int, expected: Int)
  /// The reward is infinite or not a number.
  case nonFiniteReward
  /// The target return is infinite or not a number, or rewards have made what is left of it so.
  case nonFiniteReturn
  /// Component `index` of the predicted action, or its logit, is infinite or not a number; so it is where an input is too
  /// large for float32: beyond some 1e18. One that `prepare` was told stays in the window, so this is thrown until `reset`.
  case nonFiniteAction(index: Int)
  /// Component `index` of the executed action is infinite or not a number.
  case nonFiniteExecutedAction(index: Int)
  /// The reward of one action was given to `prepare` and again to `act`.
  case rewardGivenTwice
  /// An executed action was given when no action waits for one: before the first `act`, or twice.
  case nothingToPrepare
  /// The number that an action is to be drawn by is not in 0 ..< 1.
  case invalidUniform
  /// The model has no action with this number.
  case noSuchAction(number: Int)
  /// The episode has had as many steps as the model has timesteps (`max_ep_len`).
  case episodeEnded(maximumLength: Int)
}

extension StepError {
  /// The component or the action that it is about.
  var index: Int? {
    @_noAllocation @_noLocks get {
      switch self {
      case .nonFiniteState(let index), .nonFiniteAction(let index),
        .nonFiniteExecutedAction(let index):
        index
      case .noSuchAction(let number): number
      default: nil
      }
    }
  }

  var message: ErrorMessage {
    @_noAllocation @_noLocks get {
      switch self {
      case .notReset: ErrorMessage("no episode: call reset first")
      case .nonFiniteState(let index): ErrorMessage("state[", index, "] is not finite")
      case .wrongByteCount(let found, let expected):
        ErrorMessage("the frames have ", found, " bytes; accepted: ", expected)
      case .nonFiniteReward: ErrorMessage("the reward is not finite")
      case .nonFiniteReturn: ErrorMessage("the return-to-go is not finite")
      case .nonFiniteAction(let index):
        ErrorMessage("the predicted action[", index, "] is not finite")
      case .nonFiniteExecutedAction(let index):
        ErrorMessage("the executed action[", index, "] is not finite")
      case .rewardGivenTwice: ErrorMessage("the reward was given to prepare and again to act")
      case .nothingToPrepare:
        ErrorMessage("there is no action to prepare from: call act first")
      case .invalidUniform:
        ErrorMessage("the uniform number is out of range; accepted: 0 or more, below 1")
      case .noSuchAction(let number): ErrorMessage("there is no action ", number)
      case .episodeEnded(let maximumLength):
        ErrorMessage("the episode has had its ", maximumLength, " steps: call reset")
      }
    }
  }
}

#if !hasFeature(Embedded)
  extension StepError: CustomStringConvertible {
    /// One line: what is wrong and, where that says more, what is accepted.
    public var description: String { message.description }
  }
#endif
