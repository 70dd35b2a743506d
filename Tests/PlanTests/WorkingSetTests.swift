import DecisionTransformerCodegen
import Programs
import Testing

/// What a call touches of weights and memory.
@Suite("The working set")
struct WorkingSetTests {
  @Test("is all that calls touch: numbers outside of it may be anything, and stay as they are")
  func sufficiency() throws {
    var (batches, controls) = (0, 0)
    for seed in UInt64(0)..<120 {
      var model = SmallModel.model(seed: seed)
      if seed % 3 == 0 {
        model.options.outputs = [.action]
        model.config.allowAgents()
        model.options.batch = 2 + Int(seed % 2)
        batches += 1
      }
      let plan = Plan(model)
      let checkpoint = RandomModel.checkpoint(of: model, seed: seed)
      let payload = try Packer.payload(plan, checkpoint: checkpoint, path: "")
      var whole = ControlMachine(plan, MachineWeights<Double>(plan, payload: payload))
      var script = Script(model, seed: seed)
      whole.reset(targetReturn: script.target)
      let (act, prepare) = (
        Isolation(plan.workingSetOfAct, plan, payload),
        Isolation(plan.workingSetOfPrepare, plan, payload)
      )
      var isolated = whole
      // The other call's weights are not enough.
      var control = whole
      control.machine = Machine(plan, prepare.weights)
      control.machine.numbers = whole.machine.numbers
      let states = Array(repeating: script.state(), count: model.options.batch)
      if control.act(states: states, rewards: nil).contains(where: { $0.action[0].isNaN }) {
        controls += 1
      }
      for step in 0..<script.length {
        let place = "step \(step), seed \(seed), \(plan.forms), batch \(model.options.batch)"
        let states = (0..<model.options.batch).map { _ in script.state() }
        let rewards = states.map { _ in script.reward() }
        let expected = whole.act(states: states, rewards: rewards)
        var found: [ControlMachine<Double>.Trace] = []
        act.run(&isolated, "act, \(place)") { found = $0.act(states: states, rewards: rewards) }
        #expect(
          found == expected && found.allSatisfy { $0.action.allSatisfy(\.isFinite) }, "\(place)")
        let executed = script.chance(2) ? states.map { _ in script.action() } : nil
        whole.prepare(executed: executed)
        prepare.run(&isolated, "prepare, \(place)") { $0.prepare(executed: executed) }
        if model.forwardOutputs.contains(.state) {
          #expect(isolated.nextState() == whole.nextState(), "\(place)")
        }
      }
    }
    #expect(batches > 20 && controls == 120)
  }

  /// Calls on a machine that has no number but those of a working set.
  private struct Isolation {
    let set: WorkingSet
    let weights: MachineWeights<Double>

    init(_ set: WorkingSet, _ plan: Plan, _ payload: [Float]) {
      self.set = set
      var payload = payload
      let tables = set.tableRows.keys.map { plan.weights.tensors[$0] }
      let kept = tables.reduce(set.weights) {
        $0.union(Stretches($1.offset..<$1.offset + $1.floatCount))
      }
      for index in payload.indices where !kept.contains(index) { payload[index] = .nan }
      weights = MachineWeights(plan, payload: payload)
    }

    /// Runs `call` while everything else in memory is no number, and puts that back behind it.
    func run(
      _ machine: inout ControlMachine<Double>, _ place: String,
      _ call: (inout ControlMachine<Double>) -> Void
    ) {
      let kept = machine.machine.numbers
      var isolated = Machine(machine.plan, weights)
      (isolated.timesteps, isolated.numbers) = (machine.machine.timesteps, kept)
      let outside = kept.indices.filter { !set.memory.contains($0) }
      for index in outside { isolated.numbers[index] = .nan }
      machine.machine = isolated
      call(&machine)
      let written = outside.first { !machine.machine.numbers[$0].isNaN }
      #expect(written == nil, "written: \(written ?? 0), \(place)")
      for index in outside { machine.machine.numbers[index] = kept[index] }
    }
  }

  @Test("has of an operation's weights as many bytes as it is said to read")
  func weights() {
    for seed in RandomModel.seeds {
      for model in [RandomModel.model(seed: seed), RandomModel.trunk(seed: seed)] {
        let plan = Plan(model)
        for routine in plan.routines {
          for operation in routine.operations where routine.name != .readAhead {
            let set = WorkingSet(operation, in: plan, token: routine.takesToken ? 0 : nil)
            #expect(set.weightBytes == operation.weightBytes, "\(operation), seed \(seed)")
            let named = Set((operation.reads + operation.writes).map(\.buffer))
            let touched = Access.all(
              of: operation, in: plan, token: routine.takesToken ? 0 : nil)
            #expect(Set(touched.map(\.buffer)) == named, "\(operation), seed \(seed)")
          }
        }
      }
    }
  }

  @Test("of a step is that of both phases, and nothing is counted twice")
  func unions() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.model(seed: seed))
      let (act, prepare) = (plan.workingSetOfAct, plan.workingSetOfPrepare)
      let step = plan.workingSetOfStep
      #expect(step == prepare.union(act) && step == step.union(act), "seed \(seed)")
      #expect(max(act.byteCount, prepare.byteCount) <= step.byteCount)
      #expect(step.byteCount <= act.byteCount + prepare.byteCount)
      #expect(step.memoryBytes <= plan.memory.byteCount && step.memoryBytes % 64 == 0)
      #expect(step.weightBytes <= plan.weights.byteCount && step.weightBytes % 64 == 0)
      #expect(plan.workingSets.map { $0.set } == [act, prepare, step])
    }
  }

  @Test("of a trunk is larger for a chunk by rows, and has the weights once")
  func trunk() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.trunk(seed: seed))
      let sets = plan.workingSets
      #expect(sets.count == (plan.chunk.isEmpty ? 1 : 2))
      let positions = 4 * plan.shape.hiddenStride
      #expect(
        sets[0].set.weightBytes - positions
          == sets.last!.set.weightBytes
          - (plan.chunk.isEmpty ? 1 : plan.shape.chunkSize) * positions, "seed \(seed)")
      #expect(sets[0].set.weightBytes <= plan.weights.byteCount)
      #expect(sets.last!.set.memoryBytes <= plan.memory.byteCount)
      #expect(sets[0].set.memoryBytes <= sets.last!.set.memoryBytes, "seed \(seed)")
    }
  }

  @Test("of the published shape has all weights but rows of embed_timestep")
  func publishedShape() {
    var config = ModelConfig()
    (config.stateDimension, config.actionDimension) = (11, 3)
    let plan = Plan(RandomModel.model(config, GenerationOptions()))
    let step = plan.workingSetOfStep
    let table = plan.weights.tensor(.timesteps).byteCount
    // The timesteps of the step that ends and of the next one.
    #expect(step.weights.count * 4 == plan.weights.byteCount - table - plan.unusedInStep)
    #expect(step.weightBytes == 4 * (step.weights.count + 2 * 128))
    #expect(plan.workingSetOfAct.byteCount < step.byteCount)
  }

  @Test("counts places in stretches that may overlap")
  func stretches() {
    var random = SplitMix64(seed: 7)
    for _ in 0..<200 {
      var (stretches, places) = (Stretches(), Set<Int>())
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let start = Int.random(in: 0...60, using: &random)
        let range = start..<start + Int.random(in: 0...9, using: &random)
        stretches.insert(range)
        places.formUnion(range)
      }
      #expect(stretches.count == places.count)
      #expect((-1...80).allSatisfy { stretches.contains($0) == places.contains($0) })
      #expect(
        zip(stretches.ranges, stretches.ranges.dropFirst()).allSatisfy {
          $0.upperBound < $1.lowerBound
        })
    }
  }
}

extension Plan {
  /// Bytes of tensors that neither phase's operations nor the members around them read.
  fileprivate var unusedInStep: Int {
    let calls = feedback + preparation
    let operations = routines.filter { calls.contains($0.name) }.flatMap(\.operations)
    let read = Set(operations.flatMap(\.weights))
    var sum = 0
    for (index, tensor) in weights.tensors.enumerated()
    where !read.contains(index) && tensor.content != .stateMean {
      sum += tensor.byteCount
    }
    return sum
  }
}
