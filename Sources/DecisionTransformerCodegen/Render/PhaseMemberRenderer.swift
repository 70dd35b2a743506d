/// Writes the members that drive the phases, for one agent or for a batch.
protocol PhaseMemberRenderer {
  var plan: Plan { get }
  var model: Model { get }

  /// `reset` and `retarget`.
  func episode(to writer: inout CodeWriter)
  /// `act` and what it needs.
  func act(to writer: inout CodeWriter)
  /// `prepare` and what it needs.
  func prepare(to writer: inout CodeWriter)
}

extension PhaseMemberRenderer {
  var access: String { "\(model.options.access.rawValue) " }
  var hasPast: Bool { plan.shape.pastTokenCount > 0 }
  var length: String { literal(plan.shape.maximumEpisodeLength) }
  var endsEpisodes: Bool { model.options.timestepOverflow == .error }

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
    let scale = model.options.returnScale
    return scale == 1 ? value : "\(value) / \(literal(Float(scale)))"
  }

  /// `prediction`, an action's component `index` in model units, in environment units: times the scale, plus the offset.
  func environmentUnits(_ prediction: String) -> String {
    prediction + (actionScale.map { " * \($0)" } ?? "") + (actionOffset.map { " + \($0)" } ?? "")
  }

  /// `executed`, an action's component `index` in environment units, in model units.
  func modelUnits(_ executed: String) -> String {
    let difference = actionOffset.map { "\(executed) - \($0)" }
    guard let scale = actionScale else { return difference ?? executed }
    return "\(difference.map { "(\($0))" } ?? executed) / \(scale)"
  }

  /// The factor of the action's component `index`; nil where all are 1.
  private var actionScale: String? {
    perAction(.actionScale, model.actionScale[0], unless: 1)
  }

  /// What is added to it; nil where that is nothing.
  private var actionOffset: String? {
    perAction(.actionOffset, model.actionOffset[0], unless: 0)
  }

  private func perAction(
    _ content: PackedTensor.Content, _ number: Double, unless neutral: Float
  ) -> String? {
    if plan.weights.contains(content) {
      return "weights[\(literal(plan.weights.tensor(content).offset)) + index]"
    }
    return Float(number) == neutral ? nil : literal(Float(number))
  }
}
