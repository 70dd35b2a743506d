import DTGenCommands
import DTGenReports
import DecisionTransformerCodegen

/// `dtgen init`
struct InitRequest {
  var folder: String
  var isDryRun: Bool

  func run() throws(InvalidInput) {
    let template = try OptionsTemplate(folder: folder)
    for remark in template.remarks { Console.error(remark.description) }
    let output = OutputFolder(path: folder)
    if template.isComplete {
      Console.output(template.text)
      return
    }
    guard !isDryRun else {
      Console.output(template.text)
      Console.output("would write \(output.path(of: template.options.name)):")
      Console.output(String(decoding: template.options.contents, as: UTF8.self))
      return
    }
    // Nothing is said to be added before it is.
    let outcomes = try output.receive([template.options])
    Console.output(template.text)
    for outcome in outcomes {
      Console.output("\(outcome.rawValue) \(output.path(of: template.options.name))")
    }
  }
}
