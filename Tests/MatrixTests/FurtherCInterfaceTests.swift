import CAllocationHook
import DecisionTransformer
import ModelMatrix
import RecordedEpisodes
import Testing

/// What C has besides a controller of one agent: several agents, numbered actions of several, `forward`, a trunk.
@Suite("Through C,")
struct FurtherCInterfaceTests {
  // MARK: Several agents

  static let batch = BatchModel(BatchInC.self, alone: WindowOfOne.self, original: "WindowOfOne")

  @Test(
    "each of several agents has the bits that it has alone, and errors name agent and component")
  func agents() throws {
    let episode = try RecordedEpisode(golden: Self.batch.original)
    for seed in UInt64(0)..<4 {
      let script = BatchScript(episode, batch: Self.batch.batch, steps: 50, seed: seed)
      let together = try Self.batch.run(script)
      for agent in 0..<Self.batch.batch {
        #expect(together.map { $0[agent] } == (try Self.batch.runAlone(script, agent)))
      }
      #expect(try Self.batch.runInCallersMemory(script) == together, "seed \(seed)")
    }
  }

  @Test("agents never call the allocator", .enabled(if: allocation_counting_is_supported()))
  func allocations() throws {
    let episode = try RecordedEpisode(golden: Self.batch.original)
    let script = BatchScript(
      episode, batch: Self.batch.batch, steps: 50, seed: 1, hasRefusals: false)
    #expect(try Self.batch.allocatorCalls(script) == 0)
  }

