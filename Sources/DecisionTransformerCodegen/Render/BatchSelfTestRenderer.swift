/// Writes the self test of a controller with several agents: the episode of a single agent, lived by all.
package struct BatchSelfTestRenderer {
  package let plan: Plan

  private var access: String { "\(plan.deployment.access.rawValue) " }
  private var parameters: String {
    "weights: PackedWeights, memory: UnsafeMutableRawBufferPointer"
  }

  package func render(to writer: inout CodeWriter) {
    writer.write(
      "/// Replays the episode beside `weights`, for every agent alike, in the caller's memory, and compares with the",
      "/// double-precision reference; `SelfTestable` says more.")
    writer.scope(
      "\(access)static func selfTest(\(parameters)) throws(InitializationError) -> SelfTestReport"
    ) {
      $0.write(
        "var replay = EqualAgents(agents: try unsafe Self(weights: weights, memory: memory))",
        "return try SelfTest.run(&replay, weights) { $0.agents.repeatStage($1, alone: $2) }")
    }
    writer.write(
      "", "#if !hasFeature(Embedded)", "  /// The same in memory of its own.",
      "  \(access)static func selfTest(weights: PackedWeights) throws(InitializationError) -> SelfTestReport {",
      "    try EqualAgents.selfTest(weights: weights)", "  }", "#endif", "")
    equalAgents(to: &writer)
  }

  /// What the runtime replays: a controller of one agent.
  private func equalAgents(to writer: inout CodeWriter) {
    let shape = plan.shape
    writer.write(
      "private typealias Controller = Self", "",
      "/// Agents with the same inputs, as one. A component of an action that is not everybody's is no number."
    )
    writer.scope("private struct EqualAgents: ~Copyable, SelfTestable") { writer in
      writer.write(
        "typealias State = Controller.State", "typealias Action = Controller.Action")
      for name in ["stateDimension", "actionDimension", "hiddenSize", "layerCount", "memorySize"] {
        writer.write("static var \(name): Int { Controller.\(name) }")
      }
      writer.write(
        "var agents: Controller", "",
        "mutating func reset(targetReturn: Float) { agents.reset(targetReturn: targetReturn) }", "")
      writer.scope("mutating func act(_ state: State, reward: Float?) throws(StepError) -> Action")
      {
        writer in
        throwing(to: &writer) { writer in
          writer.write(
            "let actions = try agents.act(States(repeating: state), rewards: rewards(reward))",
            "var action = actions[0]")
          writer.scope("for agent in 1..<\(shape.batch)") { writer in
            writer.scope("for index in 0..<\(shape.actionDimension)") {
              $0.write(
                "if actions[agent][index].bitPattern != actions[0][index].bitPattern { action[index] = .nan }"
              )
            }
          }
          writer.write("return action")
        }
      }
      writer.write("", "mutating func prepare() { agents.prepare() }", "")
      writer.scope("mutating func prepare(executed: Action, reward: Float?) throws(StepError)") {
        throwing(to: &$0) {
          $0.write(
            "try agents.prepare(executed: Actions(repeating: executed), rewards: rewards(reward))")
        }
      }
      writer.write("")
      writer.scope("private func rewards(_ reward: Float?) -> Rewards?") {
        $0.write("if let reward { Rewards(repeating: reward) } else { nil }")
      }
      writer.write("")
      writer.scope(
        "static func selfTest(\(parameters)) throws(InitializationError) -> SelfTestReport"
      ) { $0.write("try unsafe Controller.selfTest(weights: weights, memory: memory)") }
    }
  }

  /// What `body` writes, with the reason of an agent's error as the error.
  private func throwing(
    to writer: inout CodeWriter, _ body: (inout CodeWriter) -> Void
  ) {
    writer.scope("do throws(BatchStepError)", body)
    writer.write("catch { throw error.reason }")
  }
}
