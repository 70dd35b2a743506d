import RecordedEpisodes

/// What happens to several agents, step by step, in numbers.
struct BatchScript: Sendable {
  /// A new episode or a new target of an agent.
  struct Target: Sendable {
    var agent: Int
    var targetReturn: Float
  }

  struct Step: Sendable {
    /// Episodes that start and targets that change before the step, in this order.
    var resets: [Target] = []
    var retargets: [Target] = []
    /// A state for each agent.
    var states: [[Float]]
    /// An agent whose state is spoiled in a call that comes first and must be refused.
    var spoiled: Int?
    /// Episodes that start between `act` and the preparation.
    var earlyResets: [Target] = []
    /// What is done after `act`.
    var pace: Pace
    /// Executed actions in environment units; nil where they are the predicted ones.
    var executed: [[Float]]?
    /// What the step pays each agent.
    var rewards: [Float]
  }

  var steps: [Step] = []

  /// What `act` is told in a step about the step before.
  func rewards(before step: Int) -> [Float]? {
    step == 0 || steps[step - 1].pace == .rewardKnown ? nil : steps[step - 1].rewards
  }
}

extension BatchScript {
  /// Agents with the states of a recorded episode, each at another place of it. Episodes start at any time,
  /// by chance and where they must, targets change, the preparation is done in every way. With `hasRefusals`
  /// some calls are wrong, and an episode may start before the preparation: none may be left to prepare.
  init(
    _ episode: RecordedEpisode, batch: Int, steps count: Int, seed: UInt64, hasRefusals: Bool = true
  ) {
    var random = Chance(state: seed)
    let target = Float(episode.targetReturn)
    let ways: [Pace] = [.actOnly, .prepared, .executed, .rewardKnown]
    // How many steps each agent's episode has had.
    var ages = Array(repeating: 0, count: batch)
    for index in 0..<count {
      func start(_ agent: Int) -> Target {
        ages[agent] = 0
        return Target(agent: agent, targetReturn: target * Float(random.below(20)) / 10)
      }
      let agents = 0..<batch
      let length = episode.model.config.maximumEpisodeLength
      var step = Step(
        states: agents.map { episode.states[(index + 3 * $0) % episode.states.count] },
        pace: ways[random.below(ways.count)], rewards: [])
      for agent in agents {
        let mustStart = index == 0 || ages[agent] == length
        if mustStart || random.below(9) == 0 { step.resets.append(start(agent)) }
        if random.below(9) == 0 {
          step.retargets.append(Target(agent: agent, targetReturn: -target))
        }
        ages[agent] += 1
        step.rewards.append(target * Float(random.below(100)) / 1000)
      }
      if hasRefusals {
        if random.below(4) == 0 { step.spoiled = random.below(batch) }
        for agent in agents where random.below(12) == 0 { step.earlyResets.append(start(agent)) }
      }
      if random.below(2) == 0 {
        step.executed = agents.map { _ in
          episode.model.actionScale.map { Float($0) * Float(random.below(200) - 100) / 100 }
        }
      }
      steps.append(step)
    }
  }
}

/// The generator of Steele, Lea and Flood (2014): a seed gives the same numbers everywhere.
private struct Chance {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ z >> 31) % UInt64(bound))
  }
}
