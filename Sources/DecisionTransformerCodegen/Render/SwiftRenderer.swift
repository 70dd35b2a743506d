/// Writes `<Name>.swift`, the model as a reviewer reads it: a function of shape and options only. `KernelFileRenderer`
/// writes what it calls.
public struct SwiftRenderer {
  package let plan: Plan
  private let version: String
  private let text: OperandText
  private let loop: ControlLoopRenderer

  public init(plan: Plan, version: String) {
    self.plan = plan
    self.version = version
    text = OperandText(plan: plan)
    loop = ControlLoopRenderer(plan: plan)
  }

  /// The whole file.
  public func render() -> String {
    var writer = CodeWriter()
    HeaderRenderer(plan: plan, version: version).render(to: &writer)
    writer.write("", "\(plan.deployment.access.ofImports)import DecisionTransformer", "")
    if plan.network.takesEmbeddings {
      trunk(to: &writer)
    } else {
      controller(to: &writer)
    }
    if plan.deployment.hasCInterface {
      CInterfaceRenderer(plan: plan).render(to: &writer)
    }
    return LineFitter.fit(ModuleNames.qualify(writer.text))
  }

  private func controller(to writer: inout CodeWriter) {
    documentation(to: &writer)
    writer.scope(
      "\(access)nonisolated struct \(plan.deployment.name): \(conformance)~Copyable, @unchecked Sendable"
    ) {
      writer in
      types(to: &writer)
      storage(to: &writer)
      initializers(to: &writer)
    }
    writer.write("")
    section("Episode", to: &writer) { loop.episode(to: &$0) }
    section("Feedback phase: from \"state arrived\" to \"action known\"", to: &writer) {
      loop.act(to: &$0)
      entry(to: &$0)
      routines(plan.feedback, to: &$0)
      $0.write("", "// One token at a time, where the reward was known early.")
      routines(plan.shortFeedback, to: &$0)
    }
    section("Preparation phase: while the world moves", to: &writer) {
      loop.prepare(to: &$0)
      routines(
        plan.preparation.filter { !plan.shortFeedback.contains($0) },
        to: &$0)
    }
    if !plan.forward.isEmpty {
      let forward = ForwardRenderer(plan: plan)
      section("Forward: a whole window at once, as Hugging Face's model", to: &writer) {
        forward.members(to: &$0)
        routines([.embedStep] + plan.forward, to: &$0)
      }
    }
    SelfTestRenderer(plan: plan).render(to: &writer)
    if plan.deployment.hasOperations { OperationsRenderer(plan: plan).render(to: &writer) }
  }

  package var access: String { "\(plan.deployment.access.rawValue) " }

  /// The protocol of controllers of one agent, by what they are told of the state.
  private var conformance: String {
    guard plan.deployment.batch == 1 else { return "" }
    return plan.steps.state.frames == nil ? "StateController, " : "FrameController, "
  }

  package func section(
    _ title: String, to writer: inout CodeWriter, _ body: (inout CodeWriter) -> Void
  ) {
    writer.write("// MARK: - \(title)")
    writer.section("nonisolated extension \(plan.deployment.name)", body)
    writer.write("")
  }

  // MARK: Declaration

  private func documentation(to writer: inout CodeWriter) {
    writer.write(
      plan.network.isHuggingFaces
        ? "/// A Decision Transformer: the sliding-window loop of Hugging Face's `get_action`, exact at every step, in"
        : "/// A Decision Transformer of another kind than Hugging Face's: the same sliding-window loop, exact at every step, in",
      "/// environment units.", "///")
    if plan.shape.groupSize > 1 {
      writer.write(
        "/// It drives \(plan.deployment.batch) agents, which step together through episodes of their own and read the weights",
        "/// once\(ofGroups). Each has the actions that it would have alone.", "///")
    }
    writer.write(
      "/// `act` is the critical path; `prepare` does everything that does not need the next state and belongs between",
      "/// sending an action and the next state. Nothing after `init` allocates or locks, and every step performs the same",
      "/// operations. One controller is used by one thread at a time.")
  }

  private var ofGroups: String {
    let groups = plan.shape.agentGroups
    return groups.count == 1 ? "" : " for each group of \(groups.size)"
  }

