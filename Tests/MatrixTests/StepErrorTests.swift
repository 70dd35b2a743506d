import DecisionTransformer
import ModelMatrix
import RecordedEpisodes
import Testing

/// Every reason to refuse a step, and that a refused call leaves no trace: the rest of the episode
/// has the same bits as without it.
@Suite("A refused step")
struct StepErrorTests {
  typealias State = WholeEpisode.State
  typealias Action = WholeEpisode.Action

  /// Mistakes are made at this step: the window of 8 is full.
  static let mistaken = 11

  @Test("reports each component of a state that is not finite")
  func state() throws {
    for (index, value) in [(0, Float.nan), (3, .infinity), (7, -.infinity)] {
      try expectRefusal(.nonFiniteState(index: index)) { controller, state throws(StepError) in
        var wrong = state
        wrong[index] = value
        _ = try controller.act(wrong, reward: 1)
      }
    }
  }

  @Test("reports the first component only")
  func severalComponents() throws {
    try expectRefusal(.nonFiniteState(index: 2)) { controller, state throws(StepError) in
      var wrong = state
      for index in 2..<8 { wrong[index] = .nan }
      _ = try controller.act(wrong, reward: .nan)
    }
  }

  @Test("reports a reward that is not finite", arguments: [Float.nan, .infinity, -.infinity])
  func reward(reward: Float) throws {
    try expectRefusal(.nonFiniteReward) { controller, state throws(StepError) in
      _ = try controller.act(state, reward: reward)
    }
  }

  @Test("reports an action that is not finite, without having taken the step")
  func action() throws {
    try expectRefusal(.nonFiniteAction(index: 0)) { controller, _ throws(StepError) in
      var huge = State(repeating: .greatestFiniteMagnitude)
      for index in stride(from: 0, to: 8, by: 2) { huge[index] = -huge[index] }
      _ = try controller.act(huge, reward: 1)
    }
  }

  @Test("reports an action that is not finite with one token left, too")
  func actionOfOneToken() throws {
    let steps = try Steps()
    let expected = try steps.actions { controller, step throws(StepError) in
      try controller.prepare(executed: steps.executed, reward: steps.rewards[step])
    }
    let actions = try steps.actions { controller, step throws(StepError) in
      try controller.prepare(executed: steps.executed, reward: steps.rewards[step])
      let huge = State(repeating: .greatestFiniteMagnitude)
      let error = captured { () throws(StepError) in _ = try controller.act(huge) }
      #expect(error == .nonFiniteAction(index: 0))
    }
    #expect(actions == expected)
  }

  @Test("reports a reward that was given twice")
  func rewardTwice() throws {
    let steps = try Steps()
    let expected = try steps.actions { controller, step throws(StepError) in
      try controller.prepare(executed: steps.executed, reward: steps.rewards[step])
    }
    let actions = try steps.actions { controller, step throws(StepError) in
      try controller.prepare(executed: steps.executed, reward: steps.rewards[step])
      let error = captured { () throws(StepError) in
        _ = try controller.act(steps.states[step + 1], reward: steps.rewards[step])
      }
      #expect(error == .rewardGivenTwice)
    }
    #expect(actions == expected)
  }

  @Test("reports an executed action, or its reward, that is not finite")
  func executed() throws {
    let steps = try Steps()
    let expected = try steps.actions { controller, _ throws(StepError) in
      try controller.prepare(executed: steps.executed)
    }
    let actions = try steps.actions { controller, _ throws(StepError) in
      for index in 0..<2 {
        var wrong = steps.executed
        wrong[index] = .infinity
        let error = captured { () throws(StepError) in try controller.prepare(executed: wrong) }
        #expect(error == .nonFiniteExecutedAction(index: index))
      }
      let error = captured { () throws(StepError) in
        try controller.prepare(executed: steps.executed, reward: .nan)
      }
      #expect(error == .nonFiniteReward)
      try controller.prepare(executed: steps.executed)
    }
    #expect(actions == expected)
  }

  @Test("reports an executed action that no action of its own waits for")
  func nothingToPrepare() throws {
    let steps = try Steps()
    let expected = try steps.actions { controller, _ throws(StepError) in controller.prepare() }
    let actions = try steps.actions { controller, _ throws(StepError) in
      controller.prepare()
      let error = captured { () throws(StepError) in
        try controller.prepare(executed: steps.executed)
      }
      #expect(error == .nothingToPrepare)
      // Without an action to take in, there is nothing to refuse.
      controller.prepare()
    }
    #expect(actions == expected)

    var controller = try WholeEpisode()
    controller.reset()
    controller.prepare()
    let error = captured { () throws(StepError) in
      try controller.prepare(executed: steps.executed, reward: 1)
    }
    #expect(error == .nothingToPrepare)
    #expect(try controller.act(steps.states[0]).values == expected[0])
  }

