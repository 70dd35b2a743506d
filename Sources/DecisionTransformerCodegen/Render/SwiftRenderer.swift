/// Writes `<Name>.swift`: a function of shape and options only.
public struct SwiftRenderer {
  let plan: Plan
  private let version: String
  private let text: OperandText

  public init(plan: Plan, version: String) {
    self.plan = plan
    self.version = version
    text = OperandText(plan: plan)
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
    section("Kernels: one function per shape", to: &writer) {
      KernelRenderer(plan: plan).render(to: &$0)
    }
    section("Tiles: inner loops, unrolled", to: &writer) {
      TileRenderer(plan).render(to: &$0)
    }
    if plan.deployment.hasCInterface {
      CInterfaceRenderer(plan: plan).render(to: &writer)
    }
    return ModuleNames.qualify(writer.text)
  }

  private func controller(to writer: inout CodeWriter) {
    documentation(to: &writer)
    writer.scope(
      "\(access)nonisolated struct \(plan.deployment.name): ~Copyable, @unchecked Sendable"
    ) {
      writer in
      constants(to: &writer)
      storage(to: &writer)
      initializers(to: &writer)
    }
    writer.write("")
    let members: any PhaseMemberRenderer =
      plan.shape.batch == 1
      ? MemberRenderer(plan: plan) : BatchMemberRenderer(plan: plan)
    section("Episode", to: &writer) { members.episode(to: &$0) }
    section("Feedback phase: from \"state arrived\" to \"action known\"", to: &writer) {
      members.act(to: &$0)
      routines(plan.feedback, to: &$0)
    }
    section("Preparation phase: while the world moves", to: &writer) {
      members.prepare(to: &$0)
      routines(
        (plan.preparation + plan.afterPreparation).filter { !plan.shortFeedback.contains($0) },
        to: &$0)
    }
    section("One token at a time: the feedback phase when the reward was known early", to: &writer)
    {
      routines(plan.shortFeedback, to: &$0)
    }
    if !plan.forward.isEmpty {
      let forward = ForwardRenderer(plan: plan)
      section("Forward: a whole window at once, as Hugging Face's model", to: &writer) {
        forward.members(to: &$0)
        routines([.embedStep] + plan.forward, to: &$0)
        forward.support(to: &$0)
      }
    }
    SelfTestRenderer(plan: plan).render(to: &writer)
    section("Norms, softmax, window", to: &writer) {
      abbreviations(to: &$0)
      SupportRenderer(plan: plan).render(to: &$0)
    }
  }

  func abbreviations(to writer: inout CodeWriter) {
    writer.write("private typealias Vector = DecisionTransformer::Vector")
    writer.write("private typealias VectorMath = DecisionTransformer::VectorMath")
    writer.write("private typealias Floats = DecisionTransformer::Floats")
  }

  var access: String { "\(plan.deployment.access.rawValue) " }

  func section(
    _ title: String, to writer: inout CodeWriter, _ body: (inout CodeWriter) -> Void
  ) {
    writer.write("// MARK: - \(title)")
    writer.scope("nonisolated extension \(plan.deployment.name)") { writer in
      var content = CodeWriter()
      body(&content)
      let lines = content.lines.first == "" ? Array(content.lines.dropFirst()) : content.lines
      for line in lines { writer.write(line) }
    }
    writer.write("")
  }

  // MARK: Declaration

  private func documentation(to writer: inout CodeWriter) {
    writer.write(
      "/// A Decision Transformer with \(count(plan.shape.stateDimension, "state component")) and \(count(plan.shape.actionDimension, "action component")): the sliding-window loop of Hugging Face's"
    )
    writer.write("/// `get_action`, exact at every step, in environment units.")
    writer.write("///")
    if plan.shape.batch > 1 {
      writer.write(
        "/// It drives \(plan.shape.batch) agents, which step together through episodes of their own and read the weights once. Each has",
        "/// the actions that it would have alone.", "///")
    }
    writer.write(
      "/// `act` is the critical path; `prepare` does everything that does not need the next state and belongs"
    )
    writer.write(
      "/// between sending an action and the next state. Nothing after `init` allocates or locks, and every"
    )
    writer.write(
      "/// step performs the same operations. One controller is used by one thread at a time.")
  }

  private func constants(to writer: inout CodeWriter) {
    let shape = plan.shape
    writer.write(
      "/// One observation: \(count(shape.stateDimension, "number")), raw environment units.")
    writer.write("\(access)typealias State = InlineArray<\(shape.stateDimension), Float>")
    writer.write(
      "/// One action: \(count(shape.actionDimension, "number")), environment units.")
    writer.write("\(access)typealias Action = InlineArray<\(shape.actionDimension), Float>")
    if shape.batch > 1 { BatchMemberRenderer(plan: plan).types(to: &writer) }
    writer.write("")
    writer.write("/// Numbers of a state.")
    constant("stateDimension", "Int", literal(shape.stateDimension), to: &writer)
    writer.write("/// Numbers of an action.")
    constant("actionDimension", "Int", literal(shape.actionDimension), to: &writer)
    dimensions(to: &writer)
    writer.write("/// Control steps of context, K.")
    constant("window", "Int", literal(shape.window), to: &writer)
    writer.write("/// Steps of an episode for which the model has timesteps.")
    constant("maximumEpisodeLength", "Int", literal(shape.maximumEpisodeLength), to: &writer)
    sizes(to: &writer)
    let ofAll = shape.batch == 1 ? "" : ", of all agents"
    writer.write("/// Multiply-adds of one `act` that is given the reward\(ofAll).")
    constant(
      "feedbackMultiplyAdds", "Int", literal(plan.total(plan.feedback, \.multiplyAdds)), to: &writer
    )
    writer.write("/// Bytes of weights that such an `act` reads.")
    constant(
      "feedbackWeightBytes", "Int", literal(plan.total(plan.feedback, \.weightBytes)), to: &writer)
    writer.write("/// Multiply-adds of one `prepare` without a reward\(ofAll).")
    constant(
      "preparationMultiplyAdds", "Int", literal(plan.total(plan.preparation, \.multiplyAdds)),
      to: &writer)
    identity(to: &writer)
    if let target = plan.deployment.targetReturn {
      writer.write("/// What `reset()` asks for, environment units.")
      constant("defaultTargetReturn", "Float", literal(Float(target)), to: &writer)
    }
    writer.write("")
    implementationConstants(to: &writer)
  }

