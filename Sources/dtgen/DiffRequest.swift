import DTGenCommands
import DTGenReports

/// `dtgen diff`
struct DiffRequest {
  var old: String
  var new: String
  var json: Bool
  /// Whether the exit status tells that something differs, as `git diff --exit-code` does.
  var tellsByStatus: Bool

  func run() throws(InvalidInput) -> ExitStatus {
    let difference = try OutputDifference(old: old, new: new)
    Console.output(json ? difference.json : difference.text)
    return tellsByStatus && difference.verdict != .nothing ? .wrongInput : .done
  }
}
