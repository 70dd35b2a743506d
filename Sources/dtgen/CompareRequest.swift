import DTGenCommands
import DTGenReports

/// `dtgen compare`
struct CompareRequest {
  /// What generated code is held to.
  static let defaultTolerance = 2e-5

  var folder: String
  var golden: String
  var tolerance: Double
  var json: Bool

  /// `.wrongInput` where a stage is beyond the tolerance.
  func run() throws(InvalidInput) -> ExitStatus {
    let report = try ComparisonReport(folder: folder, golden: golden, tolerance: tolerance)
    Console.output(json ? report.json : report.text)
    return report.passed ? .done : .wrongInput
  }
}
