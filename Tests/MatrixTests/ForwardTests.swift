import DecisionTransformer
import DecisionTransformerCodegen
import ModelMatrix
import RecordedEpisodes
import Testing

/// `forward` against Hugging Face's model in float64.
@Suite("forward equals DecisionTransformerModel")
struct ForwardTests {
  @Test("in every output that was asked for, whatever the mask")
  func outputs() throws {
    try expectOutputs(ForwardOneHead.self)
    try expectOutputs(ForwardFourHeads.self)
    try expectOutputs(ForwardHiddenStates.self)
    try expectOutputs(ForwardSigmoid.self)
    try expectOutputs(ForwardWindowOfOne.self)
  }

  private func expectOutputs<Controller: ForwardController & ~Copyable>(
    _: Controller.Type
  ) throws {
    let golden = try RecordedEpisode(golden: String(describing: Controller.self))
    let windows = ForwardWindow.all(of: golden)
    // The control: a mask with a hole, padding in front, and windows that are not full.
    #expect(golden.model.window < 3 || Set(windows.map(\.attentionMask.count)).count > 1)
    #expect(golden.model.window < 3 || windows.contains { $0.attentionMask.starts(with: [1, 0]) })
    #expect(golden.model.window < 2 || windows.contains { $0.attentionMask.starts(with: [0, 1]) })
    var controller = try Controller()
    for window in windows {
      try window.run(&controller)
      for (name, output) in Controller.outputs {
        let numbers = output(controller).map(Double.init)
        let expected = window.expected(name)
        let difference = largestDifference([numbers], [expected])
        #expect(difference < 2e-5, "\(Controller.self) \(name) \(window.attentionMask)")
      }
    }
  }

  @Test("and timesteps behind the table begin it anew where codegen.json wraps")
  func wrapping() throws {
    let windows = ForwardWindow.all(of: try RecordedEpisode(golden: "ForwardSigmoid"))
    var controller = try ForwardSigmoid()
    for (index, window) in windows.enumerated() {
      var later = window
      later.timesteps = window.timesteps.map { $0 + index * ForwardSigmoid.maximumEpisodeLength }
      try window.run(&controller)
      let expected = ForwardSigmoid.outputs.mapValues { $0(controller) }
      try later.run(&controller)
      for (name, output) in ForwardSigmoid.outputs {
        #expect(output(controller) == expected[name], "\(name)")
      }
    }
  }

  @Test("and an episode does not notice it")
  func independence() throws {
    let golden = try RecordedEpisode(golden: "ForwardFourHeads")
    let windows = ForwardWindow.all(of: golden)
    var alone = try ForwardFourHeads()
    var disturbed = try ForwardFourHeads()
    alone.reset()
    disturbed.reset()
    for (step, numbers) in golden.states.enumerated() {
      var state = ForwardFourHeads.State(repeating: 0)
      for index in numbers.indices { state[index] = numbers[index] }
      let reward = step == 0 ? 0 : golden.rewards[step - 1]
      let action = try alone.act(state, reward: reward)
      try windows[step % windows.count].run(&disturbed)
      let other = try disturbed.act(state, reward: reward)
      for index in action.indices { #expect(action[index].bitPattern == other[index].bitPattern) }
      try windows[(step + 1) % windows.count].run(&disturbed)
      alone.prepare()
      disturbed.prepare()
    }
  }

  @Test("without an allocation")
  func allocations() throws {
    let window = ForwardWindow.all(of: try RecordedEpisode(golden: "ForwardOneHead"))[0]
    var controller = try ForwardOneHead()
    #expect(try allocatorCallCount { try window.run(&controller) } == 0)
  }

  @Test("and in memory that held anything")
  func memory() throws {
    let window = ForwardWindow.all(of: try RecordedEpisode(golden: "ForwardFourHeads"))[2]
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: ForwardFourHeads.memorySize, alignment: ForwardFourHeads.memoryAlignment)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0xff)
    var controller = try ForwardFourHeads(
      weights: ForwardFourHeads.embeddedWeights(), memory: memory)
    for output in ForwardFourHeads.outputs.values { expectEmpty(output(controller)) }
    try window.run(&controller)
    for (name, output) in ForwardFourHeads.outputs {
      let difference = largestDifference(
        [output(controller).map(Double.init)], [window.expected(name)])
      #expect(difference < 2e-5, "\(name)")
    }
  }
}

private func expectEmpty(_ numbers: [Float]) {
  #expect(numbers.isEmpty)
}

/// Input that no model accepts.
@Suite("forward refuses")
struct ForwardErrorTests {
  private let window = ForwardWindow.all(of: try! RecordedEpisode(golden: "ForwardOneHead"))[0]

  private func error(
    states: [Float]? = nil, actions: [Float]? = nil, returnsToGo: [Float]? = nil,
    timesteps: [Int]? = nil, attentionMask: [UInt8]? = nil
  ) throws -> ForwardError? {
    let (states, actions) = (states ?? window.states, actions ?? window.actions)
    let (returnsToGo, timesteps) = (
      returnsToGo ?? window.returnsToGo, timesteps ?? window.timesteps
    )
    let attentionMask = attentionMask ?? window.attentionMask
    var controller = try ForwardOneHead()
    try window.run(&controller)
    let before = ForwardOneHead.outputs["hidden_states"]!(controller)
    do {
      try controller.forward(
        states: states.span, actions: actions.span, returnsToGo: returnsToGo.span,
        timesteps: timesteps.span, attentionMask: attentionMask.span)
    } catch {
      let after = ForwardOneHead.outputs["hidden_states"]!(controller)
      #expect(after == before)
      return error
    }
    return nil
  }

