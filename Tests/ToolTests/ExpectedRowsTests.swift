import DecisionTransformerCodegen
import Foundation
import RecordedEpisodes
import TestFolders
import Testing

/// `expected.json` in a model folder, as the commands see it.
@Suite("dtgen and the rows that a folder expects")
struct ExpectedRowsTests {
  let directory: ScratchFolder
  private var text: ExpectedRowsText

  init() throws {
    directory = ScratchFolder(named: "expected")
    try directory.copyPendulum()
    let folder = directory.path("Pendulum.dtmodel")
    var (model, remarks) = try ModelFolder(path: folder).readModel()
    let checkpoint = try #require(
      try CheckpointReader.read(folder: folder, config: model.config, remarks: &remarks))
    text = ExpectedRowsText(model, checkpoint, count: 10)
  }

  private func run(_ arguments: String...) throws -> Tool.Result {
    try Tool(name: "dtgen").run(arguments, directory: directory.path)
  }

  @Test("says that they were checked, and changes nothing but the weights' file")
  func checked() throws {
    #expect(try run("generate", "Pendulum.dtmodel", "--output", "without").status == 0)
    let steps = #/\d+ steps against double precision|\d+ steps of a synthetic episode/#
    func syntheticSteps() throws -> [Substring] {
      let text = try run("inspect", "Pendulum.dtmodel").output
      #expect(try run("inspect", "Pendulum.dtmodel", "--html", "page.html").status == 0)
      let page = try directory.read("page.html")
      return try [#require(text.firstMatch(of: steps)).0, #require(page.firstMatch(of: steps)).0]
    }
    let synthetic = try syntheticSteps()
    try directory.write("Pendulum.dtmodel/expected.json", text.json)
    let note =
      #/note: Pendulum\.dtmodel/expected\.json: 10 rows, off by at most \d\.\de[-+]\d\d: the checkpoint /#
    let generated = try run("generate", "Pendulum.dtmodel", "--output", "out")
    #expect(generated.status == 0 && generated.error.contains(note), "\(generated.error)")
    for name in ["Pendulum.swift", "PendulumKernels.swift"] {
      #expect(try directory.read("out/\(name)") == directory.read("without/\(name)"))
    }
    let weights = "PendulumWeights.swift"
    #expect(try directory.read("out/\(weights)") != directory.read("without/\(weights)"))
    let check = try run("check", "Pendulum.dtmodel", "--against", "out")
    #expect(check.status == 0 && check.output == "" && check.error.contains(note))
    #expect(try run("check", "Pendulum.dtmodel", "--against", "without").status == 1)
    let code = try run("check", "Pendulum.dtmodel", "--against", "without", "--code-only")
    #expect(code.status == 0 && code.error == "", "\(code.error)")
    let inspection = try run("inspect", "Pendulum.dtmodel")
    #expect(
      inspection.output.contains(
        #/expected rows +10 of expected\.json checked, off by at most \d\.\de[-+]\d\d\n/#),
      "\(inspection.output)")
    #expect(try syntheticSteps() == synthetic, "errors by stage are those of the synthetic episode")
    let json = try run("inspect", "Pendulum.dtmodel", "--json").output
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let rows = object?["expected_rows"] as? [String: Any]
    #expect(rows?["rows"] as? Int == 10 && rows?["file"] as? String == "expected.json")
    // A build says nothing of what is right.
    let build = try run("generate", "Pendulum.dtmodel", "--output", "build", "--for-build")
    #expect(build.status == 0 && !build.error.contains("expected.json"))
  }

  @Test(
    "stops a build where the checkpoint gives others, and writes nothing", arguments: [true, false])
  func wrong(forBuild: Bool) throws {
    var wrong = text
    wrong.actions[6][0] += 0.5
    try directory.write("Pendulum.dtmodel/expected.json", wrong.json)
    let arguments = ["generate", "Pendulum.dtmodel", "--output", "out"]
    let result = try Tool(name: "dtgen").run(
      arguments + (forBuild ? ["--for-build"] : []), directory: directory.path)
    #expect(result.status == 1)
    #expect(
      result.error.hasPrefix(
        (forBuild ? "error: " : "") + "Pendulum.dtmodel/expected.json: actions[6][0]: found "),
      "\(result.error)")
    #expect(try directory.entries() == ["Pendulum.dtmodel"])
  }

  @Test("reads them without a checkpoint, too, and says that nobody has checked them")
  func withoutCheckpoint() throws {
    try directory.write("Pendulum.dtmodel/expected.json", text.json)
    for name in try directory.entries("Pendulum.dtmodel") where name.hasPrefix("model") {
      try FileManager.default.removeItem(atPath: directory.path("Pendulum.dtmodel/\(name)"))
    }
    let result = try run("generate", "Pendulum.dtmodel", "--output", "out")
    #expect(result.status == 0)
    #expect(
      result.error.contains(
        "note: Pendulum.dtmodel/expected.json: is not checked: the folder has no checkpoint\n"))
    try directory.write("Pendulum.dtmodel/expected.json", "{")
    let wrong = try run("generate", "Pendulum.dtmodel", "--output", "new", "--code-only")
    #expect(wrong.status == 1)
    #expect(wrong.error.hasPrefix("Pendulum.dtmodel/expected.json: line 1, column 2: "))
    #expect(try directory.entries() == ["Pendulum.dtmodel", "out"])
  }

  @Test("has them in what dtgen init says, while there are none")
  func initialization() throws {
    let without = try run("init", "Pendulum.dtmodel").output
    #expect(without.contains("expected.json"), "\(without)")
    try directory.write("Pendulum.dtmodel/expected.json", text.json)
    #expect(try !run("init", "Pendulum.dtmodel").output.contains("expected.json"))
  }
}
