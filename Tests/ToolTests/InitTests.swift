import DTGenReports
import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

/// `dtgen init`: says what codegen.json lacks, writes what the folder knows, and passes nothing off as a statistic.
@Suite("dtgen init")
struct InitTests {
  let directory = ScratchFolder(named: "init")

  /// `Robot.dtmodel` with three states and two actions.
  private func write(_ more: String = #", "max_length": 12"#, options: String? = nil) throws {
    try directory.write(
      "Robot.dtmodel/config.json",
      """
      {"model_type": "decision_transformer", "state_dim": 3, "act_dim": 2, "hidden_size": 16,
       "n_layer": 1, "n_head": 1, "max_ep_len": 30\(more)}
      """)
    if let options { try directory.write("Robot.dtmodel/codegen.json", options) }
  }

  private func run(_ arguments: String...) throws -> Tool.Result {
    try Tool(name: "dtgen").run(arguments, directory: directory.path)
  }

  private func options() throws -> String { try directory.read("Robot.dtmodel/codegen.json") }

  /// The lines to put into the file.
  private func lines(_ output: String) -> [String] {
    output.split(separator: "\n").map(String.init).filter {
      $0.hasPrefix("  \"") && $0.contains("?")
    }
  }

  @Test(
    "writes the window that config.json has, and asks for the rest with a place for each number")
  func begins() throws {
    try write()
    let result = try run("init", "Robot.dtmodel")
    #expect(result.status == 0 && result.error == "", "\(result.error)")
    #expect(try options() == "{\n  \"window\": 12\n}\n")
    #expect(result.output.hasPrefix("added, as the folder says it:\n  \"window\": 12\n"))
    #expect(
      lines(result.output) == [
        #"  "state_mean": [?, ?, ?],"#, #"  "state_std": [?, ?, ?],"#, #"  "return_scale": ?,"#,
        #"  "target_return": ?,"#,
      ])
    for key in ["state_mean", "state_std", "return_scale", "target_return"] {
      #expect(result.output.contains("\n  \(key): "), "\(key)")
    }
    #expect(result.output.hasSuffix("\nwritten Robot.dtmodel/codegen.json\n"))
    // The folder builds, and the build says what is missing still.
    let build = try run("generate", "Robot.dtmodel", "--output", "out", "--for-build")
    #expect(build.status == 0)
    #expect(build.error.contains("note: Robot.dtmodel/codegen.json: state_mean: absent; "))
    // Once more, nothing is added.
    let second = try run("init", "Robot.dtmodel")
    #expect(!second.output.contains("added") && lines(second.output) == lines(result.output))
    #expect(second.output.hasSuffix("\nunchanged Robot.dtmodel/codegen.json\n"))
  }

  @Test(
    "the lines fit behind the {, are no JSON while a ? is left, and nothing is missing once they are filled in"
  )
  func filled() throws {
    for options in [nil, "{}", #"{"access": "package"}"#] {
      for config in ["", #", "max_length": 12"#] {
        try? FileManager.default.removeItem(atPath: directory.path("Robot.dtmodel/codegen.json"))
        try write(config, options: options)
        let lines = lines(try run("init", "Robot.dtmodel").output).joined(separator: "\n")
        let text = try self.options()
        let pasted = text.replacing("{", with: "{\n\(lines)", maxReplacements: 1)
        try directory.write("Robot.dtmodel/codegen.json", pasted)
        let unfilled = try run("inspect", "Robot.dtmodel")
        #expect(unfilled.status == 1)
        // The first of the lines, and its key.
        let key = lines.contains("window") ? "window" : "state_mean"
        #expect(
          unfilled.error.contains(#": line 2, column "#)
            && unfilled.error.contains(#"a value is missing; found "?" in "\#(key)"; accepted: "#),
          "\(unfilled.error)")
        try directory.write(
          "Robot.dtmodel/codegen.json", pasted.replacing("?", with: "2"))
        let complete = try run("inspect", "Robot.dtmodel")
        #expect(complete.status == 0 && complete.error == "", "\(pasted)\n\(complete.error)")
        #expect(complete.output.contains("3, normalised"))
        let nothing = try run("init", "Robot.dtmodel")
        #expect(nothing.status == 0)
        #expect(nothing.output.hasPrefix("nothing is missing in Robot.dtmodel/codegen.json\n"))
        #expect(!nothing.output.contains("unchanged ") && !nothing.output.contains("{"))
        let dry = try run("init", "Robot.dtmodel", "--dry-run")
        #expect(dry.output == nothing.output)
      }
    }
  }

  @Test(
    "leaves what is there as it is written, and a window that nobody has chosen to the build's note"
  )
  func keeps() throws {
    let own = "{\"return_scale\" : 1e3,\r\n\t\"state_mean\":[1,2,3], \"state_std\":[1,1,1]}"
    try write("", options: own)
    let result = try run("init", "Robot.dtmodel")
    #expect(result.error.contains("note: Robot.dtmodel/config.json: max_length: absent; "))
    #expect(try options() == own)
    #expect(lines(result.output) == [#"  "window": ?,"#, #"  "target_return": ?,"#])
    try write(options: own)
    #expect(try run("init", "Robot.dtmodel").status == 0)
    #expect(try options() == own.dropLast() + ",\r\n  \"window\": 12\r\n}")
  }

  @Test("does not ask for what a model has not")
  func other() throws {
    try write(options: #"{"state_mean": null, "return_scale": 1, "target_return": 5}"#)
    let raw = try run("init", "Robot.dtmodel").output
    #expect(raw.contains("\nnothing else is missing\n") && lines(raw) == [])
    try write(options: #"{"model_class": "DecisionTransformerGPT2Model"}"#)
    let trunk = try run("init", "Robot.dtmodel")
    #expect(trunk.status == 0 && lines(trunk.output) == [#"  "tokens": ?,"#])
    #expect(try options() == #"{"model_class": "DecisionTransformerGPT2Model"}"#)
    let frames = try OptionsTemplate(folder: TestData.model("PixelActions").path).text
    #expect(!frames.contains("state_mean"))
  }

  @Test("shows the same without writing it")
  func dryRun() throws {
    try write()
    let result = try run("init", "Robot.dtmodel", "--dry-run")
    #expect(result.status == 0)
    #expect(
      result.output.hasSuffix("would write Robot.dtmodel/codegen.json:\n{\n  \"window\": 12\n}\n"))
    #expect(try directory.entries("Robot.dtmodel") == ["config.json"])
  }

  @Test("writes nothing where something is wrong, and says what as every command does")
  func refused() throws {
    try write(#", "n_inner": 0"#)
    let config = try run("init", "Robot.dtmodel")
    #expect(config.status == 1 && config.output == "")
    #expect(config.error.hasPrefix("Robot.dtmodel/config.json: n_inner: found 0; accepted: "))
    #expect(try directory.entries("Robot.dtmodel") == ["config.json"])
    for options in [#"{"windw": 2}"#, "", "{"] {
      try write(options: options)
      let result = try run("init", "Robot.dtmodel")
      #expect(result.status == 1 && result.output == "")
      #expect(result.error.hasPrefix("Robot.dtmodel/codegen.json: "))
      #expect(try self.options() == options)
    }
    #expect(try run("init", "No.dtmodel").error == "No.dtmodel: no such folder\n")
    #expect(try directory.entries() == ["Robot.dtmodel"])
    #expect(try run("init").status == 2)
    #expect(try run("init", "Robot.dtmodel", "--output", "a").status == 2)
  }

  @Test("says nothing is added where nothing can be written", .enabled(if: geteuid() != 0))
  func readOnly() throws {
    try write()
    let path = directory.path("Robot.dtmodel")
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path) }
    let result = try run("init", "Robot.dtmodel")
    #expect(result.status == 1 && result.output == "")
    #expect(result.error.hasPrefix("Robot.dtmodel/codegen.json: cannot be written: "))
  }
}
