/// What a controller remembers of where it is in an episode, by the name that it has in generated code.
package enum EpisodeProperty: String {
  case isStarted, awaitsPreparation, timestep, returnToGo, rewardWeight, rewardIsKnown
  /// Of numbered actions.
  case chosen
  /// Of all agents together: they run the same routines.
  case returnIsPrepared

  package var isOfAgent: Bool { self != .returnIsPrepared }
}

/// How an agent's things read in generated code. Those of a single agent are the controller's own; of several, each has
/// a number, `agent`, and what is said of one is said in a loop.
package struct AgentText {
  /// B.
  package let count: Int
  package let groups: AgentGroups

  package init(plan: Plan) {
    (count, groups) = (plan.deployment.batch, plan.shape.agentGroups)
  }

  package var isOne: Bool { count == 1 }
  package var areGrouped: Bool { groups.count > 1 }

  /// Where the number `agent` counts inside of the group that operations are at, what it is among all agents.
  package var amongAll: String { areGrouped ? "firstAgent + agent" : "agent" }

  // MARK: Names

  /// The name of an argument or a type: `state`, or `states` of all agents.
  package func name(_ one: String) -> String { isOne ? one : "\(one)s" }

  /// The part of a name that is `agent`'s: `states[agent]`.
  package func part(of all: String) -> String { isOne ? all : "\(all)[agent]" }

  /// The agent's part of an argument that has a name for one: `state`, or `states[agent]`.
  package func own(_ one: String) -> String { part(of: name(one)) }

  /// The agent's row of an input or output buffer.
  package func row(_ buffer: String) -> String { isOne ? buffer : "\(buffer)[0, agent]" }

  /// The same under a name of its own, for statements that would be long: declares it where there are several agents.
  package func row(_ buffer: String, as name: String, to writer: inout CodeWriter) -> String {
    guard !isOne else { return buffer }
    writer.write("let \(name) = \(row(buffer))")
    return name
  }

  /// Where a property is stored.
  package func place(of property: EpisodeProperty) -> String {
    isOne || !property.isOfAgent ? property.rawValue : "episodes[agent].\(property.rawValue)"
  }

  /// The same in a loop that reads.
  package func value(of property: EpisodeProperty) -> String {
    isOne ? property.rawValue : "episode.\(property.rawValue)"
  }

  // MARK: Errors

  package var error: String { isOne ? "StepError" : "BatchStepError" }

  /// Throws a reason, as an error of the agent.
  package func failing(_ reason: String, agent: String = "agent") -> String {
    isOne ? "throw \(reason)" : "throw BatchStepError(agent: \(agent), \(reason))"
  }

  // MARK: Statements

  /// Writes what is done for each agent.
  ///
  /// - Parameter reads: Whether it reads the agent's properties.
  package func forEach(
    reads: Bool = false, to writer: inout CodeWriter, _ body: (inout CodeWriter) -> Void
  ) {
    guard !isOne else { return body(&writer) }
    writer.scope("for agent in 0..<\(count)") { writer in
      if reads { writer.write("let episode = episodes[agent]") }
      body(&writer)
    }
  }

  /// Writes what operations do: for each group of agents, if there are several.
  package func forEachGroup(
    to writer: inout CodeWriter, _ body: (inout CodeWriter) -> Void
  ) {
    guard areGrouped else { return body(&writer) }
    writer.scope("for group in 0..<\(groups.count)") { writer in
      writer.write("select(group: group)")
      body(&writer)
    }
  }

  /// Makes the group of `agent` the one that operations are at.
  package func selectGroup(to writer: inout CodeWriter) {
    if areGrouped { writer.write("select(group: agent / \(groups.size))") }
  }

  /// The numbers of the agents that operations are at, among all.
  package var inGroup: String {
    areGrouped ? "firstAgent..<firstAgent + \(groups.size)" : "0..<\(count)"
  }

  /// Sets properties of each agent, and of all together.
  ///
  /// - Parameter lines: A single agent's lines.
  package func set(_ lines: [[(EpisodeProperty, String)]], to writer: inout CodeWriter) {
    guard !isOne else { return setOne(lines, to: &writer) }
    forEach(to: &writer) { setOne(lines.map { $0.filter { $0.0.isOfAgent } }, to: &$0) }
    setOne(lines.map { $0.filter { !$0.0.isOfAgent } }, to: &writer)
  }

  /// The same for `agent` alone.
  package func setOne(_ lines: [[(EpisodeProperty, String)]], to writer: inout CodeWriter) {
    guard isOne else {
      for (property, value) in lines.joined() {
        writer.write("\(place(of: property)) = \(value)")
      }
      return
    }
    for line in lines {
      let names = line.map { place(of: $0.0) }.joined(separator: ", ")
      writer.write("(\(names)) = (\(line.map(\.1).joined(separator: ", ")))")
    }
  }

  /// Throws where one of the agent's `count` numbers is not finite.
  package func check(
    _ number: String, _ count: String, _ reason: String, to writer: inout CodeWriter
  ) {
    writer.numbers(count, where: "!\(number).isFinite", failing("\(reason)(index: index)"))
  }
}
