import CAllocationHook
import DecisionTransformer
import DecisionTransformerCodegen
import ModelMatrix
import RecordedEpisodes
import TestFolders
import Testing

extension NumberedActions: VectorChoiceController {}

/// A model of Hugging Face's whose actions are numbers, against the double-precision reference.
@Suite("Numbered actions")
struct NumberedActionTests {
  private let recorded: RecordedEpisode
  /// Greedy, and drawn by numbers from all over the unit interval.
  private let episodes: [ChoiceEpisode]

  init() throws {
    recorded = try RecordedEpisode(
      modelFolder: TestData.model("NumberedActions"),
      file: TestData.goldens.appending(path: "WrappedTimesteps.safetensors"))
    let greedy = ChoiceEpisode(
      states: recorded.states, rewards: recorded.rewards,
      targetReturn: Float(recorded.targetReturn))
    var drawn = greedy
    drawn.uniforms = greedy.states.indices.map { Float(($0 * 37) % 101) / 101 }
    var executed = greedy
    executed.executed = greedy.states.indices.map { ($0 * 5 + $0 / 3) % 3 }
    episodes = [greedy, drawn, executed]
  }

  private func expected(
    _ episode: ChoiceEpisode, changing change: (inout GenerationOptions) -> Void = { _ in }
  ) -> (numbers: [Int], logits: [[Double]]) {
    var model = recorded.model
    change(&model.options)
    var controller = ReferenceController(model: model, checkpoint: recorded.checkpoint)
    controller.reset(targetReturn: Double(episode.targetReturn))
    var (numbers, rows): ([Int], [[Double]]) = ([], [])
    for (step, state) in episode.states.enumerated() {
      let logits = controller.act(
        state: state, reward: step == 0 ? 0 : episode.rewards[step - 1])
      let number =
        episode.uniforms.map { controller.drawnAction(logits, uniform: Double($0[step])) }
        ?? controller.greedyAction(logits)
      controller.execute(number: episode.executed?[step] ?? number)
      numbers.append(number)
      rows.append(logits)
    }
    return (numbers, rows)
  }

  @Test("and their logits are the reference's, whichever way an episode is driven")
  func reference() throws {
    var chosen: Set<Int> = []
    for episode in episodes {
      let expected = expected(episode)
      for pace in Pace.all(tellingActions: episode.executed != nil) {
        var controller = try NumberedActions()
        let found = try episode.run(&controller, pace)
        #expect(found.numbers == expected.numbers, "\(pace)")
        let logits = found.logits.map { $0.map(Double.init) }
        #expect(largestDifference(logits, expected.logits) <= 2e-5, "\(pace)")
      }
      chosen.formUnion(expected.numbers)
    }
    #expect(chosen == [0, 1, 2])
    #expect(expected(episodes[1]).numbers != expected(episodes[0]).numbers)
  }

  @Test("depend on the temperature where they are drawn, and there alone")
  func temperature() {
    let hot = { (options: inout GenerationOptions) in options.temperature = 20 }
    #expect(expected(episodes[0], changing: hot).numbers == expected(episodes[0]).numbers)
    #expect(expected(episodes[1], changing: hot).numbers != expected(episodes[1]).numbers)
    let cold = { (options: inout GenerationOptions) in options.temperature = 1e-30 }
    #expect(expected(episodes[1], changing: cold).numbers == expected(episodes[0]).numbers)
  }

