import Programs
import DecisionTransformerCodegen
import Testing

/// Plans on the machine against the reference, which knows no plan.
@Suite("The machine")
struct MachineTests {
  @Test("in double precision computes the published function, over episodes driven in every way")
  func episodes() {
    var forms: Set<[AttentionForm]> = []
    for seed in UInt64(0)..<120 {
      let model = SmallModel.model(seed: seed)
      forms.insert(Plan(model).forms)
      expectEqualEpisodes(model, seed: seed)
    }
    #expect(
      forms.isSuperset(of: [
        [.fused], [.carried, .fused], [.carried, .fused, .fused], [.fused, .fused], [.standard],
        [.absorbed], [.standard, .standard, .standard], [.standard, .standard, .absorbed],
      ]))
  }

  @Test("and does so where the window never slides")
  func lastingWindows() {
    var forms: Set<[AttentionForm]> = []
    for (index, model) in SmallModel.lasting.enumerated() {
      let plan = Plan(model)
      #expect(!plan.steps.slides)
      forms.insert(plan.forms)
      expectEqualEpisodes(model, seed: UInt64(index))
    }
    #expect(
      forms.isSuperset(of: [
        [.fused], [.fused, .fused, .fused], [.carried, .fused], [.carried, .fused, .fused],
        [.standard], [.absorbed], [.standard, .absorbed], [.standard, .standard, .absorbed],
        [.standard, .standard, .standard],
      ]))
  }

  @Test("in float32 is off by no more than a self test grants, rounded weights or not")
  func tolerances() throws {
    for seed in UInt64(0)..<40 {
      var model = SmallModel.model(seed: seed)
      model.options.precision = WeightPrecision.allCases[Int(seed) % WeightPrecision.allCases.count]
      let (plan, checkpoint) = (Plan(model), RandomModel.checkpoint(of: model, seed: seed))
      let payload = try Packer.payload(plan, checkpoint: checkpoint, path: "")
      let selfTest = RecordedSelfTest(
        plan: plan, model: model, checkpoint: checkpoint, payload: payload)
      var float = ControlMachine(plan, MachineWeights<Float>(plan, payload: payload))
      var double = ControlMachine(plan, MachineWeights<Double>(plan, payload: payload))
      var script = Script(model, seed: seed)
      float.reset(targetReturn: script.target)
      double.reset(targetReturn: script.target)
      for _ in 0..<script.length {
        let (state, reward) = (script.state(), script.reward())
        let (found, exact) = (
          float.act(state: state, reward: reward), double.act(state: state, reward: reward)
        )
        let executed = script.action()
        float.prepare(executed: executed)
        double.prepare(executed: executed)
        for (stage, rows) in zip(selfTest.stages, zip(found.rows, exact.rows)) {
          let difference = zip(rows.0, rows.1).map { abs(Double($0) - $1) }.max()!
          #expect(difference <= stage.tolerance, "\(stage.name), seed \(seed)")
        }
        let difference = zip(found.action, exact.action).map { abs(Double($0) - $1) }.max()!
        #expect(difference <= selfTest.stages.last!.tolerance, "action, seed \(seed)")
        #expect(difference.isFinite)
      }
    }
  }

  @Test("is moved by every tensor of the checkpoint, so that equal answers tell something")
  func controls() {
    let model = SmallModel.lasting.first {
      Plan($0).forms == [.carried, .fused] && ($0.episodeLength ?? 0) > 3
    }!
    let checkpoint = RandomModel.checkpoint(of: model, seed: 5)
    func actions(_ checkpoint: Checkpoint) -> [[Double]] {
      var machine = ControlMachine(unrounded: model, checkpoint)
      var script = Script(model, seed: 5)
      machine.reset(targetReturn: script.target)
      return (0..<script.length).map { _ in
        machine.act(state: script.state(), reward: script.reward()).action
      }
    }
    let original = actions(checkpoint)
    for (name, _) in Checkpoint.requiredTensors(of: model.config)
    where !name.hasPrefix("predict_state") && !name.hasPrefix("predict_return") {
      let changed = Checkpoint {
        let values = checkpoint.values($0)
        return $0 == name ? values.map { $0 + 0.01 * ($0 + 1) * ($0 + 1) } : values
      }
      let isMoved = zip(actions(changed), original).contains { !areEqual($0, $1) }
      #expect(isMoved, "\(name)")
    }
  }

  /// An episode past two windows, or as long as there are timesteps; then another, by the same machine.
  private func expectEqualEpisodes(_ model: Model, seed: UInt64) {
    let checkpoint = RandomModel.checkpoint(of: model, seed: seed)
    var exact = ReferenceController(model: model, checkpoint: checkpoint)
    var machine = ControlMachine(unrounded: model, checkpoint)
    var script = Script(model, seed: seed)
    for episode in 0..<2 {
      exact.reset(targetReturn: Double(script.target))
      machine.reset(targetReturn: script.target)
      // What the step before is to be concluded with.
      var (reward, isTold, isPassed) = (Float(0), false, false)
      for step in 0..<(episode == 0 ? script.length : min(4, script.length)) {
        let place = "step \(step) of episode \(episode), seed \(seed), \(Plan(model).forms)"
        if step > 0 {
          // Only an executed action follows a step that was passed.
          let executed = isPassed || script.chance(2) ? script.action() : nil
          let before = step > 1 && script.chance(7)
          if before { retarget(&exact, &machine, script.reward()) }
          let passesNext = script.chance(4) && step + 1 < script.length
          if let executed {
            exact.execute(executed.map(Double.init))
            isTold = script.chance(2)
            machine.prepare(
              executed: executed, reward: isTold ? reward : nil, computesWindow: !passesNext)
          } else if script.chance(2) {
            machine.prepare()
          }
          // A step that was passed leaves nothing to predict from.
          if model.predictsNext, executed != nil, !isPassed {
            expectEqualExpectation(exact, machine, model, place)
          }
          if !before, script.chance(7) { retarget(&exact, &machine, script.reward()) }
          isPassed = executed != nil && passesNext
        }
        let state = script.state()
        let paid = isTold ? nil : reward
        if isPassed {
          exact.pass(state: state, reward: reward)
          machine.pass(state: state, reward: paid)
        } else {
          let expected = exact.trace(state: state, reward: reward)
          let found = machine.act(state: state, reward: paid)
          #expect(found.rows.count == expected.rows.count)
          for (stage, rows) in zip(found.rows, expected.rows).enumerated() {
            #expect(areEqual(rows.0, rows.1), "stage \(stage), \(place)")
          }
          #expect(areEqual(found.action, expected.action), "\(place)")
        }
        #expect(machine.returnToGo() == exact.returnToGo, "\(place)")
        (reward, isTold) = (script.reward(), false)
      }
    }
  }

  private func retarget(
    _ exact: inout ReferenceController, _ machine: inout ControlMachine<Double>, _ target: Float
  ) {
    exact.retarget(Double(target))
    machine.retarget(target)
  }

  /// What is predicted from the action that was just taken.
  private func expectEqualExpectation(
    _ exact: ReferenceController, _ machine: ControlMachine<Double>, _ model: Model, _ place: String
  ) {
    let window = exact.window
    let result = exact.interpreter.forward(
      states: window.states, actions: window.actions, returnsToGo: window.returnsToGo,
      timesteps: window.timesteps)
    if model.forwardOutputs.contains(.state) {
      #expect(areEqual(machine.nextState(), result.statePredictions.last!), "\(place)")
    }
    if model.forwardOutputs.contains(.return) {
      #expect(areEqual([machine.nextReturn()], [result.returnPredictions.last!]), "\(place)")
    }
  }
}

/// Random inputs of episodes.
struct Script {
  private var random: SplitMix64
  private let model: Model
  let target: Float

  init(_ model: Model, seed: UInt64) {
    (self.model, random) = (model, SplitMix64(seed: seed ^ 0x5EED))
    target = Float(model.options.returnScale) * 1.5
  }

  /// Past two windows, or as long as there are timesteps.
  var length: Int {
    let past = 2 * model.window + 3
    return min(past, model.episodeLength ?? past)
  }

  mutating func chance(_ count: Int) -> Bool { .random(in: 0..<count, using: &random) == 0 }

  mutating func numbers(_ count: Int) -> [Float] {
    (0..<count).map { _ in .random(in: -2...2, using: &random) }
  }

  mutating func state() -> [Float] { numbers(model.stateInputCount) }
  mutating func action() -> [Float] {
    let count = model.config.actionDimension
    guard model.options.actions == .discrete else { return numbers(count) }
    let number = Int.random(in: 0..<count, using: &random)
    return (0..<count).map { $0 == number ? 1 : 0 }
  }
  mutating func reward() -> Float {
    Float(model.options.returnScale) * .random(in: -0.5...1, using: &random)
  }
}
