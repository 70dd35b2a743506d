/// The calls of a generated type as sequences of operations, each with what it costs.
package struct CostTimeline: Equatable, Sendable {
  /// One call.
  package struct Phase: Equatable, Sendable {
    package var name: String
    package var explanation: String
    /// Whether somebody waits for it: the critical path.
    package var isCritical: Bool
    package var stages: [Stage]
    /// Bytes of weights and memory that it touches; nil of what is no whole call, or a rarer one.
    package var workingSetBytes: Int?

    package var multiplyAdds: Int { stages.reduce(0) { $0 + $1.multiplyAdds } }
    package var weightBytes: Int { stages.reduce(0) { $0 + $1.weightBytes } }
  }

  /// A method of the generated type.
  package struct Stage: Equatable, Sendable {
    package var name: String
    package var summary: String
    package var bars: [Bar]

    package var multiplyAdds: Int { bars.reduce(0) { $0 + $1.multiplyAdds } }
    package var weightBytes: Int { bars.reduce(0) { $0 + $1.weightBytes } }
    /// What most of its multiply-adds are for.
    package var role: LayoutMap.Role {
      bars.max { $0.multiplyAdds < $1.multiplyAdds }?.role ?? .other
    }
  }

  /// An operation.
  package struct Bar: Equatable, Sendable {
    /// What it is, for people: `matrix product`.
    package var kind: String
    /// Rows by depth by columns, where a kernel has them.
    package var shape: String
    /// The line of generated code.
    package var statement: String
    /// The checkpoint's tensors.
    package var comment: String
    package var role: LayoutMap.Role
    package var multiplyAdds: Int
    package var weightBytes: Int
  }

  package var phases: [Phase]
  /// Multiply-adds of Hugging Face's loop for one action; nil for a trunk.
  package var plainGraphMultiplyAdds: Int?

  package init(_ plan: Plan) {
    let text = OperandText(plan: plan)
    let touched = Dictionary(
      uniqueKeysWithValues: plan.workingSets.map { ($0.name, $0.set.byteCount) })
    func phase(
      _ name: String, _ routines: [RoutineName], isCritical: Bool = false, _ explanation: String
    ) -> Phase? {
      guard !routines.isEmpty else { return nil }
      return Phase(
        name: name, explanation: explanation, isCritical: isCritical,
        stages: routines.map { Stage(plan.routine($0), plan, text) }, workingSetBytes: touched[name]
      )
    }
    guard plan.shape.tokenCapacity == nil else {
      phases = [
        phase("one token", plan.token, "What one token takes, all blocks and ln_f."),
        phase(
          "\(plan.shape.chunkSize) tokens", plan.chunk,
          "What \(plan.shape.chunkSize) tokens take together."),
      ].compactMap(\.self)
      return
    }
    phases = [
      phase(
        "act", plan.feedback, isCritical: true, "The critical path: from the state to the action."),
      phase(
        "prepare", plan.preparation,
        "While the world moves: nobody waits, unless the step is short."
      ),
      phase(
        "act, reward known", plan.shortFeedback, isCritical: true,
        "The critical path after prepare(executed:reward:), which has computed the return token."),
      phase(
        "prepare, reward known", plan.returnPreparation,
        "What prepare(executed:reward:) does in addition: the return token."),
      phase("forward", plan.forward, "forward, once the steps are embedded."),
    ].compactMap(\.self)
    plainGraphMultiplyAdds = plan.plainGraph.multiplyAdds
  }
}

extension CostTimeline.Stage {
  fileprivate init(_ routine: Routine, _ plan: Plan, _ text: OperandText) {
    name = "\(routine.name)"
    summary = routine.summary
    bars = routine.operations.map { operation in
      CostTimeline.Bar(
        kind: operation.kindText, shape: operation.kernel?.shapeText ?? "",
        statement: text.statement(operation), comment: operation.comment,
        role: operation.role(plan), multiplyAdds: operation.multiplyAdds,
        weightBytes: operation.weightBytes)
    }
  }
}

extension Operation {
  fileprivate var kindText: String {
    switch kind {
    case .linear: "matrix product"
    case .convolve: "convolution"
    case .slideFrames: "move frames by one step"
    case .normalize, .normalizeNumbers: "layer norm"
    case .embedTimestep(_, _, let norm): norm == nil ? "timestep" : "timestep and embed_ln"
    case .position(_, _, _, _, let norm, _): norm == nil ? "positions" : "positions and embed_ln"
    case .enter: "timestep, embed_ln and ln_1"
    case .centerTime: "timestep"
    case .center: "subtract the mean"
    case .activateCarried: "ln_2 and activation"
    case .scores: "attention scores"
    case .softmax: "softmax"
    case .mix: "weighted sum of values"
    case .storeKeys: "keys into panels"
    case .slide: "move rows by one step"
    case .read: "into a near cache"
    case .maskTokens: "mask of keys"
    case .recordTokens, .recordSteps, .recordAttention: "output"
    case .correctUnattended: "correction where no key is seen"
    case .scaleAndShift: "gain and shift"
    }
  }

  fileprivate func role(_ plan: Plan) -> LayoutMap.Role {
    switch kind {
    case .linear(_, _, let weights, _, _, _), .convolve(_, _, let weights, _, _, _):
      plan.weights.tensors[weights].content.role
    case .scores, .mix: .attention
    case .embedTimestep, .position, .enter, .centerTime: .embedding
    default: .other
    }
  }
}

extension Kernel {
  fileprivate var shapeText: String {
    switch self {
    case .convolve(let shape, _):
      "\(shape.outputRows * shape.outputColumns) × \(shape.depth) × \(shape.filters)"
    case .linear(let rows, let depth, let columns, _, _, _): "\(rows) × \(depth) × \(columns)"
    case .scores(let rows, let heads, let depth, _, _, _):
      "\(rows) rows × \(heads) heads × \(depth)"
    case .rowScores(let rows, let depth, let keys, _, _, _):
      "\(rows) rows × \(keys) keys × \(depth)"
    case .mix(let rows, let heads, let keys, let columns, _, _, _, _, _):
      "\(rows) rows × \(heads) heads × \(keys) keys × \(columns)"
    case .storeKeys(let heads, let depth, _, _): "\(heads) heads × \(depth)"
    }
  }
}
