/// What happens to several agents, step by step, in numbers.
package struct BatchScript: Codable, Sendable {
  /// A new episode or a new target of an agent.
  package struct Target: Codable, Sendable {
    package var agent: Int
    package var targetReturn: Float

    package init(agent: Int, targetReturn: Float) {
      (self.agent, self.targetReturn) = (agent, targetReturn)
    }
  }

  package struct Step: Codable, Sendable {
    /// Episodes that start and targets that change before the step, in this order.
    package var resets: [Target] = []
    package var retargets: [Target] = []
    /// A state for each agent.
    package var states: [[Float]]
    /// An agent whose state is spoiled in a call that comes first and must be refused.
    package var spoiled: Int?
    /// Episodes that start between `act` and the preparation.
    package var earlyResets: [Target] = []
    /// What is done after `act`.
    package var pace: Pace
    /// Executed actions in environment units; nil where they are the predicted ones.
    package var executed: [[Float]]?
    /// What the step pays each agent.
    package var rewards: [Float]

    package init(resets: [Target] = [], states: [[Float]], pace: Pace, rewards: [Float]) {
      (self.resets, self.states, self.pace, self.rewards) = (resets, states, pace, rewards)
    }
  }

  package var steps: [Step]

  package init(steps: [Step] = []) { self.steps = steps }

  /// What `act` is told in a step about the step before.
  package func rewards(before step: Int) -> [Float]? {
    step == 0 || steps[step - 1].pace == .rewardKnown ? nil : steps[step - 1].rewards
  }
}