  @Test("reports that there is no episode yet")
  func notReset() throws {
    let steps = try Steps()
    var controller = try WholeEpisode()
    controller.prepare()
    controller.retarget(1)
    let errors = [
      captured { () throws(StepError) in _ = try controller.act(steps.states[0]) },
      captured { () throws(StepError) in try controller.prepare(executed: steps.executed) },
    ]
    #expect(errors == [.notReset, .notReset])
    controller.reset()
    let expected = try steps.actions { controller, _ throws(StepError) in controller.prepare() }
    #expect(try controller.act(steps.states[0]).values == expected[0])
  }

  @Test(
    "reports a target that is not finite, until there is one", arguments: [Float.nan, .infinity])
  func target(target: Float) throws {
    let steps = try Steps()
    var controller = try WholeEpisode()
    controller.reset(targetReturn: target)
    for _ in 0..<2 {
      let error = captured { () throws(StepError) in _ = try controller.act(steps.states[0]) }
      #expect(error == .nonFiniteReturn)
    }
    controller.retarget(WholeEpisode.defaultTargetReturn)
    let expected = try steps.actions { controller, _ throws(StepError) in controller.prepare() }
    #expect(try controller.act(steps.states[0]).values == expected[0])
  }

  @Test("reports that the episode has had its steps")
  func episodeEnded() throws {
    let steps = try Steps()
    let length = WholeEpisode.maximumEpisodeLength
    #expect(steps.states.count == length)
    var controller = try WholeEpisode()
    for _ in 0..<2 {
      controller.reset()
      for state in steps.states { _ = try controller.act(state) }
      controller.prepare()
      for _ in 0..<2 {
        let error = captured { () throws(StepError) in _ = try controller.act(steps.states[0]) }
        #expect(error == .episodeEnded(maximumLength: length))
      }
    }
  }

  @Test("is none where an executed action is given after the last step, as long as it is a number")
  func executedAfterLastStep() throws {
    let steps = try Steps()
    let ended = StepError.episodeEnded(maximumLength: WholeEpisode.maximumEpisodeLength)
    var controller = try WholeEpisode()
    for reward in [Float?.none, 1] {
      controller.reset()
      for state in steps.states {
        _ = try controller.act(state)
        try controller.prepare(executed: steps.executed, reward: reward)
      }
      // Again and again, as `prepare()`.
      try controller.prepare(executed: steps.executed, reward: reward)
      controller.prepare()
      let errors = [
        captured { () throws(StepError) in
          try controller.prepare(executed: [0, .infinity], reward: reward)
        },
        captured { () throws(StepError) in
          try controller.prepare(executed: steps.executed, reward: .nan)
        },
        captured { () throws(StepError) in _ = try controller.act(steps.states[0]) },
        captured { () throws(StepError) in _ = try controller.act(steps.states[0], reward: 1) },
      ]
      #expect(errors == [.nonFiniteExecutedAction(index: 1), .nonFiniteReward, ended, ended])
    }
    controller.reset()
    let expected = try steps.actions { controller, _ throws(StepError) in controller.prepare() }
    #expect(try controller.act(steps.states[0]).values == expected[0])
  }

  /// Expects that `mistake`, made once before a step, throws `expected` and changes no action.
  private func expectRefusal(
    _ expected: StepError, sourceLocation: SourceLocation = #_sourceLocation,
    _ mistake: (inout WholeEpisode, State) throws(StepError) -> Void
  ) throws {
    let steps = try Steps()
    for prepares in [true, false] {
      func prepare(_ controller: inout WholeEpisode) { if prepares { controller.prepare() } }
      let without = try steps.actions { controller, _ throws(StepError) in prepare(&controller) }
      let with = try steps.actions { controller, step throws(StepError) in
        prepare(&controller)
        guard step + 1 == Self.mistaken || step == 0 else { return }
        let error = captured { () throws(StepError) in
          try mistake(&controller, steps.states[step + 1])
        }
        #expect(error == expected, sourceLocation: sourceLocation)
      }
      #expect(with == without, sourceLocation: sourceLocation)
    }
  }
}

/// The golden episode of WholeEpisode in its own vectors.
private struct Steps {
  let states: [WholeEpisode.State]
  let rewards: [Float]
  let executed: WholeEpisode.Action = [0.25, -0.5]

  init() throws {
    let golden = try RecordedEpisode(golden: "WholeEpisode")
    states = golden.states.map(WholeEpisode.State.init)
    rewards = golden.rewards
  }

  /// The actions of an episode without rewards in which `between` runs after each step but the last.
  func actions(
    _ between: (inout WholeEpisode, Int) throws(StepError) -> Void
  ) throws -> [[Float]] {
    var controller = try WholeEpisode()
    controller.reset()
    var actions: [[Float]] = []
    for (step, state) in states.enumerated() {
      actions.append(try controller.act(state).values)
      if step + 1 < states.count { try between(&controller, step) }
    }
    return actions
  }
}

/// What `body` throws.
func captured(_ body: () throws(StepError) -> Void) -> StepError? {
  do throws(StepError) { try body() } catch { return error }
  return nil
}
