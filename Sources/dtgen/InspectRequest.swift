import DTGenCommands
import DTGenReports
import Foundation

/// `dtgen inspect`
struct InspectRequest {
  var folder: String
  var json: Bool
  /// The page to write, and a measurement and a recorded episode to show on it.
  var html: String?
  var bench: String?
  var golden: String?

  func run() throws(InvalidInput) {
    let compilation = try ModelFolderCompilation.run(folder, codeOnly: false)
    for remark in compilation.remarks { Console.error(remark.description) }
    if let html {
      try writePage(compilation, to: html)
      return
    }
    let report = InspectionReport(compilation)
    Console.output(json ? report.json : report.text)
  }

  private func writePage(_ compilation: Compilation, to path: String) throws(InvalidInput) {
    var benchmark: LatencyBenchmark?
    if let bench {
      benchmark = try LatencyBenchmark.read(
        path: bench, model: compilation.model.name, plan: compilation.plan)
    }
    let episode = try golden.map { path throws(InvalidInput) in
      try ComparisonReport(
        folder: folder, golden: path, tolerance: CompareRequest.defaultTolerance)
    }
    let errors = try Console.showing(
      "dtgen: measuring the matrices of \(compilation.model.name)", part: "measured"
    ) { progress throws(InvalidInput) in try MatrixErrors(folder, progress: progress) }
    let page = InspectionPage(
      compilation, benchmark: benchmark, matrixErrors: errors, episode: episode)
    let outcome = try OutputFolder.write(Array(page.html.utf8), to: path)
    Console.output("\(outcome.rawValue) \(path)")
  }
}