  @Test("of two agents are those that each has alone, bit for bit")
  func agents() throws {
    let episode = episodes[1]
    let uniforms = try #require(episode.uniforms)
    var together = try NumberedActionsOfTwo()
    var alone = [0, 1].map { _ in [Int]() }
    var logits = [0, 1].map { _ in [[Float]]() }
    together.reset()
    together.reset(agent: 1, targetReturn: 7)
    for step in episode.states.indices {
      let states: NumberedActionsOfTwo.States = [
        .init(episode.states[step]), .init(episode.states[episode.states.count - 1 - step]),
      ]
      let actions =
        step % 3 == 0
        ? try together.act(states)
        : try together.act(
          states, rewards: [1, 2], uniforms: [uniforms[step], 1 - uniforms[step] - 0x1p-24])
      for agent in 0..<2 {
        alone[agent].append(actions[agent])
        logits[agent].append(together.logits(agent: agent).values)
      }
      if step % 2 == 0 { try together.prepare(executed: [2, actions[1]]) }
    }
    for agent in 0..<2 {
      var controller = try NumberedActions()
      controller.reset(targetReturn: agent == 0 ? NumberedActions.defaultTargetReturn : 7)
      for step in episode.states.indices {
        let place = agent == 0 ? step : episode.states.count - 1 - step
        let uniform = agent == 0 ? uniforms[step] : 1 - uniforms[step] - 0x1p-24
        let state = NumberedActions.State(episode.states[place])
        let number =
          step % 3 == 0
          ? try controller.act(state)
          : try controller.act(state, reward: Float(agent + 1), uniform: uniform)
        #expect(number == alone[agent][step], "step \(step) of agent \(agent)")
        #expect(controller.logits.values == logits[agent][step], "step \(step) of agent \(agent)")
        if step % 2 == 0 { try controller.prepare(executed: agent == 0 ? 2 : number) }
      }
    }
  }

  @Test("that do not exist are refused, and numbers that draw none; no step is taken then")
  func refusals() throws {
    let state = NumberedActions.State(recorded.states[0])
    var controller = try NumberedActions()
    #expect(controller.logits.values == [0, 0, 0])
    #expect(throws: StepError.notReset) { try controller.act(state, uniform: 0.5) }
    controller.reset()
    #expect(throws: StepError.nothingToPrepare) { try controller.prepare(executed: 0) }
    for uniform: Float in [1, -0.001, .nan, .infinity] {
      #expect(throws: StepError.invalidUniform) { try controller.act(state, uniform: uniform) }
    }
    let first = try controller.act(state)
    #expect(controller.logits.values.contains { $0 != 0 })
    for number in [-1, 3, .max, .min] {
      #expect(throws: StepError.noSuchAction(number: number)) {
        try controller.prepare(executed: number)
      }
    }
    try controller.prepare(executed: first)
    var fresh = try NumberedActions()
    fresh.reset()
    #expect(try fresh.act(state) == first)
    let next = NumberedActions.State(recorded.states[1])
    #expect(try fresh.act(next) == controller.act(next))
    #expect(fresh.logits.values == controller.logits.values)

