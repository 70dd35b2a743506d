/// What a controller of several agents does for C.
package struct CBatchFunctions {
  package let plan: Plan

  private var type: String { plan.deployment.name }
  private var batch: Int { plan.deployment.batch }
  private var states: Int { plan.shape.stateDimension }
  private var actions: Int { plan.shape.actionDimension }
  private var isDiscrete: Bool { plan.steps.action.choice != nil }

  package var all: [CFunction] {
    [resetAll, reset]
      + [true, false].map { act(hasRewards: $0, isDrawn: false) }
      + (isDiscrete ? [true, false].map { act(hasRewards: $0, isDrawn: true) } + [logits] : [])
      + [prepare, executed(hasRewards: false), executed(hasRewards: true), retarget]
  }

  private var agent: String { "agent: 0 to \(batch - 1)." }

  // MARK: Episodes

  private var resetAll: CFunction {
    CFunction(
      "reset",
      [
        "Starts an episode of every agent, in which target_return is to be collected (environment units)."
      ],
      summary: "Starts an episode of every agent.", [("target_return", .float)],
      [
        "call.check(targetReturn: targetReturn)",
        "guard call.isSound else { return call.end() }",
        "unsafe \(type).of(call).pointee.reset(targetReturn: targetReturn)", "return call.end()",
      ])
  }

  private var reset: CFunction {
    CFunction(
      "reset_agent",
      ["Starts an episode of one agent alone; the others go on with theirs. \(agent)"],
      summary: "Starts an episode of one agent.", [("agent", .size), ("target_return", .float)],
      [
        "call.check(agent: agent, batch: \(batch))", "call.check(targetReturn: targetReturn)",
        "guard call.isSound else { return call.end() }",
        "unsafe \(type).of(call).pointee.reset(agent: Int(agent), targetReturn: targetReturn)",
        "return call.end()",
      ])
  }

  private var retarget: CFunction {
    CFunction(
      "retarget_agent",
      ["Asks one agent for target_return from now on (environment units). \(agent)"],
      summary: "Asks one agent for another return from now on.",
      [("agent", .size), ("target_return", .float)],
      [
        "call.check(agent: agent, batch: \(batch))", "call.check(targetReturn: targetReturn)",
        "guard call.isSound else { return call.end() }",
        "guard unsafe \(type).of(call).pointee.hasEpisode(agent: Int(agent)) else {",
        "  return call.end(BatchStepError(agent: Int(agent), .notReset))", "}",
        "unsafe \(type).of(call).pointee.retarget(agent: Int(agent), targetReturn)",
        "return call.end()",
      ])
  }

  // MARK: Steps

  private func act(hasRewards: Bool, isDrawn: Bool) -> CFunction {
    let name = "act\(isDrawn ? "_drawn" : "")\(hasRewards ? "" : "_without_rewards")"
    let receives =
      isDiscrete
      ? "actions[\(batch)]: receives their numbers, 0 to \(actions - 1)"
      : "actions[\(batch)][\(actions)]: receives the actions"
    var documentation =
      hasRewards
      ? [
        "The critical path, for all agents. states[\(batch)][\(states)]: what is observed now. rewards[\(batch)]: what was paid for the",
        "previous actions, finite; an agent ignores its own in its episode's first step. \(receives).",
        "Every agent must have an episode with steps left; one that nobody needs may have any finite state.",
      ]
      : [
        "The same where the rewards of the previous actions were given to prepare already, or are zero."
      ]
    if isDrawn {
      documentation = [
        hasRewards
          ? "The same with actions drawn from softmax(\(temperature)), by numbers uniforms[\(batch)], each 0 or more and below 1."
          : "The same without rewards."
      ]
    }
    let call =
      "unsafe \(type).of(call).pointee.act(UnsafeRawPointer(states).load(as: \(type).States.self)"
      + (hasRewards ? ", rewards: UnsafeRawPointer(rewards).load(as: \(type).Rewards.self)" : "")
      + (isDrawn ? ", uniforms: UnsafeRawPointer(uniforms).load(as: \(type).Uniforms.self)" : "")
      + ")"
    return CFunction(
      name, documentation,
      summary:
        "The agents' actions for their states\(isDrawn ? ", drawn by uniform numbers" : "")\(hasRewards ? "" : ", without rewards").",
      [("states", .floats)] + (hasRewards ? [("rewards", .floats)] : [])
        + (isDrawn ? [("uniforms", .floats)] : [])
        + [("actions", isDiscrete ? .mutableNumbers : .mutableFloats)],
      ["do throws(BatchStepError) {", "  let result = try \(call)"]
        + (isDiscrete
          ? [
            "  for agent in 0..<\(batch) { unsafe actions[agent] = Int32(truncatingIfNeeded: result[agent]) }"
          ]
          : [
            "  unsafe UnsafeMutableRawPointer(actions).storeBytes(of: result, as: \(type).Actions.self)"
          ]) + end)
  }

  private var temperature: String {
    let temperature = plan.steps.action.choice?.temperature ?? 1
    return temperature == 1 ? "logits" : "logits / \(Float(temperature))"
  }

  private var logits: CFunction {
    CFunction(
      "logits",
      [
        "logits[\(actions)]: receives those of an agent in the latest act; zeros before an episode's first. \(agent)"
      ],
      summary: "The logits of an agent in the latest step.",
      [("agent", .size), ("logits", .mutableFloats)],
      [
        "call.check(agent: agent, batch: \(batch))",
        "guard call.isSound else { return call.end() }",
        "let result = unsafe \(type).of(call).pointee.logits(agent: Int(agent))",
        "unsafe UnsafeMutableRawPointer(logits).storeBytes(of: result, as: \(type).Logits.self)",
        "return call.end()",
      ])
  }

  private var prepare: CFunction {
    CFunction(
      "prepare",
      [
        "Call it after the actions are sent: takes them into the history and does everything that needs no new state. Does nothing",
        "where there is nothing to do; the next act does it if nobody else has.",
      ],
      summary: "Takes the predicted actions into the history, and does what needs no new state.",
      [],
      ["unsafe \(type).of(call).pointee.prepare()", "return call.end()"])
  }

  private func executed(hasRewards: Bool) -> CFunction {
    let array =
      isDiscrete ? "executed[\(batch)], their numbers," : "executed[\(batch)][\(actions)],"
    let load =
      isDiscrete ? "actions" : "UnsafeRawPointer(executed).load(as: \(type).Actions.self)"
    return CFunction(
      hasRewards ? "prepare_executed_with_rewards" : "prepare_executed",
      hasRewards
        ? ["The same with the actions' rewards, rewards[\(batch)], if they are known already."]
        : [
          "The same with the actions that were really executed, \(array) where they differ.",
          "Refused while an agent has no action that waits.",
        ],
      summary:
        "`prepare` with the actions that were really executed\(hasRewards ? ", and their rewards" : "").",
      [("executed", isDiscrete ? .numbers : .floats)]
        + (hasRewards ? [("rewards", .floats)] : []),
      (isDiscrete
        ? [
          "var actions = \(type).Actions(repeating: 0)",
          "for agent in 0..<\(batch) { actions[agent] = unsafe Int(executed[agent]) }",
        ] : [])
        + [
          "do throws(BatchStepError) {",
          "  try unsafe \(type).of(call).pointee.prepare(executed: \(load)\(hasRewards ? ", rewards: UnsafeRawPointer(rewards).load(as: \(type).Rewards.self)" : ""))",
        ] + end)
  }

  private var end: [String] {
    ["  return call.end()", "} catch {", "  return call.end(error)", "}"]
  }

  /// What the functions call, of the generated type.
  package var members: String {
    """
      @_noAllocation @_noLocks
      fileprivate func hasEpisode(agent: Int) -> Bool { episodes[agent].isStarted }
    """
  }
}
