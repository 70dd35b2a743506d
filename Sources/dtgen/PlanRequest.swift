import DTGenCommands
import DTGenReports
import DecisionTransformerCodegen

/// `dtgen plan`
struct PlanRequest {
  var folder: String
  var json: Bool

  func run() throws(InvalidInput) {
    let (model, remarks) = try ModelFolder(path: folder).readModel()
    for remark in remarks { Console.error(remark.description) }
    let text = PlanText(try Compiler.plan(model, folder: folder))
    Console.output(json ? text.json : text.text)
  }
}
