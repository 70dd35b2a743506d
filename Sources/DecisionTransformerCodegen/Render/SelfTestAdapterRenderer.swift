/// Writes the self test of a controller that is not what the runtime replays, one agent whose actions are vectors: the
/// episode of a single agent, lived by all; logits in place of the numbers of actions.
package struct SelfTestAdapterRenderer {
  package let plan: Plan

  private var access: String { "\(plan.deployment.access.rawValue) " }
  private var parameters: String {
    "weights: PackedWeights, memory: UnsafeMutableRawBufferPointer"
  }
  private var isBatch: Bool { plan.shape.groupSize > 1 }
  private var isDiscrete: Bool { plan.steps.action.choice != nil }
  private var hasFrames: Bool { plan.steps.state.frames != nil }

  package func render(to writer: inout CodeWriter) {
    writer.write(
      "/// Replays the episode beside `weights`\(isBatch ? ", for every agent alike," : "") in the caller's memory, and compares\(isDiscrete ? " logits" : "") with the",
      "/// double-precision reference; `SelfTestable` says more.")
    writer.scope(
      "\(access)static func selfTest(\(parameters)) throws(InitializationError) -> SelfTestReport"
    ) {
      $0.write(
        "var replay = Replayed(controller: try unsafe Self(weights: weights, memory: memory))",
        "return try SelfTest.run(&replay, weights) { $0.controller.repeatStage($1, alone: $2) }")
    }
    writer.write(
      "", "#if !hasFeature(Embedded)", "  /// The same in memory of its own.",
      "  \(access)static func selfTest(weights: PackedWeights) throws(InitializationError) -> SelfTestReport {",
      "    try Replayed.selfTest(weights: weights)", "  }", "#endif", "")
    replayed(to: &writer)
  }

  /// What the runtime replays.
  private func replayed(to writer: inout CodeWriter) {
    let agents =
      "Agents with the same inputs, as one\(isDiscrete ? "; logits are its actions" : ""). A component that is not everybody's is no number."
    writer.write(
      "private typealias Controller = Self", "",
      "/// \(isBatch ? agents : "The controller\(isDiscrete ? " with logits as its actions" : "")\(hasFrames ? ", given frames that follow from a number" : "").")"
    )
    writer.scope("private struct Replayed: ~Copyable, SelfTestable") { writer in
      writer.write(
        "typealias State = \(hasFrames ? "Float" : "Controller.State")",
        "typealias Action = Controller.\(isDiscrete ? "Logits" : "Action")")
      for name in ["stateDimension", "actionDimension", "hiddenSize", "layerCount", "memorySize"] {
        let source = isDiscrete && name == "actionDimension" ? "actionCount" : name
        // Frames follow from a number.
        let isOne = hasFrames && name == "stateDimension"
        writer.write("static var \(name): Int { \(isOne ? "1" : "Controller.\(source)") }")
      }
      writer.write(
        "var controller: Controller", "",
        "mutating func reset(targetReturn: Float) { controller.reset(targetReturn: targetReturn) }",
        "")
      writer.scope(
        "mutating func act(_ state: State, reward: Float?) throws(StepError) -> Action"
      ) { isBatch ? actOfAll(to: &$0) : actOfOne(to: &$0) }
      writer.write("", "mutating func prepare() { controller.prepare() }", "")
      writer.scope("mutating func prepare(executed: Action, reward: Float?) throws(StepError)") {
        writer in
        let executed = isDiscrete ? "number(of: executed)" : "executed"
        guard isBatch else {
          return writer.write("try controller.prepare(executed: \(executed), reward: reward)")
        }
        throwing(to: &writer) {
          $0.write(
            "try controller.prepare(executed: Actions(repeating: \(executed)), rewards: rewards(reward))"
          )
        }
      }
      writer.write("")
      if isDiscrete { number(to: &writer) }
      if isBatch {
        writer.scope("private func rewards(_ reward: Float?) -> Rewards?") {
          $0.write("if let reward { Rewards(repeating: reward) } else { nil }")
        }
        writer.write("")
      }
      writer.scope(
        "static func selfTest(\(parameters)) throws(InitializationError) -> SelfTestReport"
      ) { $0.write("try unsafe Controller.selfTest(weights: weights, memory: memory)") }
    }
  }

  private func actOfOne(to writer: inout CodeWriter) {
    if hasFrames {
      writer.write(
        "let pattern = FramePattern(seed: state)",
        "var frames = InlineArray<\(plan.shape.stateDimension), UInt8>(repeating: 0)")
      writer.numbers("Controller.stateDimension", "frames[index] = pattern[index]")
    }
    let call = "try controller.act(\(hasFrames ? "frames.span" : "state"), reward: reward)"
    guard isDiscrete else { return writer.write("return \(call)") }
    writer.write("_ = \(call)", "return controller.logits")
  }

  private func actOfAll(to writer: inout CodeWriter) {
    throwing(to: &writer) { writer in
      let call = "try controller.act(States(repeating: state), rewards: rewards(reward))"
      writer.write(isDiscrete ? "_ = \(call)" : "let actions = \(call)")
      func answer(_ agent: String) -> String {
        isDiscrete ? "controller.logits(agent: \(agent))" : "actions[\(agent)]"
      }
      writer.write("let first = \(answer("0"))", "var action = first")
      writer.scope("for agent in 1..<\(plan.deployment.batch)") { writer in
        writer.write("let other = \(answer("agent"))")
        writer.scope("for index in 0..<\(plan.shape.actionDimension)") {
          $0.write(
            "if other[index].bitPattern != first[index].bitPattern { action[index] = .nan }")
        }
      }
      writer.write("return action")
    }
  }

  /// The number of an action that is told as its token's input.
  private func number(to writer: inout CodeWriter) {
    writer.scope("private func number(of action: Action) -> Int") {
      $0.write(
        "var number = 0",
        "for index in 0..<\(plan.shape.actionDimension) where action[index] == 1 { number = index }",
        "return number")
    }
    writer.write("")
  }

  /// What `body` writes, with the reason of an agent's error as the error.
  private func throwing(
    to writer: inout CodeWriter, _ body: (inout CodeWriter) -> Void
  ) {
    writer.scope("do throws(BatchStepError)", body)
    writer.write("catch { throw error.reason }")
  }
}
