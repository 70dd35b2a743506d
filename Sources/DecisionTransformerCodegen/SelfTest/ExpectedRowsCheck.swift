import Foundation

/// Rows that a model folder expects and its checkpoint has given.
public struct CheckedRows: Equatable, Sendable {
  /// The file as messages name it.
  public var path: String
  public var count: Int
  /// Environment units; of numbered actions, how far the expected action's logit is below the largest.
  public var largestDifference: Double
  /// K of the model: fewer rows than that say nothing of it.
  public var window: Int

  /// What a command says of them.
  public var note: Diagnostic {
    Diagnostic(
      .note, path: path,
      "\(summary): the checkpoint with this codegen.json gives these actions"
        + (count > window
          ? "" : "; with more rows than the window's \(window) they would check the window, too"))
  }

  /// How many, and how far off.
  package var summary: String {
    "\(count) row\(count == 1 ? "" : "s"), off by at most \(String(format: "%.1e", largestDifference))"
  }
}

/// Replays expected rows with the reference: the published formulas in double precision, the checkpoint as it is, the
/// options of codegen.json.
package struct ExpectedRowsCheck {
  /// The most actions that are printed one by one.
  private static let mostLines = 8

  private let rows: ExpectedRows
  private let model: Model
  private var problems: [Diagnostic] = []
  private var firstWrongRow: Int?
  private var largest = (difference: 0.0, place: "actions[0]")

  /// - Throws: What differs by more than the tolerance, and where to look.
  package static func run(
    _ rows: ExpectedRows, _ model: Model, _ checkpoint: Checkpoint
  ) throws(InvalidInput) -> CheckedRows {
    var check = ExpectedRowsCheck(rows: rows, model: model)
    check.replay(checkpoint)
    guard check.problems.isEmpty else { throw InvalidInput(check.lines) }
    return CheckedRows(
      path: rows.path, count: rows.count, largestDifference: check.largest.difference,
      window: model.window)
  }

  private init(rows: ExpectedRows, model: Model) {
    self.rows = rows
    self.model = model
  }

  private mutating func replay(_ checkpoint: Checkpoint) {
    var controller = ReferenceController(model: model, checkpoint: checkpoint)
    controller.reset(targetReturn: rows.targetReturn)
    for (row, state) in rows.states.enumerated() {
      let prediction = controller.act(state: state, reward: row == 0 ? 0 : rows.rewards[row])
      guard model.options.actions == .discrete else {
        compare(controller.environmentAction(prediction), row)
        continue
      }
      let expected = rows.actions[row].firstIndex(of: 1)!
      compare(prediction, controller.greedyAction(prediction), expected, row)
      controller.execute(number: expected)
    }
  }

  /// Of actions that are vectors.
  private mutating func compare(_ action: [Double], _ row: Int) {
    for (index, (value, expected)) in zip(rows.actions[row], action).enumerated() {
      let tolerance = rows.tolerance(model, index, expected: expected)
      compare(abs(value - expected), tolerance, row, "actions[\(row)][\(index)]") {
        "found \(Float(value)), the checkpoint with this codegen.json gives \(Float(expected)); accepted: within "
          + "\(Float(tolerance))"
      }
    }
  }

  /// Of numbered actions: the largest logit's, or one that is as good as equal.
  private mutating func compare(_ logits: [Double], _ best: Int, _ number: Int, _ row: Int) {
    let tolerance = rows.tolerance(model, number, expected: logits[number])
    let difference = logits[best] - logits[number]
    compare(difference, tolerance, row, "actions[\(row)]") {
      "found \(number), the checkpoint with this codegen.json gives \(best), whose logit is larger by "
        + "\(Float(difference)); accepted: within \(Float(tolerance))"
    }
  }

  private mutating func compare(
    _ difference: Double, _ tolerance: Double, _ row: Int, _ place: String, _ message: () -> String
  ) {
    let difference = difference.isNaN ? .infinity : difference
    if difference > largest.difference { largest = (difference, place) }
    guard difference > tolerance else { return }
    firstWrongRow = firstWrongRow ?? row
    problems.append(Diagnostic(path: rows.path, key: place, message()))
  }

  /// The first of them, how many there are, and where to look.
  private var lines: [Diagnostic] {
    let isNumbered = model.options.actions == .discrete
    let count = isNumbered ? rows.count : rows.count * model.config.actionDimension
    let question =
      firstWrongRow == 0
      ? "are \(units.joined(separator: ", ")) those of training, and the rows of this checkpoint?"
      : "rows in front of \(firstWrongRow!) agree: is each reward that of the step before, and is window "
        + "(\(model.window) steps) that of training?"
    return problems.prefix(Self.mostLines) + [
      Diagnostic(
        path: rows.path, key: "actions",
        "\(problems.count) of \(count)\(isNumbered ? "" : " numbers") are beyond that, by \(Float(largest.difference)) at "
          + "\(largest.place) at most; \(question)")
    ]
  }

  /// Keys that decide the first action.
  private var units: [String] {
    var keys = model.mayNormalizeStates ? ["state_mean", "state_std"] : []
    if model.config.hasReturnTokens { keys += ["return_scale", "target_return"] }
    if model.options.actions == .continuous { keys += ["action_scale", "action_offset"] }
    return keys
  }
}
