import CDecisionTransformer

extension dt_self_test_report {
  /// The report as C is told it.
  init(_ report: SelfTestReport) {
    self.init(
      step_count: Int32(truncatingIfNeeded: report.stepCount),
      comparison_count: Int32(truncatingIfNeeded: report.comparisonCount),
      has_failed: report.firstFailure == nil ? 0 : 1, worst: dt_comparison(report.worst),
      first_failure: report.firstFailure.map { dt_comparison($0) } ?? dt_comparison())
  }
}

extension dt_comparison {
  fileprivate init(_ comparison: SelfTestReport.Comparison) {
    let stage: Int =
      switch comparison.stage {
      case .embedding: 0
      case .block(let layer): 1 + layer
      case .action: -1
      case .expectedAction: -2
      }
    self.init(
      stage: Int32(truncatingIfNeeded: stage), step: Int32(truncatingIfNeeded: comparison.step),
      index: Int32(truncatingIfNeeded: comparison.index), difference: comparison.difference,
      tolerance: comparison.tolerance)
  }
}

extension SelfTestStage {
  /// The stage that a header calls so: 0 is the embedding, 1 and more the blocks, -1 an action, -2 an expected one.
  public init(numberInC number: Int32) {
    self =
      switch number {
      case -2: .expectedAction
      case ..<0: .action
      case 0: .embedding
      default: .block(layer: Int(number) - 1)
      }
  }
}