  private func types(to writer: inout CodeWriter) {
    let shape = plan.shape
    // Pictures are too large to be passed by value.
    if plan.steps.state.frames == nil {
      writer.write(
        "/// One observation, raw environment units.",
        "\(access)typealias State = Numbers<\(shape.stateDimension)>")
    }
    if plan.steps.action.choice == nil {
      writer.write(
        "/// One action, environment units.",
        "\(access)typealias Action = Numbers<\(shape.actionDimension)>")
    } else {
      writer.write(
        "/// The number of an action, 0 to \(shape.actionDimension - 1).",
        "\(access)typealias Action = Int",
        "/// What the model predicts: a logit for each action.",
        "\(access)typealias Logits = Numbers<\(shape.actionDimension)>")
    }
    loop.types(to: &writer)
    if let target = plan.deployment.targetReturn {
      writer.write("/// What `reset()` asks for, environment units.")
      writer.write("\(access)static var defaultTargetReturn: Float { \(literal(Float(target))) }")
    }
  }

  package func pointers(to writer: inout CodeWriter) {
    writer.write("")
    writer.write("private let packedWeights: PackedWeights", "private let storage: AlignedMemory")
    writer.write("private let weights: Floats, memory: Floats")
    if !plan.readsAhead.isEmpty {
      writer.write(
        "private let readAheadCount: Int  // what `prepare` reads for `act`: by this processor's caches"
      )
    }
  }

  private func storage(to writer: inout CodeWriter) {
    pointers(to: &writer)
    loop.storage(to: &writer)
    ForwardRenderer(plan: plan).storage(to: &writer)
    if loop.agents.areGrouped {
      writer.write(
        "/// What the group of agents that operations are at has of its own, and the number of its first agent.",
        "private var group: Floats, firstAgent = 0")
    }
    writer.write("")
    BufferRenderer(plan: plan).render(to: &writer)
    steps(to: &writer)
  }

  /// What depends on the current step, by agent if there are several.
  private func steps(to writer: inout CodeWriter) {
    let isBatch = plan.shape.groupSize > 1
    let timestep =
      isBatch ? "episodes[\(loop.agents.amongAll)].timestep" : loop.agents.place(of: .timestep)
    let of = isBatch ? "func" : "var"
    let agent = isBatch ? "(of agent: Int) ->" : ":"
    writer.write(
      "",
      "// Of the current step: its row of embed_timestep\(!plan.mayStartInWindow ? "" : ", and the first key of the episode")."
    )
    let row = plan.timestepRow(timestep)
    let attributes = isBatch ? "@_noAllocation @_noLocks " : ""
    writer.write(
      "\(attributes)private \(of) timestepRow\(agent) Floats { \(plan.weights.tensor(.timesteps).name) + \(row) * \(plan.shape.hiddenStride) }"
    )
    if plan.mayStartInWindow {
      writer.write(
        "\(attributes)private \(of) firstKey\(agent) Int { max(0, pastTokens - \(plan.shape.tokensPerStep) * \(timestep)) }"
      )
    }
  }

  // MARK: Phases

  package func routines(_ names: [RoutineName], to writer: inout CodeWriter) {
    for routine in plan.routines
    where names.contains(routine.name) && !isWritten(routine.name, before: names)
      && routine.name != .readAhead
    {
      writer.write("", "/// \(routine.summary)")
      let parameter = routine.takesToken ? "token: Int" : ""
      writer.scope("@_noAllocation @_noLocks private func \(routine.name)(\(parameter))") {
        text.write(routine.operations, to: &$0)
      }
    }
  }

  /// `embedState` and the last layer are part of both feedback phases but written once.
  private func isWritten(_ name: RoutineName, before names: [RoutineName]) -> Bool {
    names == plan.shortFeedback && plan.feedback.contains(name)
  }

  /// Where tokens are carried: an input becomes a token, with block 0's rows.
  private func entry(to writer: inout CodeWriter) {
    guard plan.carriesTokens else { return }
    let agent = plan.shape.groupSize > 1 ? ", agent" : ""
    let timestep = plan.shape.groupSize > 1 ? "timestepRow(of: agent)" : "timestepRow"
    writer.write(
      "",
      "/// Embeds an input as the token of a slot, with block 0's value, query and inner row of it."
    )
    writer.write("@_noAllocation @_noLocks private func enter(")
    writer.write(
      "  _ input: Floats, count: Int, _ embedding: Floats, _ toValue: Floats, _ toQuery: Floats, _ toInner: Floats,",
      "  at slot: Int\(agent.isEmpty ? "" : ", agent: Int")")
    writer.scope(")") {
      $0.write(
        "Kernels.enter(",
        "  input, count: count, embedding, toValue, toQuery, toInner, timestep: \(timestep), gain: embed.normGain,",
        "  shift: embed.normShift, time: time[0\(agent)], factored: factored, token: tokens[slot\(agent)],",
        "  normalized: normalized0[slot\(agent)], query: query0[slot\(agent)], carried: carried[slot\(agent)])"
      )
    }
  }
}

extension AccessLevel {
  /// A declaration may only mention what an import of its own access brings.
  package var ofImports: String { self == .internal ? "" : "\(rawValue) " }
}
