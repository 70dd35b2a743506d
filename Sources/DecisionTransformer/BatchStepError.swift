/// Why a step of a controller with several agents was refused: the first agent with a reason, and the reason.
/// The call that throws has taken no step for any agent: the next one gives what it would have given.
public struct BatchStepError: Error, Equatable, Sendable {
  /// The agent's number, from 0.
  public var agent: Int
  /// What was wrong with its step.
  public var reason: StepError

  /// The reason for which agent `agent` was refused.
  @_noAllocation @_noLocks @inlinable
  public init(agent: Int, _ reason: StepError) {
    self.agent = agent
    self.reason = reason
  }
}

#if !hasFeature(Embedded)
  extension BatchStepError: CustomStringConvertible {
    /// One line: what is wrong and, where that says more, what is accepted.
    public var description: String {
      switch reason {
      case .notReset: "agent \(agent): no episode: call reset(agent:targetReturn:) first"
      case .episodeEnded(let maximumLength):
        "agent \(agent): the episode has had its \(maximumLength) steps: call reset(agent:targetReturn:)"
      default: "agent \(agent): \(reason)"
      }
    }
  }
#endif
