// Returns to go: what is kept from step to step, and the tokens that follow from it.

extension ControlLoopRenderer {
  /// What `act` and `prepare` take of the rewards.
  package var rewardType: String { agents.isOne ? "Float" : "Rewards" }

  /// The function that computes the next return tokens.
  package var returnToGo: String { agents.isOne ? "returnToGo" : "returnsToGo" }

  private var rounding: ReturnRounding { plan.steps.returns.rounding }

  private var isExact: Bool { rounding != .step }

  /// What a return to go is kept in, and those of all agents.
  package var returnType: String { isExact ? "Double" : "Float" }

  private var returnsType: String {
    guard !agents.isOne else { return returnType }
    return isExact ? "InlineArray<\(agents.count), Double>" : "Rewards"
  }

  /// What the kept return is, in words.
  package var returnUnits: String {
    guard !rounding.keepsEnvironmentUnits else { return "environment units" }
    return (plan.steps.returns.offset == 0 ? "" : "less the return offset, ")
      + "divided by the return scale\(isExact ? ": the token is its float32" : "")"
  }

  /// The kept return as a token.
  package func token(_ kept: String) -> String {
    switch rounding {
    case .step: kept
    case .first, .never: "Float(\(kept))"
    case .unscaled: modelUnits("Float(\(kept))", Float.self)
    case .integer: modelUnits("Float(WholeReturn.towardZero(\(kept)))", Float.self)
    }
  }

  private func tokenIsFinite(_ kept: String) -> String {
    rounding.keepsEnvironmentUnits
      ? "(\(token(kept))).isFinite" : "\(token(kept)).isFinite"
  }

  /// `target`, environment units, as it is kept.
  package func keptReturn(_ target: String) -> String {
    switch rounding {
    case .step: modelUnits(target, Float.self)
    case .first: "Double(\(modelUnits(target, Float.self)))"
    case .unscaled, .integer: "Double(\(target))"
    case .never: modelUnits("Double(\(target))", Double.self)
    }
  }

  /// Less the offset, divided by the scale, numbers of codegen.json in this precision.
  private func modelUnits<Number: BinaryFloatingPoint>(_ target: String, _: Number.Type) -> String {
    let offset = literal(Number(plan.steps.returns.offset))
    guard offset != "0" else { return scaled(target, Number.self) }
    let difference = "\(target) - \(offset)"
    return plan.steps.returns.scale == 1 ? difference : scaled("(\(difference))", Number.self)
  }

  /// `value` divided by the return scale.
  private func scaled<Number: BinaryFloatingPoint>(_ value: String, _: Number.Type) -> String {
    let scale = plan.steps.returns.scale
    return scale == 1 ? value : "\(value) / \(literal(Number(scale)))"
  }

  package func nextReturn(to writer: inout CodeWriter) {
    writer.write("")
    let precision =
      isExact ? "kept in double precision" : "float32, as in the published loop"
    document(
      one: ["The next return token: \(precision)."],
      several: ["The next return tokens: \(precision)."], to: &writer)
    begin(to: &writer)
    let (rewards, next) = (agents.name("reward"), agents.part(of: "next"))
    let paid = "(paid * \(agents.value(of: .rewardWeight)))"
    let spent =
      switch rounding {
      case .step: scaled(paid, Float.self)
      case .unscaled, .integer: "Double\(paid)"
      case .first, .never: scaled("Double\(paid)", Double.self)
      }
    writer.scope(
      "private func \(returnToGo)(after \(rewards): \(rewardType)?) throws(\(agents.error)) -> \(returnsType)"
    ) { writer in
      if !agents.isOne { writer.write("var next = \(returnsType)(repeating: 0)") }
      agents.forEach(reads: true, to: &writer) { writer in
        // A call without a reward executes the same instructions as one with it: the choice is made between
        // integers (a conditional move; between floats it is a branch), and only the sum is tested (a test
        // of the reward would be known to succeed without one, and left out there).
        let reason = "paid.isFinite ? .nonFiniteReturn : .nonFiniteReward"
        writer.write(
          "guard !\(agents.value(of: .rewardIsKnown)) || \(rewards) == nil else { \(agents.failing(".rewardGivenTwice")) }",
          "let paid = Float(bitPattern: \(agents.isOne ? "reward?" : "rewards?[agent]").bitPattern ?? 0)",
          "\(agents.isOne ? "let " : "")\(next) = \(agents.value(of: .returnToGo)) - \(spent)",
          "guard \(tokenIsFinite(next)) else { \(agents.failing(reason)) }")
      }
      writer.write("return next")
    }
  }
}