    var agents = try NumberedActionsOfTwo()
    agents.reset()
    #expect(throws: BatchStepError(agent: 1, .invalidUniform)) {
      try agents.act([state, state], uniforms: [0, 1])
    }
    _ = try agents.act([state, state])
    #expect(throws: BatchStepError(agent: 1, .noSuchAction(number: 3))) {
      try agents.prepare(executed: [0, 3])
    }
  }

  @Test("pass the self test, alone and together; other weights or another option do not")
  func selfTests() throws {
    for report in try [NumberedActions.selfTest(), NumberedActionsOfTwo.selfTest()] {
      #expect(report.passed && report.comparisonCount > 100, "\(report)")
    }
    let other = try PackedModel(folder: TestData.model("NumberedActions")) {
      $0.returnScale *= 2
    }
    #expect(try !other.withWeights { try NumberedActions.selfTest(weights: $0) }.passed)
  }

  @Test("are chosen without the allocator", .enabled(if: allocation_counting_is_supported()))
  func allocations() throws {
    let state = NumberedActions.State(recorded.states[0])
    var controller = try NumberedActions()
    let calls = try allocatorCallCount {
      controller.reset()
      _ = try controller.act(state)
      controller.prepare()
      let number = try controller.act(state, uniform: 0.25)
      try controller.prepare(executed: number, reward: 1)
      _ = controller.logits[0]
    }
    #expect(calls == 0)
  }

  // MARK: C

  @Test("through C are the Swift type's")
  func throughC() throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(numbered_actions_memory_size()),
      alignment: Int(numbered_actions_memory_alignment()))
    defer { memory.deallocate() }
    var pointer: OpaquePointer?
    let size = UInt(memory.count)
    #expect(numbered_actions_self_test(memory.baseAddress, size) == 0)
    #expect(numbered_actions_create(memory.baseAddress, size, &pointer) == 0)
    #expect(numbered_actions_action_count() == 3)
    var swift = try NumberedActions()
    swift.reset(targetReturn: 9)
    #expect(numbered_actions_reset(pointer, 9) == 0)
    let uniforms = try #require(episodes[1].uniforms)
    for (step, numbers) in recorded.states.enumerated() {
      let state = NumberedActions.State(numbers)
      var number = Int32(-1)
      let known = step % 4 == 3
      let expected =
        switch step % 4 {
        case 0: try swift.act(state)
        case 1: try swift.act(state, reward: 2)
        case 2: try swift.act(state, reward: 2, uniform: uniforms[step])
        default: try swift.act(state, uniform: uniforms[step])
        }
      let status =
        switch step % 4 {
        case 0: numbered_actions_act_without_reward(pointer, numbers, &number)
        case 1: numbered_actions_act(pointer, numbers, 2, &number)
        case 2: numbered_actions_act_drawn(pointer, numbers, 2, uniforms[step], &number)
        default:
          numbered_actions_act_drawn_without_reward(pointer, numbers, uniforms[step], &number)
        }
      #expect(status == 0 && Int(number) == expected, "step \(step)")
      var logits = [Float](repeating: .nan, count: 3)
      #expect(numbered_actions_logits(pointer, &logits) == 0)
      #expect(logits == swift.logits.values, "step \(step)")
      if step % 4 == 3 {
        try swift.prepare(executed: 1, reward: known ? 3 : nil)
        #expect(numbered_actions_prepare_executed_with_reward(pointer, 1, 3) == 0)
      } else if step % 2 == 0 {
        try swift.prepare(executed: 2)
        #expect(numbered_actions_prepare_executed(pointer, 2) == 0)
      } else {
        swift.prepare()
        #expect(numbered_actions_prepare(pointer) == 0)
      }
    }
  }

  @Test("are refused in C with a status and a message of their own")
  func refusalsInC() throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(numbered_actions_memory_size()), alignment: 64)
    defer { memory.deallocate() }
    var (pointer, number): (OpaquePointer?, Int32) = (nil, 0)
    #expect(numbered_actions_create(memory.baseAddress, UInt(memory.count), &pointer) == 0)
    let state = recorded.states[0]
    func message() -> String { String(cString: numbered_actions_last_error(pointer)) }
    #expect(numbered_actions_act(pointer, state, 0, &number) == 30)
    #expect(numbered_actions_reset(pointer, 9) == 0)
    #expect(numbered_actions_act_drawn(pointer, state, 0, 1, &number) == 39)
    #expect(message() == "the uniform number is out of range; accepted: 0 or more, below 1")
    #expect(numbered_actions_act(pointer, state, 0, nil) == 1)
    #expect(numbered_actions_act(pointer, nil, 0, &number) == 1)
    #expect(numbered_actions_logits(pointer, nil) == 1)
    #expect(numbered_actions_act(nil, state, 0, &number) == 1)
    #expect(numbered_actions_act(pointer, state, 0, &number) == 0)
    #expect(numbered_actions_prepare_executed(pointer, 3) == 40)
    #expect(message() == "there is no action 3")
    #expect(numbered_actions_prepare_executed(pointer, -1) == 40)
    #expect(numbered_actions_prepare_executed(pointer, number) == 0)
  }
}