  @Test("more steps than the window, and none")
  func steps() throws {
    #expect(try error(timesteps: [0, 1, 2, 3, 4]) == .stepCount(5, window: 4))
    #expect(try error(timesteps: []) == .stepCount(0, window: 4))
    #expect(
      "\(ForwardError.stepCount(5, window: 4))" == "timesteps: found 5 steps; accepted: 1 ... 4")
  }

  @Test("sequences of another length")
  func counts() throws {
    #expect(try error(states: [1]) == .wrongCount(.states, found: 1, expected: 16))
    #expect(try error(actions: []) == .wrongCount(.actions, found: 0, expected: 8))
    #expect(try error(returnsToGo: [1, 2]) == .wrongCount(.returnsToGo, found: 2, expected: 4))
    #expect(try error(attentionMask: [1]) == .wrongCount(.attentionMask, found: 1, expected: 4))
    #expect(
      "\(ForwardError.wrongCount(.states, found: 1, expected: 16))"
        == "states: found 1 numbers; accepted: 16")
  }

  @Test("numbers that are not finite")
  func finiteness() throws {
    var states = window.states
    states[7] = .nan
    #expect(try error(states: states) == .nonFinite(.states, index: 7))
    var actions = window.actions
    actions[3] = .infinity
    #expect(try error(actions: actions) == .nonFinite(.actions, index: 3))
    #expect(
      try error(returnsToGo: [0, 0, 0, -.infinity]) == .nonFinite(.returnsToGo, index: 3))
    #expect("\(ForwardError.nonFinite(.actions, index: 3))" == "actions[3] is not finite")
  }

  @Test("timesteps without an embedding")
  func timesteps() throws {
    #expect(try error(timesteps: [0, 64, 1, 2]) == .timestepOutOfRange(index: 1, count: 64))
    #expect(try error(timesteps: [0, 1, -1, 2]) == .timestepOutOfRange(index: 2, count: 64))
    #expect(
      "\(ForwardError.timestepOutOfRange(index: 1, count: 64))"
        == "timesteps[1] is out of range; accepted: 0 ..< 64")
  }

  @Test("masks that are no masks")
  func masks() throws {
    #expect(try error(attentionMask: [1, 2, 1, 1]) == .invalidMask(index: 1))
    #expect(try error(attentionMask: [0, 0, 0, 0]) == .nothingAttended)
    #expect(try error(attentionMask: []) == nil)
    #expect("\(ForwardError.invalidMask(index: 1))" == "attentionMask[1] is neither 0 nor 1")
    #expect(
      "\(ForwardError.nothingAttended)" == "attentionMask: all zeros; accepted: at least one 1")
  }
}

/// The predictions of the preparation phase.
@Suite("After an action")
struct ExpectationTests {
  @Test("the next state and return are those that Hugging Face expects")
  func predictions() throws {
    try expectPredictions(ForwardOneHead.self, { $0.nextState?.values }, { $0.nextReturn })
    try expectPredictions(ForwardFourHeads.self, { $0.nextState?.values }, { $0.nextReturn })
    try expectPredictions(ForwardWindowOfOne.self, { $0.nextState?.values }, { $0.nextReturn })
  }

  private func expectPredictions<Controller: ForwardController & ~Copyable>(
    _: Controller.Type, _ nextState: (borrowing Controller) -> [Float]?,
    _ nextReturn: (borrowing Controller) -> Float?
  ) throws {
    let golden = try RecordedEpisode(golden: String(describing: Controller.self))
    let states = RecordedEpisode.rows(
      golden.file.doubles(of: "next.states"), of: golden.model.config.stateDimension)
    let returns = golden.file.doubles(of: "next.returns")
    var controller = try Controller()
    controller.reset(targetReturn: Float(golden.targetReturn))
    for (step, state) in golden.states.enumerated() {
      let reward = step == 0 ? nil : golden.rewards[step - 1]
      if step == 0 {
        let isUnknown = nextState(controller) == nil && nextReturn(controller) == nil
        #expect(isUnknown)
      }
      let action = try controller.act(Controller.State(state), reward: reward)
      let executed = golden.executed.map { Controller.Action($0[step].map { Float($0) }) }
      try controller.prepare(executed: executed ?? action, reward: nil)
      let (state, value) = (nextState(controller), nextReturn(controller))
      let expected = try #require(state).map(Double.init)
      #expect(largestDifference([expected], [states[step]]) < 2e-5, "step \(step)")
      let scale = golden.model.options.returnScale
      let next = Double(try #require(value))
      #expect(abs(next - returns[step]) < 2e-5 * max(1, scale), "step \(step)")
    }
    controller.reset(targetReturn: 1)
    let isUnknown = nextState(controller) == nil && nextReturn(controller) == nil
    #expect(isUnknown)
  }
}
