import Foundation

extension InspectionReport {
  /// What `expected.json` or `expected.safetensors` was found to be.
  package struct ExpectedRows: Encodable, Sendable {
    package var file: String
    package var rows: Int
    /// Of actions in environment units, or of logits.
    package var largestDifference: Double
  }

  /// Steps of the self test without the user's own rows: those of which errors by stage are shown.
  package var syntheticSteps: Int { (selfTest?.steps ?? 0) - (expectedRows?.rows ?? 0) }
}

extension InspectionReport.ExpectedRows {
  init(_ checked: CheckedRows) {
    file = checked.path.split(separator: "/").last.map(String.init) ?? checked.path
    rows = checked.count
    largestDifference = Double(String(format: "%.2e", checked.largestDifference))!
  }
}
