import DecisionTransformer
import ModelMatrix
import RecordedEpisodes
import Testing

/// What a batch refuses: the error names the agent, and no agent has taken a step.
@Suite("A batch of agents")
struct BatchErrorTests {
  typealias States = BatchOfThree.States
  typealias Rewards = BatchOfThree.Rewards
  typealias Actions = BatchOfThree.Actions

  let states: [States]
  let executed: Actions = [[0.25, -0.5], [0.5, 0.125], [-1, 0]]

  init() throws {
    states = try RecordedEpisode(golden: "WholeEpisode").states.map {
      let state = BatchOfThree.State($0)
      return [state, state, state]
    }
  }

  /// The actions of ten steps; `mistakes` are made after each step.
  private func actions(
    _ mistakes: (inout BatchOfThree) -> Void = { _ in }
  ) throws -> [[[Float]]] {
    var controller = try BatchOfThree()
    controller.reset()
    return try states.prefix(10).map { states in
      let actions = try controller.act(states, rewards: [1, 2, 3]).rows
      mistakes(&controller)
      return actions
    }
  }

  @Test("reports numbers that are not finite", arguments: [0, 1, 2])
  func nonFinite(agent: Int) throws {
    var badStates = states[0]
    badStates[agent][7] = .infinity
    var badRewards: Rewards = [1, 1, 1]
    badRewards[agent] = .nan
    var badActions = executed
    badActions[agent][1] = .nan
    let expected = try actions()
    let found = try actions { controller in
      let errors = [
        error { () throws(BatchStepError) in _ = try controller.act(badStates) },
        error { () throws(BatchStepError) in
          _ = try controller.act(states[0], rewards: badRewards)
        },
        error { () throws(BatchStepError) in try controller.prepare(executed: badActions) },
        error { () throws(BatchStepError) in
          try controller.prepare(executed: executed, rewards: badRewards)
        },
      ]
      #expect(
        errors == [
          BatchStepError(agent: agent, .nonFiniteState(index: 7)),
          BatchStepError(agent: agent, .nonFiniteReward),
          BatchStepError(agent: agent, .nonFiniteExecutedAction(index: 1)),
          BatchStepError(agent: agent, .nonFiniteReward),
        ])
    }
    #expect(found == expected)
  }

  @Test("reports the first agent without an episode")
  func notReset() throws {
    var controller = try BatchOfThree()
    controller.prepare()
    for agent in [1, 0, 2] {
      let first = agent == 0 ? 2 : 0
      let missing = BatchStepError(agent: agent == 1 ? 0 : first, .notReset)
      controller.reset(agent: agent)
      guard agent != 2 else { break }
      let errors = [
        error { () throws(BatchStepError) in _ = try controller.act(states[0]) },
        error { () throws(BatchStepError) in try controller.prepare(executed: executed) },
      ]
      #expect(errors == [missing, missing])
    }
    #expect(try controller.act(states[0]).rows == actions()[0])
  }

  @Test("reports rewards that are given twice, and actions that nobody waits for")
  func calledTwice() throws {
    var controller = try BatchOfThree()
    controller.reset()
    let nothing = BatchStepError(agent: 0, .nothingToPrepare)
    let twice = BatchStepError(agent: 0, .rewardGivenTwice)
    func prepareAgain(_ controller: inout BatchOfThree) -> BatchStepError? {
      error { () throws(BatchStepError) in
        try controller.prepare(executed: executed, rewards: [1, 2, 3])
      }
    }
    #expect(prepareAgain(&controller) == nothing)
    let expected = try actions()
    for step in 0..<10 {
      let actions = try controller.act(states[step])
      #expect(actions.rows == expected[step])
      try controller.prepare(executed: actions, rewards: [1, 2, 3])
      #expect(prepareAgain(&controller) == nothing)
      let found = error { () throws(BatchStepError) in
        _ = try controller.act(states[step], rewards: [1, 2, 3])
      }
      #expect(found == twice)
    }
  }

  @Test("reports an agent's target that is not finite, until it has another")
  func target() throws {
    var controller = try BatchOfThree()
    controller.reset()
    controller.reset(agent: 1, targetReturn: .nan)
    for _ in 0..<2 {
      let found = error { () throws(BatchStepError) in _ = try controller.act(states[0]) }
      #expect(found == BatchStepError(agent: 1, .nonFiniteReturn))
    }
    controller.retarget(agent: 1, BatchOfThree.defaultTargetReturn)
    #expect(try controller.act(states[0]).rows == actions()[0])
  }

  @Test("reports an agent whose episode has had its steps; the others go on once it has another")
  func episodeEnded() throws {
    let length = BatchOfThree.maximumEpisodeLength
    var controller = try BatchOfThree()
    var alone = try WholeEpisode()
    controller.reset()
    for step in 0..<length {
      // Agent 1 starts after the others.
      if step == 10 { controller.reset(agent: 1) }
      _ = try controller.act(states[step])
    }
    alone.reset()
    for step in 10..<length { _ = try alone.act(states[step][0]) }
    for _ in 0..<2 {
      let found = error { () throws(BatchStepError) in _ = try controller.act(states[0]) }
      #expect(found == BatchStepError(agent: 0, .episodeEnded(maximumLength: length)))
    }
    // The actions of those that have ended are ignored, however large.
    let huge = Float.greatestFiniteMagnitude
    try controller.prepare(executed: [[huge, huge], [0.5, 0.125], [huge, -huge]])
    try alone.prepare(executed: [0.5, 0.125])
    controller.reset(agent: 0)
    let found = error { () throws(BatchStepError) in _ = try controller.act(states[0]) }
    #expect(found == BatchStepError(agent: 2, .episodeEnded(maximumLength: length)))
    controller.reset(agent: 2)
    let first = try actions()[0]
    let expected = try [first[0], alone.act(states[0][1]).values, first[2]]
    #expect(try controller.act(states[0]).rows == expected)
  }

  @Test("takes executed actions after everybody's last step, as long as they are numbers")
  func executedAfterLastStep() throws {
    let length = BatchOfThree.maximumEpisodeLength
    var controller = try BatchOfThree()
    for rewards in [Rewards?.none, [1, 2, 3]] {
      controller.reset()
      for states in states.prefix(length) {
        _ = try controller.act(states)
        try controller.prepare(executed: executed, rewards: rewards)
      }
      try controller.prepare(executed: executed, rewards: rewards)
      // One that was reset has nothing to prepare either.
      controller.reset(agent: 0)
      try controller.prepare(executed: executed, rewards: rewards)
      var wrong = executed
      wrong[2][1] = .nan
      let errors = [
        error { () throws(BatchStepError) in try controller.prepare(executed: wrong) },
        error { () throws(BatchStepError) in
          try controller.prepare(executed: executed, rewards: [1, .nan, 1])
        },
        error { () throws(BatchStepError) in _ = try controller.act(states[0]) },
      ]
      #expect(
        errors == [
          BatchStepError(agent: 2, .nonFiniteExecutedAction(index: 1)),
          BatchStepError(agent: 1, .nonFiniteReward),
          BatchStepError(agent: 1, .episodeEnded(maximumLength: length)),
        ])
    }
    controller.reset()
    #expect(try controller.act(states[0]).rows == actions()[0])
  }

  @Test("keeps an agent's overflow to itself, until the agent is reset")
  func overflow() throws {
    var controller = try BatchOfThree()
    controller.reset()
    let expected = try actions()
    var actions = try controller.act(states[0])
    #expect(actions.rows == expected[0])
    actions[1] = [3e38, -3e38]
    try controller.prepare(executed: actions, rewards: [1, 2, 3])
    for _ in 0..<2 {
      let found = error { () throws(BatchStepError) in _ = try controller.act(states[1]) }
      #expect(found == BatchStepError(agent: 1, .nonFiniteAction(index: 0)))
    }
    controller.reset(agent: 1)
    let next = try controller.act(states[1]).rows
    #expect(next[0] == expected[1][0] && next[2] == expected[1][2])
    var fresh = try WholeEpisode()
    fresh.reset()
    #expect(try next[1] == fresh.act(states[1][1]).values)
  }

  private func error(_ body: () throws(BatchStepError) -> Void) -> BatchStepError? {
    do throws(BatchStepError) { try body() } catch { return error }
    return nil
  }
}
