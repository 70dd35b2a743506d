// Returns to go: what is kept from step to step, and the tokens that follow from it.

extension ControlLoopRenderer {
  /// What `act` and `prepare` take of the rewards.
  package var rewardType: String { agents.isOne ? "Float" : "Rewards" }

  /// The function that computes the next return tokens.
  package var returnToGo: String { agents.isOne ? "returnToGo" : "returnsToGo" }

  private var isExact: Bool { plan.steps.returns.rounding == .never }

  /// What a return to go is kept in, and those of all agents.
  package var returnType: String { isExact ? "Double" : "Float" }

  private var returnsType: String {
    guard !agents.isOne else { return returnType }
    return isExact ? "InlineArray<\(agents.count), Double>" : "Rewards"
  }

  /// What the kept return is, in words.
  package var returnUnits: String {
    (plan.steps.returns.offset == 0 ? "" : "less the return offset, ")
      + "divided by the return scale\(isExact ? ": the token is its float32" : "")"
  }

  /// The kept return as a token.
  package func token(_ kept: String) -> String { isExact ? "Float(\(kept))" : kept }

  /// `target`, environment units, as it is kept: less the offset, divided by the scale.
  package func keptReturn(_ target: String) -> String {
    let offset = number(plan.steps.returns.offset)
    let value = isExact ? "Double(\(target))" : target
    guard offset != "0" else { return scaled(value) }
    let difference = "\(value) - \(offset)"
    return scale == nil ? difference : scaled("(\(difference))")
  }

  /// `value` divided by the return scale.
  private func scaled(_ value: String) -> String { scale.map { "\(value) / \($0)" } ?? value }

  /// The divisor; nil where it is 1.
  private var scale: String? {
    let scale = plan.steps.returns.scale
    return scale == 1 ? nil : number(scale)
  }

  /// A number of codegen.json in the precision that returns are kept in.
  private func number(_ value: Double) -> String {
    isExact ? literal(value) : literal(Float(value))
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
    writer.scope(
      "private func \(returnToGo)(after \(rewards): \(rewardType)?) throws(\(agents.error)) -> \(returnsType)"
    ) { writer in
      if !agents.isOne { writer.write("var next = \(returnsType)(repeating: 0)") }
      agents.forEach(reads: true, to: &writer) { writer in
        // A call without a reward executes the same instructions as one with it: the choice is made between
        // integers (a conditional move; between floats it is a branch), and only the sum is tested (a test
        // of the reward would be known to succeed without one, and left out there).
        let paid = "(paid * \(agents.value(of: .rewardWeight)))"
        let reason = "paid.isFinite ? .nonFiniteReturn : .nonFiniteReward"
        writer.write(
          "guard !\(agents.value(of: .rewardIsKnown)) || \(rewards) == nil else { \(agents.failing(".rewardGivenTwice")) }",
          "let paid = Float(bitPattern: \(agents.isOne ? "reward?" : "rewards?[agent]").bitPattern ?? 0)",
          "\(agents.isOne ? "let " : "")\(next) = \(agents.value(of: .returnToGo)) - \(scaled(isExact ? "Double\(paid)" : paid))",
          "guard \(token(next)).isFinite else { \(agents.failing(reason)) }")
      }
      writer.write("return next")
    }
  }
}
