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
    let dry = try run("--dry-run")
    #expect(dry.status == 0 && dry.error.contains("\(path): is there and says something else"))
    #expect(try directory.read(path) == edited)
    #expect(try run("--replace").status == 0)
    #expect(try directory.read(path) == written)
  }

  @Test("leaves another model's files alone, each by its name, unless it is told otherwise")
  func otherModel() throws {
    #expect(try run().status == 0)
    let written = try directory.read("Chosen.dtmodel/codegen.json")
    let others = ["config.json", "model.safetensors"]
    for name in others { try directory.write("Chosen.dtmodel/\(name)", "another model's") }
    let refused = try run()
    #expect(refused.status == 1)
    for name in others {
      #expect(
        refused.error.contains(
          "\nChosen.dtmodel/\(name): is there and says something else; accepted: --replace"))
      #expect(try directory.read("Chosen.dtmodel/\(name)") == "another model's")
    }
    // The same with the options gone: nothing is written beside what is refused.
    try FileManager.default.removeItem(atPath: directory.path("Chosen.dtmodel/codegen.json"))
    #expect(try run().status == 1)
    #expect(try directory.entries("Chosen.dtmodel") == others)
    let replaced = try run("--replace")
    #expect(replaced.status == 0)
    #expect(replaced.output.hasSuffix("written Chosen.dtmodel/model.safetensors\n"))
    #expect(try directory.read("Chosen.dtmodel/codegen.json") == written)
  }

  @Test("takes a fact once")
  func twice() throws {
    let refused = try run("--set", "temperature=2", "--set", "temperature=3")
    #expect(refused.status == 2)
    #expect(refused.error.hasPrefix("dtgen: --set temperature is given twice; one is accepted\n"))
    #expect(try !directory.entries().contains("Chosen.dtmodel"))
  }

  @Test("writes zeros for heads that a family has not, and generate warns where they are asked for")
  func zeroHeads() throws {
    let checkpoint = TestData.families.appending(path: "corl-b/dt_checkpoint.pt").path
    #expect(
      try dtgen.run(
        [
          "import", checkpoint, "--output", "Zero.dtmodel", "--set",
          #"outputs=["state","return"]"#,
        ], directory: directory.path
      ).status == 0)
    func warnings() throws -> [Substring] {
      let result = try dtgen.run(
        ["generate", "Zero.dtmodel", "--output", "out"], directory: directory.path)
      #expect(result.status == 0)
      return result.error.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
    }
    let place = "warning: Zero.dtmodel/model.safetensors: predict_"
    #expect(
      try warnings()
        == ["state", "return"].map {
          "\(place)\($0).weight: all values are zero, so every predicted \($0) is the same; \"outputs\" in codegen.json asks for it"
        })
    let options = try directory.read("Zero.dtmodel/codegen.json")
    try directory.write(
      "Zero.dtmodel/codegen.json",
      options.replacing(/"outputs": \[[^\]]*\]/, with: #""outputs": ["action"]"#))
    #expect(try warnings() == [])
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
