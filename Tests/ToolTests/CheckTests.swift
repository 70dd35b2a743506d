import Foundation
import TestFolders
import Testing

/// `dtgen check` as a process.
@Suite("dtgen check")
struct CheckTests {
  let dtgen = Tool(name: "dtgen")
  let directory: ScratchFolder

  init() throws {
    directory = ScratchFolder(named: "dtgen")
    try directory.writeTinyModel()
  }

  private func run(_ arguments: String...) throws -> Tool.Result {
    try dtgen.run(arguments, directory: directory.path)
  }

  @Test("is silent about output that is up to date")
  func checkFresh() throws {
    try directory.copyPendulum()
    #expect(try run("generate", "Pendulum.dtmodel", "--output", "out").status == 0)
    let result = try run("check", "Pendulum.dtmodel", "--against", "out")
    #expect(result.status == 0)
    #expect(result.output == "")
  }

  @Test("shows how stale code differs, and names the command that refreshes it")
  func checkStale() throws {
    #expect(try run("generate", "Tiny.dtmodel", "--output", "out").status == 0)
    let fresh = try directory.read("out/Tiny.swift")
    try directory.write("out/Tiny.swift", "// by hand\n" + fresh)
    let result = try run("check", "Tiny.dtmodel", "--against", "out")
    #expect(result.status == 1)
    let expected = "--- out/Tiny.swift\n+++ out/Tiny.swift\n@@ -1,4 +1,3 @@\n-// by hand\n"
    #expect(result.output.hasPrefix(expected))
    #expect(result.error.contains("dtgen generate Tiny.dtmodel --output out"))
    #expect(try directory.read("out/Tiny.swift") == "// by hand\n" + fresh)
  }

  @Test("shows missing code as a new file")
  func checkMissing() throws {
    let result = try run("check", "Tiny.dtmodel", "--against", "out")
    #expect(result.status == 1)
    #expect(result.output.hasPrefix("--- /dev/null\n+++ out/Tiny.swift\n@@ -0,0 +1,"))
    #expect(result.error.hasPrefix("out: no such folder: 3 of 3 files are stale or missing; "))
    #expect(try directory.entries() == ["Tiny.dtmodel"])
    try directory.write("out/other", "")
    let beside = try run("check", "Tiny.dtmodel", "--against", "out")
    #expect(beside.error.hasPrefix("out: 3 of 3 files are stale or missing; "))
  }

  @Test("says of weights that they differ, and the sizes")
  func checkWeights() throws {
    try directory.copyPendulum()
    #expect(try run("generate", "Pendulum.dtmodel", "--output", "out").status == 0)
    try directory.write("out/PendulumWeights.swift", "// old\n")
    let result = try run("check", "Pendulum.dtmodel", "--against", "out")
    #expect(result.status == 1)
    #expect(result.output.hasPrefix("out/PendulumWeights.swift: differs: 7 bytes, expected "))
    #expect(result.output.split(separator: "\n").count == 1)
    #expect(try run("check", "Pendulum.dtmodel", "--against", "out", "--code-only").status == 0)
    // A manifest by hand is stale for both.
    let manifest = try directory.read("out/.Pendulum.manifest.json")
    try directory.write("out/.Pendulum.manifest.json", manifest.replacing(": ", with: ":"))
    let code = try run("check", "Pendulum.dtmodel", "--against", "out", "--code-only")
    #expect(code.status == 1)
    #expect(code.output.hasPrefix("--- out/.Pendulum.manifest.json\n"))
  }

  @Test("counts a file that is no longer produced as stale")
  func checkLeftover() throws {
    #expect(try run("generate", "Tiny.dtmodel", "--output", "out").status == 0)
    try directory.write("out/Tiny.weights", "old")
    let result = try run("check", "Tiny.dtmodel", "--against", "out")
    #expect(result.status == 1)
    #expect(result.error.contains("out/Tiny.weights: "))
  }

  @Test("counts every file that dtgen wrote and no longer writes, whichever option brought it")
  func checkLeftoversOfOptions() throws {
    try directory.copyPendulum()
    let options = try directory.read("Pendulum.dtmodel/codegen.json")
    func set(_ members: String) throws {
      try directory.write(
        "Pendulum.dtmodel/codegen.json",
        options.replacing("\"window\"", with: "\(members), \"window\""))
    }
    try set(#""c_interface": true, "precision": "bfloat16", "weights": "file""#)
    #expect(try run("generate", "Pendulum.dtmodel", "--output", "out").status == 0)
    let files = [
      ".Pendulum.manifest.json", "Pendulum.swift", "Pendulum.weights", "PendulumKernels.swift",
      "pendulum.h",
    ]
    #expect(try directory.entries("out") == files)
    func leftovers(_ names: String...) -> String {
      names.map { "warning: out/\($0): is left over from an earlier run; please remove it\n" }
        .joined()
    }
    // Each option by itself.
    try set(#""precision": "bfloat16", "weights": "file""#)
    #expect(
      try run("generate", "Pendulum.dtmodel", "--output", "out").error == leftovers("pendulum.h"))
    for codeOnly in [["--code-only"], []] {
      let check = try dtgen.run(
        ["check", "Pendulum.dtmodel", "--against", "out"] + codeOnly, directory: directory.path)
      #expect(check.status == 1)
      #expect(check.output == "")
      #expect(check.error == leftovers("pendulum.h"))
    }
    try FileManager.default.removeItem(atPath: directory.path("out/pendulum.h"))
    #expect(try run("check", "Pendulum.dtmodel", "--against", "out").status == 0)
    // All of them.
    try directory.write("Pendulum.dtmodel/codegen.json", options)
    #expect(
      try run("generate", "Pendulum.dtmodel", "--output", "out").error
        == leftovers("Pendulum.weights"))
    let check = try run("check", "Pendulum.dtmodel", "--against", "out")
    #expect(check.status == 1)
    #expect(check.error == leftovers("Pendulum.weights"))
  }

  @Test("counts a file that only the manifest there tells of")
  func checkListed() throws {
    #expect(try run("generate", "Tiny.dtmodel", "--output", "out").status == 0)
    let manifest = try directory.read("out/.Tiny.manifest.json")
    let file = "{\"name\": \"TinyTables.swift\", \"content\": \"code\"}"
    try directory.write(
      "out/.Tiny.manifest.json",
      manifest.replacing("\"files\": [\n", with: "\"files\": [\n    \(file),\n"))
    let warning =
      "warning: out/TinyTables.swift: is left over from an earlier run; please remove it\n"
    #expect(try !run("check", "Tiny.dtmodel", "--against", "out").error.contains(warning))
    try directory.write("out/TinyTables.swift", "")
    let check = try run("check", "Tiny.dtmodel", "--against", "out", "--code-only")
    #expect(check.status == 1)
    #expect(check.output.contains("\n-    \(file),\n"))
    #expect(check.error.contains(warning))
    #expect(try run("generate", "Tiny.dtmodel", "--output", "out").error == warning)
  }

  @Test("leaves another's header of the same name alone")
  func foreignHeader() throws {
    #expect(try run("generate", "Tiny.dtmodel", "--output", "out").status == 0)
    try directory.write("out/tiny.h", "int tiny(void);\n")
    let result = try run("check", "Tiny.dtmodel", "--against", "out")
    #expect(result.status == 0)
    #expect(result.error == "")
  }
}
