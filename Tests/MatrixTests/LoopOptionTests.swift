import DecisionTransformer
import DecisionTransformerCodegen
import ModelMatrix
import RecordedEpisodes
import Testing

extension BoundedLoop: EmbeddedController {}
extension ExactReturns: EmbeddedController {}
extension LaterStart: EmbeddedController {}

/// Bounds of actions, what returns are kept in, and the row that an episode begins with, against the double-precision
/// reference: Hugging Face's loop has none of these.
@Suite("Options of the control loop")
struct LoopOptionTests {
  private func expectReference<Controller: EmbeddedController & ~Copyable>(
    _: Controller.Type, _ change: (ReferenceEpisode) -> ReferenceEpisode = { $0 }
  ) throws {
    let episode = change(try ReferenceEpisode(String(describing: Controller.self)))
    for pace in Pace.all(tellingActions: episode.executed != nil) {
      var replay = episode.replay(Controller.self, pace)
      var controller = try Controller()
      try replay.run(&controller)
      let found = replay.environmentActions.map { $0.map(Double.init) }
      let difference = largestDifference(found, episode.expected(pace))
      #expect(difference <= episode.tolerance, "\(Controller.self), \(pace)")
    }
  }

  @Test("are the reference's, whichever way an episode is driven")
  func reference() throws {
    try expectReference(BoundedLoop.self)
    try expectReference(BoundedLoop.self) { $0.executingOthers() }
    try expectReference(ExactReturns.self)
    try expectReference(ExactReturns.self) { $0.executingOthers() }
    try expectReference(ExactReturns.self) { $0.losingRewards() }
    try expectReference(LaterStart.self)
    try expectReference(ForwardLater.self)
  }

  @Test("are each seen in the actions: without one they are others")
  func controls() throws {
    func difference(
      _ name: String, _ pace: Pace = .prepared,
      _ alter: (ReferenceEpisode) -> ReferenceEpisode = { $0 },
      changing change: (inout GenerationOptions) -> Void
    ) throws -> Double {
      let episode = alter(try ReferenceEpisode(name))
      return largestDifference(
        episode.expected(pace), episode.expected(pace, changing: change))
    }
    #expect(try difference("BoundedLoop") { $0.actionHistory = .raw } > 1e-3)
    #expect(try difference("BoundedLoop") { $0.actionMaximum = nil } > 1e-2)
    #expect(try difference("BoundedLoop") { $0.actionMinimum = nil } > 1e-2)
    #expect(try difference("BoundedLoop") { $0.returnOffset = 0 } > 1e-3)
    #expect(try difference("BoundedLoop") { $0.firstTimestep = 0 } > 1e-2)
    #expect(try difference("ExactReturns") { $0.firstTimestep = 0 } > 1e-2)
    #expect(try difference("LaterStart") { $0.firstTimestep = 0 } > 1e-2)
    #expect(try difference("LaterStart") { $0.actionMaximum = nil } > 1e-2)
    let rounded = try difference("ExactReturns", .prepared, { $0.losingRewards() }) {
      $0.returnRounding = .step
    }
    #expect(rounded > 1e-2)
  }

  @Test("clamp about half of the components, each to bounds of its own")
  func boundsAreHit() throws {
    let episode = try ReferenceEpisode("BoundedLoop")
    let (minimum, maximum) = (episode.model.actionMinimum!, episode.model.actionMaximum!)
    var replay = episode.replay(BoundedLoop.self, .prepared)
    var controller = try BoundedLoop()
    try replay.run(&controller)
    let actions = replay.environmentActions
    for index in minimum.indices {
      let numbers = actions.map { $0[index] }
      let (least, most) = (Float(minimum[index]), Float(maximum[index]))
      #expect(numbers.allSatisfy { least <= $0 && $0 <= most })
      #expect(numbers.contains(least) && numbers.contains(most), "component \(index)")
      let clamped = numbers.count { $0 == least || $0 == most }
      #expect((actions.count / 4...actions.count * 3 / 4).contains(clamped), "component \(index)")
    }
  }

  @Test("put into a clamped history the very bits that a caller would, who tells what was returned")
  func clampedHistory() throws {
    let episode = try ReferenceEpisode("BoundedLoop")
    let runs = try [Pace.actOnly, .prepared, .executed].map { pace in
      var replay = episode.replay(BoundedLoop.self, pace)
      var controller = try BoundedLoop()
      try replay.run(&controller)
      return replay.environmentActions
    }
    #expect(runs[0] == runs[1] && runs[0] == runs[2])
  }