  /// The shape of the transformer.
  func dimensions(to writer: inout CodeWriter) {
    let shape = plan.shape
    writer.write("/// Numbers of a token, H.")
    constant("hiddenSize", "Int", literal(shape.hiddenSize), to: &writer)
    writer.write("/// Blocks of the transformer, L.")
    constant("layerCount", "Int", literal(shape.layerCount), to: &writer)
    writer.write("/// Attention heads of a block.")
    constant("headCount", "Int", literal(shape.headCount), to: &writer)
    writer.write("/// Inner numbers of a block's MLP.")
    constant("innerSize", "Int", literal(shape.innerSize), to: &writer)
  }

  func sizes(to writer: inout CodeWriter) {
    writer.write(
      "/// Bytes of memory a \(plan.network.instanceName) works in.")
    constant("memorySize", "Int", literal(plan.memory.byteCount), to: &writer)
    writer.write("/// Bytes that the address of this memory is a multiple of.")
    constant("memoryAlignment", "Int", String(ControllerMemory.alignment), to: &writer)
    writer.write("/// Bytes of packed weights without their header.")
    constant("packedWeightsSize", "Int", literal(plan.weights.byteCount), to: &writer)
  }

  func identity(to writer: inout CodeWriter) {
    writer.write(
      "/// Identifies the layout of the packed weights; `init` refuses weights of another one.")
    constant("layoutDigest", "UInt64", "0x\(plan.layoutDigestText)", to: &writer)
    writer.write("/// The version of dtgen that wrote this file.")
    constant("generatorVersion", "StaticString", "\"\(version)\"", to: &writer)
  }

  func implementationConstants(to writer: inout CodeWriter) {
    writer.write(
      "/// Does not compile against a DecisionTransformer library of another generation: generate the file anew."
    )
    writer.write("private typealias Format = GeneratedCodeFormat2")
  }

  func constant(
    _ name: String, _ type: String, _ value: String, to writer: inout CodeWriter
  ) {
    writer.write("\(access)static var \(name): \(type) { \(value) }")
  }

  func pointers(to writer: inout CodeWriter) {
    writer.write("")
    writer.write("private let packedWeights: PackedWeights", "private let storage: AlignedMemory")
    writer.write("private let weights: Floats, memory: Floats")
  }

  func buffers(to writer: inout CodeWriter) {
    for buffer in plan.memory.buffers {
      let place = buffer.offset == 0 ? "memory" : "memory + \(literal(buffer.offset))"
      writer.write(
        "private var \(buffer.name.identifier): Floats { \(place) }")
    }
  }

  private func storage(to writer: inout CodeWriter) {
    pointers(to: &writer)
    if plan.shape.batch == 1 {
      episodeStorage(to: &writer)
    } else {
      BatchMemberRenderer(plan: plan).storage(to: &writer)
    }
    buffers(to: &writer)
  }

  private func episodeStorage(to writer: inout CodeWriter) {
    writer.write(
      "/// Whether an episode runs, and whether its latest action waits to join the history.")
    writer.write("private var isStarted = false, awaitsPreparation = false")
    writer.write(
      "/// The step that `act` computes next, or has computed, from the episode's start.")
    writer.write("private var timestep = 0")
    writer.write("/// Of the last return token, divided by the return scale.")
    writer.write("private var returnToGo: Float = 0")
    writer.write(
      "/// 1 where the next reward counts; 0 in an episode's first step and after a new target.")
    writer.write("private var rewardWeight: Float = 0")
    writer.write(
      "/// Whether `prepare` was given the reward, and whether it has computed the return token.")
    writer.write("private var rewardIsKnown = false, returnIsPrepared = false")
    ForwardRenderer(plan: plan).storage(to: &writer)
    writer.write("")
  }

  // MARK: Phases

  func routines(_ names: [RoutineName], to writer: inout CodeWriter) {
    for routine in plan.routines
    where names.contains(routine.name) && !isWritten(routine.name, before: names) {
      writer.write("", "/// \(routine.summary)\(cost(of: routine))")
      let parameter = routine.takesToken ? "token: Int" : ""
      writer.scope("@_noAllocation @_noLocks private func \(routine.name)(\(parameter))") {
        writer in
        text.write(routine.operations, to: &writer)
      }
    }
  }

  /// `embedState` and the last layer are part of both feedback phases but written once.
  private func isWritten(_ name: RoutineName, before names: [RoutineName]) -> Bool {
    names == plan.shortFeedback && plan.feedback.contains(name)
  }

  private func cost(of routine: Routine) -> String {
    routine.multiplyAdds == 0
      ? "" : " \(literal(routine.multiplyAdds).replacing("_", with: " ")) multiply-adds."
  }

  private func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
  }
}

extension AccessLevel {
  /// A declaration may only mention what an import of its own access brings.
  var ofImports: String { self == .internal ? "" : "\(rawValue) " }
}
