import DTGenReports
import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

/// `dtgen calibrate`: the choice keeps to its bound, is written where people review it, and is what gets generated.
@Suite("calibrate")
struct CalibrateTests {
  private static func folder(
    _ name: String, options: String? = nil, in scratch: ScratchFolder
  ) throws -> String {
    let folder = scratch.url.appending(path: "\(name).dtmodel")
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let original = TestData.model(name)
    for file in ["config.json", "model.safetensors", "codegen.json"] {
      let from = original.appending(path: file).resolvingSymlinksInPath()
      try Data(contentsOf: from).write(to: folder.appending(path: file))
    }
    if let options {
      try Data(options.utf8).write(to: folder.appending(path: "codegen.json"))
    }
    return folder.path
  }

  @Test(
    "keeps to every bound, with more bits where it is smaller",
    arguments: ["ReluOneHead", "TanhOddInner"])
  func bounds(name: String) throws {
    let scratch = ScratchFolder(named: "calibrate")
    let folder = try Self.folder(name, in: scratch)
    var works: [Double] = []
    let loose = try FolderCalibration(folder: folder, bound: 10) { _ in }.calibration
    #expect(loose.precision == .int8 && loose.matrixPrecisions.isEmpty)
    for part in [1.0, 0.7, 0.4, 0.1, 0.01, 0.0001] {
      let bound = loose.largestError * part
      let found = try FolderCalibration(folder: folder, bound: bound) { _ in }.calibration
      #expect(found.largestError <= bound && found.meanError <= found.largestError)
      works.append(found.work)
      // No precision for all is faster and keeps the bound.
      for other in found.uniform where other.largestError <= bound {
        #expect(found.work <= other.work, "\(bound): \(other.precision)")
      }
      #expect(
        found.matrices.allSatisfy {
          $0.error(.int8) > $0.error(.bfloat16) && $0.error(.bfloat16) > $0.error(.int16)
        })
    }
    #expect(works == works.sorted() && works[0] < works[5])
  }

  @Test("writes what generate then takes, and leaves all else as it was")
  func writing() throws {
    let scratch = ScratchFolder(named: "calibrate")
    let folder = try Self.folder("TanhOddInner", in: scratch)
    let file = URL(fileURLWithPath: folder).appending(path: "codegen.json")
    let before = try String(contentsOf: file, encoding: .utf8)
    let loose = try FolderCalibration(folder: folder, bound: 10) { _ in }.calibration
    let bound = loose.largestError / 2
    func calibrate(_ arguments: String...) throws -> Tool.Result {
      try Tool(name: "dtgen").run(["calibrate", folder] + arguments)
    }
    let result = try calibrate("--max-action-error", "\(bound)", "--dry-run")
    #expect(result.status == 0 && result.error.contains("calibration.safetensors"))
    #expect(try String(contentsOf: file, encoding: .utf8) == before)
    #expect(try calibrate("--max-action-error", "\(bound)").status == 0)
    let written = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    var others = try #require(written)
    for key in ["max_action_error", "precision", "matrix_precisions"] {
      #expect(others.removeValue(forKey: key) != nil)
    }
    let original = try #require(
      try JSONSerialization.jsonObject(with: Data(before.utf8)) as? [String: Any])
    #expect(NSDictionary(dictionary: others) == NSDictionary(dictionary: original))
    // What is generated keeps to the bound, by the same measure.
    let compilation = try Compiler.compile(folder: folder)
    let cost = try #require(compilation.precisionCost)
    #expect(cost.largestActionDifference <= bound)
    #expect(!compilation.remarks.contains { $0.key == "max_action_error" })
    #expect(Set(compilation.plan.matrices.map(\.format)).count > 1)
    // A reviewer is told, by name.
    let difference = try Tool(name: "dtgen").run([
      "diff", TestData.model("TanhOddInner").path, folder,
    ])
    for key in ["max_action_error", "matrix_precisions"] {
      #expect(difference.output.contains(key))
    }
    // A second run changes nothing.
    let once = try Data(contentsOf: file)
    #expect(try calibrate().status == 0)
    #expect(try Data(contentsOf: file) == once)
  }

  @Test("measures on the episode in the folder, and says what is wrong with it")
  func recordedEpisode() throws {
    let scratch = ScratchFolder(named: "calibrate")
    let folder = try Self.folder("ReluOneHead", in: scratch)
    let golden = TestData.goldens.appending(path: "ReluOneHead.safetensors")
    let file = URL(fileURLWithPath: folder).appending(path: "calibration.safetensors")
    try Data(contentsOf: golden).write(to: file)
    let found = try FolderCalibration(folder: folder, bound: 1) { _ in }
    #expect(found.calibration.source == "calibration.safetensors" && found.remarks.isEmpty)
    try Data("no tensors".utf8).write(to: file)
    let error = #expect(throws: InvalidInput.self) {
      try FolderCalibration(folder: folder, bound: 1) { _ in }
    }
    #expect(error?.description.contains("calibration.safetensors") == true)
  }

  @Test("is asked for where a bound has no choice, and names that are no matrix are told")
  func problems() throws {
    let scratch = ScratchFolder(named: "calibrate")
    func problem(_ options: String) throws -> String {
      let folder = try Self.folder("ReluOneHead", options: options, in: scratch)
      let error = #expect(throws: InvalidInput.self) { try Compiler.compile(folder: folder) }
      return error?.description ?? ""
    }
    #expect(try problem(#"{"max_action_error": 0.01}"#).contains("dtgen calibrate"))
    #expect(
      try problem(#"{"matrix_precisions": {"layer7.query": "int8"}}"#)
        .contains("\"layer7.query\" is no matrix of a block; accepted: layer0."))
    let folder = try Self.folder(
      "ReluOneHead",
      options: #"{"matrix_precisions": {"a": "int4", "b": 2}, "max_action_error": 0}"#,
      in: scratch)
    let error = #expect(throws: InvalidInput.self) { try ModelFolder(path: folder).readModel() }
    #expect(error?.diagnostics.count == 3)
    let small = try Self.folder("ReluOneHead", options: "{}", in: scratch)
    let tiny = #expect(throws: InvalidInput.self) {
      try FolderCalibration(folder: small, bound: 1e-12) { _ in }
    }
    let text = try #require(tiny?.description)
    #expect(text.contains("max_action_error: found 1e-12"))
    // What is accepted is accepted.
    let least = try #require(text.split(separator: "at least ").last?.prefix { $0 != "," })
    let bound = try #require(Double(least))
    #expect(
      try FolderCalibration(folder: small, bound: bound) { _ in }.calibration.largestError <= bound)
    let missing = #expect(throws: InvalidInput.self) {
      try FolderCalibration(folder: small, bound: nil) { _ in }
    }
    #expect(missing?.description.contains("--max-action-error") == true)
  }

  @Test("says all that is wrong with matrices at once")
  func severalProblems() throws {
    let scratch = ScratchFolder(named: "calibrate")
    let folder = try Self.folder(
      "ReluOneHead", options: #"{"matrix_precisions": {"a": "int8", "layer7.query": "int8"}}"#,
      in: scratch)
    let error = #expect(throws: InvalidInput.self) { try Compiler.compile(folder: folder) }
    #expect(error?.diagnostics.map(\.key) == ["matrix_precisions", "matrix_precisions"])
  }

  @Test(
    "finds a folder that cannot be written before it measures", .enabled(if: geteuid() != 0))
  func readOnly() throws {
    let scratch = ScratchFolder(named: "calibrate")
    // Its bound is missing, which is told behind that.
    let folder = try Self.folder("ReluOneHead", options: "{}", in: scratch)
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
    defer { try? manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder) }
    let result = try Tool(name: "dtgen").run(["calibrate", folder])
    #expect(result.status == 1 && result.output == "")
    #expect(result.error.hasPrefix("\(folder)/codegen.json: cannot be written: "))
    #expect(result.error.split(separator: "\n").count == 1)
    let dry = try Tool(name: "dtgen").run(["calibrate", folder, "--dry-run"])
    #expect(dry.status == 1 && dry.error.contains("max_action_error: is missing"))
  }

  @Test("edits the text of options, and nothing beside its keys")
  func text() {
    let texts: [(String, String)] = [
      ("{}", "{\n  \"k\": 1\n}"), ("{ }\n", "{\n  \"k\": 1\n}\n"),
      ("{\r\n}\r\n", "{\r\n  \"k\": 1\r\n}\r\n"),
      ("{\"a\": [1, {\"k\": 2}]}", "{\"a\": [1, {\"k\": 2}],\n  \"k\": 1\n}"),
      ("{\"k\" : {\"a\": \"}\"} , \"b\": 2}", "{\"k\" : 1 , \"b\": 2}"),
      ("{\n  \"a\": \"k\",\n  \"k\": 7\n}\n", "{\n  \"a\": \"k\",\n  \"k\": 1\n}\n"),
      ("{\"a\\\"k\": 3, \"k\": [\"]\"]}", "{\"a\\\"k\": 3, \"k\": 1}"),
    ]
    for (before, after) in texts {
      var options = OptionsText(before)
      options.set("k", to: "1")
      #expect(options.text == after)
      // Once more, it is the same.
      options.set("k", to: "1")
      #expect(options.text == after)
    }
  }
}
