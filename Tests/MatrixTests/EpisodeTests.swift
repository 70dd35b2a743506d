import DecisionTransformer
import ModelMatrix
import RecordedEpisodes
import Testing

/// Episodes and controllers are independent of each other, bit for bit.
@Suite("An episode")
struct EpisodeTests {
  let golden: RecordedEpisode
  let replay: Replay<WholeEpisode>
  let expected: [[Float]]

  init() throws {
    golden = try RecordedEpisode(golden: "WholeEpisode")
    replay = Replay(golden)
    var replay = replay
    var controller = try WholeEpisode()
    try replay.run(&controller)
    expected = replay.environmentActions
  }

  @Test("repeats itself after reset, wherever the one before stopped")
  func repeats() throws {
    var replay = replay
    var controller = try WholeEpisode()
    for stop in [30, 3, 8, 17] {
      controller.reset(targetReturn: -7)
      for state in golden.states.prefix(stop) {
        _ = try controller.act(WholeEpisode.State(state.map { -$0 }), reward: 3)
      }
      if stop == 8 { controller.prepare() }
      if stop == 17 { try controller.prepare(executed: [0.5, 0.5], reward: 2) }
      try replay.run(&controller)
      #expect(replay.environmentActions == expected)
    }
  }

  @Test("is clean after one that was full of NaN")
  func afterNaN() throws {
    var replay = replay
    var controller = try WholeEpisode()
    controller.reset()
    var failed = false
    for state in golden.states.prefix(12) {
      let error = captured { () throws(StepError) in
        _ = try controller.act(WholeEpisode.State(state))
        try controller.prepare(executed: [3e38, -3e38])
      }
      if error == .nonFiniteAction(index: 0) { failed = true }
    }
    #expect(failed)
    try replay.run(&controller)
    #expect(replay.environmentActions == expected)
  }

  @Test("is not disturbed by another controller with the same weights")
  func sharedWeights() throws {
    let weights = try WholeEpisode.embeddedWeights()
    var first = try WholeEpisode(weights: weights)
    var second = try WholeEpisode(weights: weights)
    first.reset(targetReturn: Float(golden.targetReturn))
    second.reset(targetReturn: -3)
    var actions: [[Float]] = []
    for (step, state) in golden.states.enumerated() {
      let reward = step == 0 ? nil : golden.rewards[step - 1]
      let state = WholeEpisode.State(state)
      actions.append(try first.act(state, reward: reward).values)
      if step % 4 == 3 { second.reset(targetReturn: Float(step)) }
      _ = try second.act(state)
      first.prepare()
      try second.prepare(executed: [1, -1], reward: 5)
    }
    #expect(actions == expected)
  }

  @Test("ignores the reward of its first step, and takes a missing one as zero")
  func rewards() throws {
    func actions(_ rewards: [Float?]) throws -> [[Float]] {
      var controller = try WholeEpisode()
      controller.reset()
      var actions: [[Float]] = []
      for (state, reward) in zip(golden.states, rewards) {
        actions.append(try controller.act(WholeEpisode.State(state), reward: reward).values)
      }
      return actions
    }
    let without = try actions([nil, nil, nil, nil])
    #expect(try actions([1000, 0, nil, -0.0]) == without)
    let with = try actions([nil, 1000, nil, nil])
    #expect(with[0] == without[0])
    #expect(with[1] != without[1])
  }

  @Test("that is reset without a target has the one of codegen.json")
  func defaultTarget() throws {
    #expect(WholeEpisode.defaultTargetReturn == Float(golden.targetReturn))
    var controller = try WholeEpisode()
    controller.reset()
    let action = try controller.act(WholeEpisode.State(golden.states[0]))
    #expect(action.values == expected[0])
  }

  @Test("begins the timestep table anew where codegen.json wraps")
  func wrapped() throws {
    let golden = try RecordedEpisode(golden: "WrappedTimesteps")
    #expect(golden.states.count > 3 * WrappedTimesteps.maximumEpisodeLength)
    var controller = try WrappedTimesteps()
    controller.reset()
    for step in 0..<20 * WrappedTimesteps.maximumEpisodeLength {
      let state = golden.states[step % golden.states.count]
      let action = try controller.act(WrappedTimesteps.State(state))
      #expect(action[0].isFinite)
      if step % 2 == 0 { try controller.prepare(executed: action) }
    }
  }

  @Test("may go on past the timestep table where codegen.json clamps")
  func clamped() throws {
    let golden = try RecordedEpisode(golden: "ClampedTimesteps")
    var controller = try ClampedTimesteps()
    controller.reset()
    for step in 0..<3 * ClampedTimesteps.maximumEpisodeLength {
      let state = golden.states[step % golden.states.count]
      let action = try controller.act(ClampedTimesteps.State(state))
      #expect(action[0].isFinite)
      if step % 2 == 0 { try controller.prepare(executed: action) }
    }
  }
}