  @Test("agents pass their self test, which says what it compared")
  func selfTestOfAgents() throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: BatchInC.memorySize, alignment: BatchInC.memoryAlignment)
    defer { memory.deallocate() }
    let count = UInt(memory.count)
    #expect(batch_of_seventeen_self_test(memory.baseAddress, count) == 0)
    var size: UInt = 0
    let weights = try #require(batch_of_seventeen_weights(&size))
    var report = [Int32](repeating: -7, count: 13)
    let status = batch_of_seventeen_report_self_test(
      memory.baseAddress, count, weights, size, &report)
    #expect(status == 0)
    let expected = try BatchOfSeventeen.selfTest()
    #expect(report[0] == Int32(expected.stepCount))
    #expect(report[1] == Int32(expected.comparisonCount))
    #expect(report[2] == 0)
    #expect(SelfTestStage(numberInC: report[3]) == expected.worst.stage)
    #expect(report[4...5] == [Int32(expected.worst.step), Int32(expected.worst.index)])
    #expect(Float(bitPattern: UInt32(bitPattern: report[6])) == expected.worst.difference)
    #expect(Float(bitPattern: UInt32(bitPattern: report[7])) == expected.worst.tolerance)
    // Other weights are another function: the report says where it begins to differ.
    let spoiled = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(size), alignment: 64)
    defer { spoiled.deallocate() }
    spoiled.copyMemory(from: UnsafeRawBufferPointer(start: weights, count: Int(size)))
    #expect(
      batch_of_seventeen_report_self_test(
        memory.baseAddress, count, spoiled.baseAddress, size - 1, &report) == 16)
  }

  @Test("a wrong call of agents is refused with its message, and leaves no trace")
  func refusedAgents() throws {
    var controller = BatchInC()
    let pointer = controller.controller
    var states = [Float](repeating: 0, count: 17 * 10)
    var (rewards, actions) = ([Float](repeating: 0, count: 17), [Float](repeating: 7, count: 51))
    func message() -> String { String(cString: batch_of_seventeen_last_error(pointer)) }
    #expect(batch_of_seventeen_act(pointer, &states, &rewards, &actions) == 30)
    #expect(message() == "agent 0: no episode: call reset first")
    #expect(batch_of_seventeen_retarget_agent(pointer, 16, 1) == 30)
    #expect(message() == "agent 16: no episode: call reset first")
    controller.reset(targetReturn: 3)
    #expect(batch_of_seventeen_reset_agent(pointer, 17, 1) == 42)
    #expect(batch_of_seventeen_reset_agent(pointer, .max, 1) == 42)
    #expect(batch_of_seventeen_reset_agent(pointer, 0, .nan) == 33)
    #expect(batch_of_seventeen_last_error_agent(pointer) == -1)
    states[16 * 10 + 4] = .infinity
    #expect(batch_of_seventeen_act(pointer, &states, &rewards, &actions) == 31)
    #expect(message() == "agent 16: state[4] is not finite")
    #expect(batch_of_seventeen_last_error_agent(pointer) == 16)
    #expect(batch_of_seventeen_last_error_index(pointer) == 4)
    states[16 * 10 + 4] = 0
    #expect(batch_of_seventeen_act(pointer, nil, &rewards, &actions) == 1)
    #expect(batch_of_seventeen_act(pointer, &states, nil, &actions) == 1)
    #expect(batch_of_seventeen_last_error_index(pointer) == -1)
    #expect(actions == [Float](repeating: 7, count: 51))
    #expect(batch_of_seventeen_act(pointer, &states, &rewards, &actions) == 0)
    #expect(batch_of_seventeen_prepare_executed(pointer, &actions) == 0)
    #expect(batch_of_seventeen_prepare_executed(pointer, &actions) == 37)
  }

  @Test(
    "numbered actions of two agents, drawn or greedy, are the Swift type's, and so are their logits"
  )
  func numberedActions() throws {
    let episode = try RecordedEpisode(golden: "WrappedTimesteps")
    var swift = try NumberedActionsOfTwo()
    let size = Int(numbered_actions_of_two_memory_size())
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    defer { memory.deallocate() }
    var c: OpaquePointer?
    #expect(numbered_actions_of_two_create(memory, UInt(size), &c) == 0)
    swift.reset(targetReturn: 9)
    #expect(numbered_actions_of_two_reset(c, 9) == 0)
    swift.reset(agent: 1, targetReturn: 4)
    #expect(numbered_actions_of_two_reset_agent(c, 1, 4) == 0)
    var chosen: Set<Int32> = []
    for step in episode.states.indices {
      let other = episode.states[episode.states.count - 1 - step]
      var (states, rewards) = (episode.states[step] + other, [Float(1), 2])
      var uniforms = [Float(step % 7) / 7, Float(step % 5) / 5]
      var (actions, logits) = ([Int32(-1), -1], [Float](repeating: 0, count: 3))
      let pair: NumberedActionsOfTwo.States = [.init(episode.states[step]), .init(other)]
      let expected: NumberedActionsOfTwo.Actions
      switch step % 4 {
      case 0:
        expected = try swift.act(pair)
        #expect(numbered_actions_of_two_act_without_rewards(c, &states, &actions) == 0)
      case 1:
        expected = try swift.act(pair, rewards: [1, 2])
        #expect(numbered_actions_of_two_act(c, &states, &rewards, &actions) == 0)
      case 2:
        expected = try swift.act(pair, uniforms: [uniforms[0], uniforms[1]])
        #expect(
          numbered_actions_of_two_act_drawn_without_rewards(c, &states, &uniforms, &actions) == 0)
      default:
        expected = try swift.act(pair, rewards: [1, 2], uniforms: [uniforms[0], uniforms[1]])
        #expect(
          numbered_actions_of_two_act_drawn(c, &states, &rewards, &uniforms, &actions) == 0)
      }
      for agent in 0..<2 {
        #expect(Int(actions[agent]) == expected[agent])
        #expect(numbered_actions_of_two_logits(c, UInt(agent), &logits) == 0)
        #expect(logits == swift.logits(agent: agent).values)
      }
      chosen.formUnion(actions)
      if step % 3 == 0 {
        var executed = [Int32(2), actions[1]]
        try swift.prepare(executed: [2, expected[1]])
        #expect(numbered_actions_of_two_prepare_executed(c, &executed) == 0)
      } else {
        swift.prepare()
        #expect(numbered_actions_of_two_prepare(c) == 0)
      }
    }
    #expect(chosen.count > 1)
    var (states, wrong) = ([Float](repeating: 0, count: 12), [Int32(0), 3])
    #expect(numbered_actions_of_two_act_without_rewards(c, &states, &wrong) == 0)
    wrong = [0, 3]
    #expect(numbered_actions_of_two_prepare_executed(c, &wrong) == 40)
    #expect(numbered_actions_of_two_last_error_agent(c) == 1)
    #expect(numbered_actions_of_two_last_error_index(c) == 3)
  }

  // MARK: A trunk

  @Test("a trunk gives the bits of the Swift type, and refuses what it refuses")
  func trunk() throws {
    let golden = try RecordedTrunk("TrunkRoundedFourHeads", answersOf: "TrunkFourHeads")
    for (name, calls) in golden.scenarios {
      var swift = try TrunkRoundedFourHeads()
      var c = TrunkInC()
      #expect(try c.replay(calls) == swift.replay(calls), "\(name)")
    }
    let trunk = TrunkInC()
    let size = TrunkInC.hiddenSize
    var rows = [Float](repeating: 0.5, count: 31 * size)
    var result = [Float](repeating: 7, count: 31 * size)
    func message() -> String { String(cString: trunk_rounded_four_heads_last_error(trunk.trunk)) }
    func forward(_ count: UInt, _ positions: [Int]? = nil, _ mask: [UInt8]? = nil) -> Int32 {
      func call(_ positions: UnsafePointer<Int>?, _ mask: UnsafePointer<UInt8>?) -> Int32 {
        trunk_rounded_four_heads_forward(trunk.trunk, count, &rows, positions, mask, 1, &result)
      }
      switch (positions, mask) {
      case (nil, nil): return call(nil, nil)
      case (let positions?, _): return call(positions, nil)
      case (nil, let mask?): return call(nil, mask)
      }
    }
    #expect(forward(0) == 60)
    #expect(forward(31) == 61)
    #expect(forward(.max) == 61)
    #expect(message().hasSuffix("tokens do not fit behind 0 cached ones; the cache holds 30"))
    #expect(forward(2, [0, -1]) == 63)
    #expect(trunk_rounded_four_heads_last_error_index(trunk.trunk) == 1)
    #expect(forward(2, nil, [1, 2]) == 53)
    rows[size + 3] = .nan
    #expect(forward(2) == 62)
    #expect(message() == "inputsEmbeds[\(size + 3)] is not finite")
    rows[size + 3] = 0.5
    #expect(trunk_rounded_four_heads_forward(trunk.trunk, 1, nil, nil, nil, 1, &result) == 1)
    #expect(result == [Float](repeating: 7, count: 31 * size))
    #expect(trunk.pastLength == 0)
    #expect(forward(2) == 0)
    #expect(trunk.pastLength == 2)
    #expect(trunk_rounded_four_heads_crop(trunk.trunk, 1) == 0)
    #expect(trunk.pastLength == 1)
    #expect(trunk_rounded_four_heads_reset(trunk.trunk) == 0)
    #expect(trunk.pastLength == 0)
  }

  // MARK: forward

  @Test("forward and what is expected next are those of the Swift type")
  func forward() throws {
    let golden = try RecordedEpisode(golden: "ForwardOneHead")
    var swift = try ForwardLater()
    let size = Int(forward_later_memory_size())
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    defer { memory.deallocate() }
    var c: OpaquePointer?
    #expect(forward_later_create(memory, UInt(size), &c) == 0)
    for window in ForwardWindow.all(of: golden) {
      try window.run(&swift)
      let steps = UInt(window.timesteps.count)
      let status =
        window.attentionMask.isEmpty
        ? forward_later_forward(
          c, steps, window.states, window.actions, window.returnsToGo, window.timesteps, nil)
        : forward_later_forward(
          c, steps, window.states, window.actions, window.returnsToGo, window.timesteps,
          window.attentionMask)
      #expect(status == 0)
      for (name, output) in ForwardLater.outputs {
        let expected = output(swift)
        var numbers = [Float](repeating: .nan, count: expected.count)
        let copy =
          switch name {
          case "action_preds": forward_later_action_predictions
          case "state_preds": forward_later_state_predictions
          case "return_preds": forward_later_return_predictions
          case "last_hidden_state": forward_later_last_hidden_state
          case "hidden_states": forward_later_hidden_states
          default: forward_later_attentions
          }
        #expect(copy(c, &numbers, UInt(numbers.count)) == 0)
        #expect(numbers == expected, "\(name)")
        #expect(copy(c, &numbers, UInt(numbers.count + 1)) == 44)
        #expect(copy(c, nil, UInt(numbers.count)) == 1)
      }
    }
    let stepCount = golden.model.window + 1
    let many = [Float](repeating: 0, count: stepCount * 4)
    let timesteps = Array(0..<stepCount)
    func status(_ count: UInt, _ times: [Int]? = nil, mask: [UInt8]? = nil) -> Int32 {
      forward_later_forward(
        c, count, many, many, many, times ?? timesteps,
        mask ?? [UInt8](repeating: 1, count: stepCount))
    }
    #expect([status(0), status(UInt(stepCount)), status(.max)] == [50, 50, 50])
    #expect(status(2, [0, -1]) == 52)
    #expect(forward_later_last_error_index(c) == 1)
    #expect(status(2, mask: [1, 2]) == 53)
    #expect(status(2, mask: [0, 0]) == 54)
    #expect(status(2) == 0)

    var (state, expected) = ([Float](repeating: 0, count: 4), Float(7))
    #expect(forward_later_next_state(c, &state) == 43)
    swift.reset()
    #expect(forward_later_reset(c, ForwardLater.defaultTargetReturn) == 0)
    var action = [Float](repeating: 0, count: 2)
    for recorded in golden.states {
      var recorded = recorded
      _ = try swift.act(ForwardLater.State(recorded))
      #expect(forward_later_act_without_reward(c, &recorded, &action) == 0)
      swift.prepare()
      #expect(forward_later_prepare(c) == 0)
      #expect(forward_later_next_state(c, &state) == 0)
      #expect(forward_later_next_return(c, &expected) == 0)
      #expect(state == swift.nextState?.values)
      #expect(expected == swift.nextReturn)
    }
  }
}
