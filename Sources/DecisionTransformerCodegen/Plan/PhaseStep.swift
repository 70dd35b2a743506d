/// A step of a phase of the control loop.
public enum PhaseStep: Equatable, Sendable, Codable {
  /// Runs a routine; `token` is the slot that it is told, where it takes one.
  case call(RoutineName, token: Int?)
  /// From here on the next control step is the current one.
  case advanceTime
  indirect case branch(PhaseCondition, then: [PhaseStep], otherwise: [PhaseStep])
}

/// A routine that a phase runs.
public struct PhaseCall: Equatable, Sendable {
  public var name: RoutineName
  /// The slot that the routine is told, where it takes one.
  public var token: Int?
  /// Control steps that have begun since the phase did.
  public var step: Int
}

/// What a phase decides by.
public enum PhaseCondition: String, Equatable, Sendable, Codable {
  /// Whether the preparation phase has computed the return token.
  case returnIsPrepared
  /// Whether the preparation phase is given the reward.
  case rewardIsKnown
}

extension [PhaseStep] {
  /// Names of the routines that run, in order, where a condition is `answer`.
  public func calls(where condition: PhaseCondition, is answer: Bool) -> [RoutineName] {
    flatMap { step -> [RoutineName] in
      switch step {
      case .call(let name, _): [name]
      case .advanceTime: []
      case .branch(condition, let then, let otherwise):
        (answer ? then : otherwise).calls(where: condition, is: answer)
      case .branch(_, let then, let otherwise):
        then.calls(where: condition, is: answer) + otherwise.calls(where: condition, is: answer)
      }
    }
  }

  /// The routines that run, in order, where `holds` says which conditions do.
  public func calls(where holds: (PhaseCondition) -> Bool) -> [PhaseCall] {
    var calls: [PhaseCall] = []
    var step = 0
    func follow(_ steps: [PhaseStep]) {
      for phaseStep in steps {
        switch phaseStep {
        case .call(let name, let token):
          calls.append(PhaseCall(name: name, token: token, step: step))
        case .advanceTime: step += 1
        case .branch(let condition, let then, let otherwise):
          follow(holds(condition) ? then : otherwise)
        }
      }
    }
    follow(self)
    return calls
  }

  /// The steps in front of the first branch, the branch's own where its condition holds, and those behind it.
  package var aroundBranch:
    (before: ArraySlice<PhaseStep>, within: [PhaseStep], after: ArraySlice<PhaseStep>)
  {
    for (index, step) in enumerated() {
      if case .branch(_, let then, _) = step { return (self[..<index], then, self[(index + 1)...]) }
    }
    return (self[...], [], [])
  }
}

extension Plan {
  /// The feedback phase's routines: return and state token together.
  public var feedback: [RoutineName] { act.calls(where: .returnIsPrepared, is: false) }

  /// The same when the preparation phase was given the reward: the state token alone.
  public var shortFeedback: [RoutineName] { act.calls(where: .returnIsPrepared, is: true) }

  /// The preparation phase's routines in any case, but for `readAhead`.
  public var preparation: [RoutineName] {
    prepare.calls(where: .rewardIsKnown, is: false).filter { $0 != .readAhead }
  }

  /// What it does in addition when the reward is known.
  public var returnPreparation: [RoutineName] {
    prepare.aroundBranch.within.calls(where: .rewardIsKnown, is: true)
  }

  /// What it ends with in any case, and `reset` of a single agent: what is known of the next state's frames, and `readAhead`
  /// where a model does not stay in the near caches anyway.
  public var afterPreparation: [RoutineName] {
    Array(prepare.aroundBranch.after).calls(where: .rewardIsKnown, is: false)
  }
}