  @Test("end an episode a step earlier where it begins a row later")
  func length() throws {
    let episode = try ReferenceEpisode("LaterStart")
    #expect(LaterStart.maximumEpisodeLength == 29 && WholeEpisode.maximumEpisodeLength == 30)
    #expect(episode.states.count == 29 && episode.episode.states.count == 30)
    var controller = try LaterStart()
    controller.reset(targetReturn: 3)
    for state in episode.states {
      _ = try controller.act(LaterStart.State(state))
      controller.prepare()
    }
    let state = LaterStart.State(episode.episode.states[29])
    #expect(throws: StepError.episodeEnded(maximumLength: 29)) { try controller.act(state) }
    // Clamped, it goes on.
    #expect(ExactReturns.maximumEpisodeLength == 23)
    #expect(try ReferenceEpisode("ExactReturns").states.count == 36)
  }

  @Test("pass the self test, and one of another option does not")
  func selfTests() throws {
    for report in try [
      BoundedLoop.selfTest(), ExactReturns.selfTest(), LaterStart.selfTest(),
      ForwardLater.selfTest(), BoundedLoopOfTwo.selfTest(),
    ] {
      #expect(report.passed, "\(report)")
    }
    let changes: [(inout GenerationOptions) -> Void] = [
      { $0.actionHistory = .raw }, { $0.returnOffset += 6 }, { $0.firstTimestep = 0 },
    ]
    for (index, change) in changes.enumerated() {
      let other = try PackedModel(
        folder: ReferenceEpisode("BoundedLoop").episode.folder, changing: change)
      let report = try other.withWeights { try BoundedLoop.selfTest(weights: $0) }
      #expect(!report.passed, "change \(index)")
    }
  }

  @Test("hold for several agents, whatever each of them does")
  func batch() throws {
    let episode = try ReferenceEpisode("BoundedLoop")
    for seed in UInt64(0)..<4 {
      let script = BatchScript(episode.episode, batch: 2, steps: 40, seed: seed)
      var run = BatchRun<BoundedLoopOfTwo>(script, actionDimension: 3)
      var controller = try BoundedLoopOfTwo()
      try run.run(&controller)
      for agent in 0..<2 {
        let found = run.actions.map { $0.rows[agent].map(Double.init) }
        let expected = script.expected(episode.model, episode.episode.checkpoint, agent: agent)
        #expect(largestDifference(found, expected) <= episode.tolerance, "agent \(agent), \(seed)")
      }
    }
  }

  @Test("give C the bits of the Swift type")
  func throughC() throws {
    let episode = try ReferenceEpisode("BoundedLoop")
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(bounded_loop_memory_size()), alignment: Int(bounded_loop_memory_alignment()))
    defer { memory.deallocate() }
    var controller: OpaquePointer?
    #expect(bounded_loop_create(memory.baseAddress, UInt(memory.count), &controller) == 0)
    #expect(bounded_loop_reset(controller, Float(episode.episode.targetReturn)) == 0)
    var replay = episode.replay(BoundedLoop.self, .prepared)
    var original = try BoundedLoop()
    try replay.run(&original)
    for (step, expected) in replay.environmentActions.enumerated() {
      var action = [Float](repeating: .nan, count: 3)
      let reward = step == 0 ? 0 : episode.rewards[step - 1]
      #expect(bounded_loop_act(controller, episode.states[step], reward, &action) == 0)
      #expect(action == expected, "step \(step)")
      // Telling what was returned is the same as telling nothing.
      let status =
        step % 2 == 0
        ? bounded_loop_prepare(controller) : bounded_loop_prepare_executed(controller, action)
      #expect(status == 0)
    }
  }

  @Test("leave forward as it is, in model units and with the rows that it is given")
  func forward() throws {
    let golden = try RecordedEpisode(golden: "ForwardOneHead")
    var controller = try ForwardLater()
    for window in ForwardWindow.all(of: golden) {
      try window.run(&controller)
      for (name, output) in ForwardLater.outputs {
        let numbers = output(controller).map(Double.init)
        #expect(largestDifference([numbers], [window.expected(name)]) < 2e-5, "\(name)")
      }
    }
  }

  @Test("add the offset to the return that is expected next")
  func nextReturn() throws {
    let episode = try ReferenceEpisode("ForwardLater")
    var controller = try ForwardLater()
    var reference = ReferenceController(
      model: episode.model, checkpoint: episode.episode.checkpoint)
    controller.reset(targetReturn: Float(episode.episode.targetReturn))
    reference.reset(targetReturn: episode.episode.targetReturn)
    for (step, state) in episode.states.enumerated() {
      let reward = step == 0 ? 0 : episode.rewards[step - 1]
      _ = try controller.act(ForwardLater.State(state), reward: reward)
      controller.prepare()
      _ = reference.act(state: state, reward: reward)
      let window = reference.window
      let scaled = reference.interpreter.forward(
        states: window.states, actions: window.actions, returnsToGo: window.returnsToGo,
        timesteps: window.timesteps
      ).returnPredictions.last!
      let expected = scaled * episode.model.options.returnScale + 10
      let next = controller.nextReturn
      #expect(abs(Double(try #require(next)) - expected) < 2e-5 * 50, "step \(step)")
    }
  }
}
