import Foundation

/// A plan as people read it, and as programs do.
public struct PlanText {
  private let plan: Plan

  public init(_ plan: Plan) {
    self.plan = plan
  }

  /// The whole plan: shape, forms, recipes, memory, routines and phases. The same keys in the same order each time.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Names, whole numbers and the options' finite numbers always have a form in JSON.
    return String(decoding: try! encoder.encode(plan), as: UTF8.self)
  }

  /// Each phase with its routines, and their operations as generated code has them.
  public var text: String {
    let operands = OperandText(plan: plan)
    var lines: [String] = []
    for (title, phase) in phases where !phase.isEmpty {
      lines.append("\(title): \(phase.map(\.description).joined(separator: ", "))")
    }
    for routine in plan.routines {
      lines += ["", "\(routine.name): \(routine.summary)"]
      for operation in routine.operations {
        lines.append(
          CodeWriter.line("  " + operands.statement(operation), comment: operation.comment))
      }
    }
    return lines.joined(separator: "\n")
  }

  private var phases: [(String, [RoutineName])] {
    [
      ("act", plan.feedback), ("act, reward known", plan.shortFeedback),
      ("prepare", plan.preparation), ("prepare, reward known", plan.returnPreparation),
      ("after prepare", plan.afterPreparation), ("forward", plan.forward),
      ("one token", plan.token), ("\(plan.shape.chunkSize) tokens", plan.chunk),
    ]
  }
}
