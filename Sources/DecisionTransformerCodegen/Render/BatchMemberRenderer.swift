/// Writes the members of a controller with several agents: they step together through episodes of their own.
///
/// Everything that is not an agent's own bookkeeping is done for all agents in every call. An agent that
/// has just been reset has nothing to prepare: its rows move with the others' all the same, hidden
/// from it by its timestep of 0.
package struct BatchMemberRenderer: PhaseMemberRenderer {
  package let plan: Plan

  private var batch: Int { plan.shape.batch }
  private var agents: String { "for agent in 0..<\(batch)" }

  // MARK: Declarations

  /// The types of the members' parameters, and B.
  package func types(to writer: inout CodeWriter) {
    writer.write("/// A state for each agent.")
    writer.write("\(access)typealias States = InlineArray<\(batch), State>")
    writer.write("/// A reward for each agent, environment units.")
    writer.write("\(access)typealias Rewards = InlineArray<\(batch), Float>")
    writer.write("/// An action for each agent.")
    writer.write("\(access)typealias Actions = InlineArray<\(batch), Action>", "")
    writer.write("/// Agents of a controller, B. Their numbers are 0 to \(batch - 1).")
    writer.write("\(access)static var batch: Int { \(batch) }")
  }

  /// What is stored beside the memory.
  package func storage(to writer: inout CodeWriter) {
    writer.write("/// Where an agent is in its episode.")
    writer.scope("private struct Episode") { writer in
      writer.write(
        "/// Whether an episode runs, and whether its latest action waits to join the history.",
        "var isStarted = false, awaitsPreparation = false",
        "/// The step that `act` computes next, or has computed, from the episode's start.",
        "var timestep = 0",
        "/// Of the last return token, divided by the return scale.",
        "var returnToGo: Float = 0",
        "/// 1 where the next reward counts; 0 in an episode's first step and after a new target.",
        "var rewardWeight: Float = 0",
        "/// Whether `prepare` was given the reward.",
        "var rewardIsKnown = false", "",
        "/// Whether an action waits, and a step follows it.",
        "var canPrepare: Bool {",
        "  @_noAllocation @_noLocks get { awaitsPreparation\(endsEpisodes ? " && timestep + 1 < \(length)" : "") }",
        "}")
    }
    writer.write(
      "private var episodes = InlineArray<\(batch), Episode>(repeating: Episode())",
      "/// Whether `prepare` has computed the return tokens of all agents.",
      "private var returnIsPrepared = false", "")
  }

  // MARK: Episode

  package func episode(to writer: inout CodeWriter) {
    writer.write(
      "/// Starts an episode of every agent, in which `targetReturn` is to be collected (environment units), ready for the",
      "/// first `act`. A target that is not finite is reported by `act`.")
    begin(to: &writer)
    writer.scope("\(access)mutating func reset(targetReturn: Float)") {
      $0.write("\(agents) { reset(agent: agent, targetReturn: targetReturn) }")
    }
    writer.write("", "/// Starts an episode of `agent` alone; the others go on with theirs.")
    begin(to: &writer)
    writer.scope("\(access)mutating func reset(agent: Int, targetReturn: Float)") { writer in
      isAgent(to: &writer)
      writer.write(
        "Kernels.clear(memory, agent: agent)",
        "episodes[agent] = Episode()",
        "(episodes[agent].isStarted, episodes[agent].returnToGo) = (true, \(scaled("targetReturn")))",
        "returnIsPrepared = false")
      if plan.carriesTokens { writer.write("embedTime()") }
    }
    if plan.deployment.targetReturn != nil { defaultTarget(to: &writer) }
    writer.write(
      "",
      "/// Asks `agent` for `targetReturn` from now on: its next return token is exactly the new target, and the",
      "/// reward of the action before it is not subtracted. Past tokens keep theirs.")
    begin(to: &writer)
    writer.scope("\(access)mutating func retarget(agent: Int, _ targetReturn: Float)") { writer in
      isAgent(to: &writer)
      writer.write(
        "(episodes[agent].returnToGo, episodes[agent].rewardWeight) = (\(scaled("targetReturn")), 0)",
        "returnIsPrepared = false")
    }
  }

  private func defaultTarget(to writer: inout CodeWriter) {
    writer.write("", "/// Starts an episode of every agent with `defaultTargetReturn`.")
    begin(to: &writer)
    writer.scope("\(access)mutating func reset()") {
      $0.write("reset(targetReturn: Self.defaultTargetReturn)")
    }
    writer.write("", "/// Starts an episode of `agent` alone with `defaultTargetReturn`.")
    begin(to: &writer)
    writer.scope("\(access)mutating func reset(agent: Int)") {
      $0.write("reset(agent: agent, targetReturn: Self.defaultTargetReturn)")
    }
  }

  private func isAgent(to writer: inout CodeWriter) {
    writer.write(
      "precondition(agent >= 0 && agent < \(batch), \"agents have the numbers 0 to \(batch - 1)\")")
  }

}
