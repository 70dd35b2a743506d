import Foundation
import TestFolders
import Testing

/// `dtgen import` as a process; ImportTests hold what it makes of a checkpoint.
@Suite("dtgen import")
struct ImportTests {
  let dtgen = Tool(name: "dtgen")
  let directory = ScratchFolder(named: "dtgen")

  private func run(_ arguments: String...) throws -> Tool.Result {
    let checkpoint = TestData.families.appending(path: "d3rlpy-discrete-d/model.d3").path
    return try dtgen.run(
      ["import", checkpoint, "--output", "Chosen.dtmodel"] + arguments, directory: directory.path)
  }

  @Test("writes a folder that generates, and the same one again")
  func whole() throws {
    let first = try run()
    #expect(first.status == 0)
    #expect(first.output.hasSuffix("written Chosen.dtmodel/model.safetensors\n"))
    #expect(first.error.contains("note: "))
    let again = try run()
    #expect(again.status == 0 && again.output.contains("unchanged Chosen.dtmodel/codegen.json\n"))
    let code = try dtgen.run(
      ["generate", "Chosen.dtmodel", "--output", "out"], directory: directory.path)
    #expect(code.status == 0)
    #expect(try directory.read("out/Chosen.swift").contains("public typealias Action = Int"))
  }

  @Test("leaves options alone that people wrote, unless it is told otherwise")
  func options() throws {
    #expect(try run().status == 0)
    let path = "Chosen.dtmodel/codegen.json"
    let written = try directory.read(path)
    let edited = written.replacing("{", with: #"{"temperature": 0.5,"#, maxReplacements: 1)
    try directory.write(path, edited)
    let refused = try run()
    #expect(refused.status == 1)
    #expect(
      refused.error.hasSuffix(
        "\nChosen.dtmodel/codegen.json: is there and says something else; accepted: --replace, which writes it anew, or another folder\n"
      ))
    #expect(try directory.read(path) == edited)
    #expect(try run("--dry-run").status == 0)
    #expect(try directory.read(path) == edited)
    #expect(try run("--replace").status == 0)
    #expect(try directory.read(path) == written)
  }

  @Test("writes nothing where something is missing or wrong")
  func nothing() throws {
    for arguments in [["--set", "window=9"], ["--set", "action_scale=2"], ["--set", "x=1"]] {
      let result = try dtgen.run(
        [
          "import", TestData.families.appending(path: "d3rlpy-cartpole/model.d3").path, "--output",
          "Chosen.dtmodel",
        ] + arguments, directory: directory.path)
      #expect(result.status == 1, "\(arguments)")
      #expect(result.output == "" && result.error.contains("; accepted: "), "\(arguments)")
    }
    #expect(!FileManager.default.fileExists(atPath: directory.path + "/Chosen.dtmodel"))
  }
}
