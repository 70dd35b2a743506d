import Programs
import DecisionTransformerCodegen
import Testing

/// Batches on the machine against single agents.
@Suite("The machine's batch")
struct MachineBatchTests {
  @Test("gives each agent what it gets alone, to the bit, whoever starts anew and whenever")
  func agents() throws {
    let models = (UInt64(0)..<40).map { SmallModel.model(seed: $0) } + SmallModel.lasting
    for (seed, drawn) in models.enumerated() where drawn.options.outputs == [.action] {
      var original = drawn
      original.config.allowAgents()
      var random = SplitMix64(seed: UInt64(seed))
      let batch = Int.random(in: 2...4, using: &random)
      var model = original
      model.options.batch = batch
      let (plan, single) = (Plan(model), Plan(original))
      #expect(plan.weights == single.weights)
      let checkpoint = RandomModel.checkpoint(of: original, seed: UInt64(seed))
      let payload = try Packer.payload(plan, checkpoint: checkpoint, path: "")
      let weights = MachineWeights<Float>(plan, payload: payload)
      expectEqual(
        ControlMachine(plan, weights),
        Array(repeating: Agent(ControlMachine(single, weights)), count: batch), original, &random,
        "model \(seed), \(plan.forms)")
    }
  }

  /// An agent alone.
  private struct Agent {
    var machine: ControlMachine<Float>
    /// Steps of its episode.
    var age = 0
    /// Whether its latest step is not prepared.
    var awaits = false
    var isTold = false

    init(_ machine: ControlMachine<Float>) { self.machine = machine }

    mutating func reset(_ target: Float) {
      machine.reset(targetReturn: target)
      (age, awaits, isTold) = (0, false, false)
    }
  }

  private func expectEqual(
    _ machine: ControlMachine<Float>, _ agents: [Agent], _ model: Model,
    _ random: inout SplitMix64, _ place: String
  ) {
    var (together, agents) = (machine, agents)
    var script = Script(model, seed: random.next())
    let length = model.episodeLength ?? .max
    func start(_ agent: Int) {
      let target = script.reward()
      together.reset(agent: agent, targetReturn: target)
      agents[agent].reset(target)
    }
    for step in 0..<2 * model.window + 6 {
      let rewards = agents.map { _ in script.reward() }
      if step > 0, script.chance(4) { start(Int.random(in: agents.indices, using: &random)) }
      let isTold = prepare(&together, &agents, rewards, length, &script)
      for agent in agents.indices {
        if step == 0 || agents[agent].age >= length || script.chance(9) { start(agent) }
        if script.chance(9) {
          let target = script.reward()
          together.retarget(agent: agent, target)
          agents[agent].machine.retarget(target)
        }
      }
      let states = agents.map { _ in script.state() }
      let found = together.act(states: states, rewards: isTold ? nil : rewards)
      for agent in agents.indices {
        let reward = agents[agent].isTold ? nil : rewards[agent]
        let expected = agents[agent].machine.act(state: states[agent], reward: reward)
        #expect(found[agent] == expected, "agent \(agent), step \(step), \(place)")
        #expect(expected.action.allSatisfy { $0.isFinite })
        (agents[agent].awaits, agents[agent].isTold) = (true, false)
        agents[agent].age += 1
      }
    }
  }

  /// Concludes a step in one of the ways; whether all agents were told their rewards.
  private func prepare(
    _ together: inout ControlMachine<Float>, _ agents: inout [Agent], _ rewards: [Float],
    _ length: Int, _ script: inout Script
  ) -> Bool {
    guard agents.contains(where: { $0.awaits && $0.age < length }), script.chance(2) else {
      if script.chance(2) {
        together.prepare()
        for agent in agents.indices { agents[agent].machine.prepare() }
      }
      return false
    }
    let executed = agents.map { _ in script.action() }
    let isTold = script.chance(2)
    together.prepare(executed: executed, rewards: isTold ? rewards : nil)
    for agent in agents.indices where agents[agent].awaits && agents[agent].age < length {
      agents[agent].machine.prepare(
        executed: executed[agent], reward: isTold ? rewards[agent] : nil)
      (agents[agent].awaits, agents[agent].isTold) = (false, isTold)
    }
    return isTold
  }
}
