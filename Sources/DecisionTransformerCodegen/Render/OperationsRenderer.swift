/// Writes the operations of both phases one by one, for benchmarks that ask where the time goes: `"explain": true`.
package struct OperationsRenderer {
  package let plan: Plan
  private let text: OperandText

  package init(plan: Plan) {
    self.plan = plan
    text = OperandText(plan: plan)
  }

  /// A line of a phase.
  private struct Line {
    var phase: String
    var call: PhaseCall
    var operation: Operation
    var statement: String
  }

  private var lines: [Line] {
    let phases = [("act", plan.act), ("prepare", plan.prepare)]
    return phases.flatMap { phase, steps in
      steps.calls { _ in false }.flatMap { call in
        if call.name == .readAhead {
          return [
            Line(
              phase: phase, call: call, operation: plan.wholeReadAhead, statement: Self.readAhead)
          ]
        }
        return plan.routine(call.name).operations.map { operation in
          Line(
            phase: phase, call: call, operation: operation, statement: text.statement(operation))
        }
      }
    }
  }

  /// How much it reads is the running processor's, so it is one operation.
  package static let readAhead = "Kernels.readAhead(weights, memory, count: readAheadCount)"
  package func render(to writer: inout CodeWriter) {
    let (lines, access) = (lines, plan.deployment.access.rawValue)
    let type = "nonisolated extension \(plan.deployment.name)"
    writer.write("// MARK: - Operations one by one")
    writer.section(type) { writer in
      writer.write(
        "/// How many operations `act` with a reward and `prepare` without one have.",
        "\(access) static var operationCount: Int { \(lines.count) }", "",
        "/// Runs one of these operations on the memory as it is, for measurements: what the loop computes behind it is",
        "/// of no use before the next `reset`.", "///",
        "/// - Precondition: `0 <= index && index < operationCount`, and an episode has begun.")
      writer.scope("@_noAllocation @_noLocks \(access) mutating func run(operation index: Int)") {
        choice(of: lines, to: &$0, statement)
      }
    }
    writer.write("", "#if !hasFeature(Embedded)")
    writer.section(type) { writer in
      writer.write(
        "/// The operations of `act`, then those of `prepare`, in their order.", "///",
        "/// - Precondition: `0 <= index && index < operationCount`")
      writer.scope("\(access) static func operation(_ index: Int) -> PhaseOperation") {
        choice(of: lines, to: &$0, declaration)
      }
    }
    writer.write("#endif", "")
  }

  private func choice(
    of lines: [Line], to writer: inout CodeWriter, _ text: (Line) -> String
  ) {
    writer.write("switch index {")
    for (index, line) in lines.enumerated() {
      writer.write(index == lines.count - 1 ? "default:" : "case \(index):", "  \(text(line))")
    }
    writer.write("}")
  }

  /// The operation's own line, with the slot that its routine is told.
  private func statement(_ line: Line) -> String {
    // The kernels' file has a name for the runtime's functions.
    if line.statement.hasPrefix("VectorMath.") { return "Kernels.\(line.statement)" }
    guard let token = line.call.token, line.statement.contains(/\btoken\b/) else {
      return line.statement
    }
    return "do { let token = \(text.slot(token)); \(line.statement) }"
  }

  private func declaration(_ line: Line) -> String {
    let operation = line.operation
    let name = line.statement.prefix { $0 != "(" }.split(separator: ".").last ?? ""
    let tensors = operation.weights.map { plan.weights.tensors[$0].name }
    let set = WorkingSet(operation, in: plan, token: line.call.token, step: line.call.step)
    let precisions = WeightPrecision.allCases.map {
      let bytes = bytes(of: operation, in: $0.format) ?? set.weightBytes
      return "\"\($0.rawValue)\": \(literal(bytes))"
    }
    let arguments = [
      ".\(line.phase)", "\"\(line.call.name)\"", "\"\(name)\"",
      "tensors: \"\(tensors.joined(separator: ", "))\"",
      "multiplyAdds: \(literal(operation.multiplyAdds))",
      "weightBytes: \(literal(set.weightBytes))", "[\(precisions.joined(separator: ", "))]",
      "memoryBytes: \(literal(set.memoryBytes))",
    ]
    return "PhaseOperation(\(arguments.joined(separator: ", ")))"
  }

  /// What a product with a block's matrix would read of it in another format; nil of anything else.
  private func bytes(of operation: Operation, in format: WeightFormat) -> Int? {
    guard case .linear(let kernel, _, let index, _, _, _) = operation.kind,
      case .linear(_, let depth, let columns, _, _, _) = kernel,
      plan.weights.tensors[index].content.layer != nil
    else { return nil }
    return MemoryLayout<Float>.stride * Shape.stride(columns) * format.rowCount(depth: depth)
  }
}
