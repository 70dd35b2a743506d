import DecisionTransformer
import Foundation
import Programs

/// What the program prints when it has finished: as text and as JSON.
enum Report {
  // MARK: Episodes

  /// One line.
  static func text(_ outcome: Outcome) -> String {
    let steps = outcome.isComplete ? "" : " after \(outcome.steps) steps"
    return "seed \(outcome.seed)  target \(number(Double(outcome.target)))  "
      + String(
        format: "return %.1f%@  act %.1f µs  prepare %.1f µs", outcome.achieved,
        steps as NSString, outcome.act, outcome.prepare) + buildRemark
  }

  /// Above latencies: the instructions they were built for.
  static var build: String {
    "built for \(Processor.buildInstructions)" + (Processor.buildAdvice.map { "; \($0)" } ?? "")
  }

  /// Behind latencies.
  static var buildRemark: String {
    #if DEBUG
      " (debug build)"
    #else
      ""
    #endif
  }

  static func json(_ outcomes: [Outcome]) -> String {
    let objects = outcomes.map {
      "{\"seed\": \($0.seed), \"target\": \(number(Double($0.target))), "
        + "\"return\": \(number($0.achieved)), \"steps\": \($0.steps)}"
    }
    return "{\"episodes\": [\(objects.joined(separator: ", "))]}"
  }

  // MARK: Sweeps

  static func text(_ sweep: Sweep) -> String {
    let rows = sweep.rows.map { row in
      let target = number(Double(row.target))
      return String(repeating: " ", count: max(0, 8 - target.count)) + target
        + String(
          format: "  %9.1f  %7.1f  %9.1f  %9.1f", row.mean, row.deviation, row.returns.min()!,
          row.returns.max()!)
    }
    return """
      Pendulum-v1, \(seeds(sweep)), std of the returns as they are
        target       mean      std     lowest    highest
      \(rows.joined(separator: "\n"))
      """
  }

  static func json(_ sweep: Sweep) -> String {
    let rows = sweep.rows.map { row in
      "{\"target\": \(number(Double(row.target))), \"mean\": \(number(row.mean)), "
        + "\"std\": \(number(row.deviation)), "
        + "\"returns\": [\(row.returns.map(number).joined(separator: ", "))]}"
    }
    return "{\"sweep\": [\(rows.joined(separator: ", "))]}"
  }

  static func seeds(_ sweep: Sweep) -> String {
    guard let first = sweep.seeds.first, let last = sweep.seeds.last, first != last else {
      return "seed \(sweep.seeds.first ?? 0)"
    }
    return "seeds \(first) to \(last)"
  }

  /// All its digits, and no fraction where there is none.
  static func number(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
