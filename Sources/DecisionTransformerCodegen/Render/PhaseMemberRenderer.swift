/// Writes the members that drive the phases, for one agent or for a batch.
protocol PhaseMemberRenderer {
  var plan: Plan { get }

  /// `reset` and `retarget`.
  func episode(to writer: inout CodeWriter)
  /// `act` and what it needs.
  func act(to writer: inout CodeWriter)
  /// `prepare` and what it needs.
  func prepare(to writer: inout CodeWriter)
}

extension PhaseMemberRenderer {
  var access: String { "\(plan.deployment.access.rawValue) " }
  var hasPast: Bool { plan.shape.pastTokenCount > 0 }
  var length: String { literal(plan.shape.maximumEpisodeLength) }
  var endsEpisodes: Bool { plan.steps.endsEpisodes }

  func begin(to writer: inout CodeWriter) { writer.write("@_noAllocation @_noLocks") }

  /// Calls the routines `names` in order; those for any token, for `token`.
  func phase(_ names: [RoutineName], to writer: inout CodeWriter, token: Int) {
    for name in names {
      let takesToken = plan.routines.first { $0.name == name }?.takesToken ?? false
      writer.write("\(name)(\(takesToken ? "token: \(token)" : ""))")
    }
  }

  /// The feedback phase: one token where the return token was prepared, else two.
  func feedback(to writer: inout CodeWriter, nextReturn: @escaping (inout CodeWriter) -> Void) {
    // The last block and the head are the same whether the return token was prepared or not.
    let tail = Set(plan.feedback).intersection(plan.shortFeedback).subtracting([.embed(.state)])
    let state = plan.shape.stateToken
    writer.branches([
      (
        "returnIsPrepared",
        { phase(plan.shortFeedback.filter { !tail.contains($0) }, to: &$0, token: state) }
      ),
      (
        nil,
        {
          nextReturn(&$0)
          phase(plan.feedback.filter { !tail.contains($0) }, to: &$0, token: state)
        }
      ),
    ])
    phase(plan.feedback.filter { tail.contains($0) }, to: &writer, token: state)
  }

  /// The state in the row `input` minus its mean.
  func subtractMean(_ input: String, to writer: inout CodeWriter) {
    let offset = plan.weights.tensor(.stateMean).offset
    let mean = offset == 0 ? "weights" : "weights + \(literal(offset))"
    writer.vectors(of: plan.shape.stateStride) {
      "(Vector(at: \(input)\($0)) - Vector(at: \(mean)\($0))).store(at: \(input)\($0))"
    }
  }

  /// `value` divided by the return scale.
  func scaled(_ value: String) -> String {
    let scale = plan.steps.returnScale
    return scale == 1 ? value : "\(value) / \(literal(Float(scale)))"
  }

  /// A multiplication by the factor of the action's component `index`, or a division; nothing where all are 1.
  func timesScale(_ sign: String = "*") -> String {
    if plan.weights.contains(.actionScale) {
      return " \(sign) weights[\(literal(plan.weights.tensor(.actionScale).offset)) + index]"
    }
    let scale = Float(plan.steps.action.scale[0])
    return scale == 1 ? "" : " \(sign) \(literal(scale))"
  }
}
