import DTGenCommands
import DTGenReports
import DecisionTransformerCodegen
import Foundation

/// `dtgen calibrate`
struct CalibrateRequest {
  var folder: String
  var maximumActionError: Double?
  var isDryRun: Bool

  func run() throws(InvalidInput) {
    let output = OutputFolder(path: folder)
    // Measurements take minutes, and would be lost.
    if !isDryRun, let obstacle = output.obstacle(to: "codegen.json") {
      throw InvalidInput([obstacle])
    }
    let name = URL(fileURLWithPath: folder).lastPathComponent
    let found = try Console.showing("dtgen: measuring \(name)", part: "measured") {
      progress throws(InvalidInput) in
      try FolderCalibration(folder: folder, bound: maximumActionError, progress: progress)
    }
    for remark in found.remarks { Console.error(remark.description) }
    Console.output(found.calibration.text)
    guard !isDryRun else {
      Console.output("would write \(ModelFolder(path: folder).path(of: found.options.name)):")
      Console.output(String(decoding: found.options.contents, as: UTF8.self))
      return
    }
    for outcome in try output.receive([found.options]) {
      Console.output("\(outcome.rawValue) \(output.path(of: found.options.name))")
    }
  }
}
