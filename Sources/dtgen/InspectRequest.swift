import DecisionTransformerCodegen

/// `dtgen inspect`
struct InspectRequest {
  var folder: String
  var json: Bool

  func run() throws(InvalidInput) {
    let compilation = try ModelFolderCompilation.run(folder, codeOnly: false)
    for remark in compilation.remarks { Console.error(remark.description) }
    let report = InspectionReport(compilation)
    Console.output(json ? report.json : report.text)
  }
}
