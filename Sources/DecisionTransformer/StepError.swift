/// Why a step of a controller was refused. The call that throws has taken no step: the next one gives what it
/// would have given.
public enum StepError: Error, Equatable, Sendable {
  /// `act` or `prepare` before the first `reset`.
  case notReset
  /// Component `index` of the state is infinite or not a number.
  case nonFiniteState(index: Int)
  /// The reward is infinite or not a number.
  case nonFiniteReward
  /// The target return is infinite or not a number, or rewards have made what is left of it so.
  case nonFiniteReturn
  /// Component `index` of the predicted action is infinite or not a number.
  case nonFiniteAction(index: Int)
  /// Component `index` of the executed action is infinite or not a number.
  case nonFiniteExecutedAction(index: Int)
  /// The reward of one action was given to `prepare` and again to `act`.
  case rewardGivenTwice
  /// An executed action was given when no action waits for one: before the first `act`, or twice.
  case nothingToPrepare
  /// The episode has had as many steps as the model has timesteps (`max_ep_len`).
  case episodeEnded(maximumLength: Int)
}

#if !hasFeature(Embedded)
  extension StepError: CustomStringConvertible {
    public var description: String {
      switch self {
      case .notReset: "no episode: call reset(targetReturn:) first"
      case .nonFiniteState(let index): "state[\(index)] is not finite"
      case .nonFiniteReward: "the reward is not finite"
      case .nonFiniteReturn: "the return-to-go is not finite"
      case .nonFiniteAction(let index): "the predicted action[\(index)] is not finite"
      case .nonFiniteExecutedAction(let index): "the executed action[\(index)] is not finite"
      case .rewardGivenTwice: "the reward was given to prepare(executed:reward:) and again to act"
      case .nothingToPrepare: "there is no action to prepare from: call act first"
      case .episodeEnded(let maximumLength):
        "the episode has had its \(maximumLength) steps: call reset(targetReturn:)"
      }
    }
  }
#endif
