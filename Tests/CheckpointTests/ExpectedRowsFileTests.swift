import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

/// `expected.json` and `expected.safetensors`, right ones and wrong ones.
@Suite("A file of expected rows")
struct ExpectedRowsFileTests {
  private let scratch = ScratchFolder(named: "expected")

  private func model(_ change: (inout GenerationOptions) -> Void = { _ in }) -> Model {
    var options = GenerationOptions()
    options.targetReturn = 7
    change(&options)
    return Model(name: "Tiny", config: TinyModel.config, options: options, configDigest: "")
  }

  private func read(_ json: String, _ model: Model? = nil) throws(InvalidInput) -> ExpectedRows? {
    _ = try? scratch.write("expected.json", json)
    return try ExpectedRowsReader.read(folder: scratch.path, model ?? self.model())
  }

  private func problems(_ body: () throws -> ExpectedRows?) -> [String] {
    do {
      _ = try body()
      return []
    } catch let error as InvalidInput {
      return error.diagnostics.map { $0.description.replacing(scratch.path + "/", with: "") }
    } catch {
      return ["\(error)"]
    }
  }

  @Test("is read with its default target, its tolerance, and actions that are numbers")
  func values() throws {
    #expect(try ExpectedRowsReader.read(folder: scratch.path, model()) == nil)
    let rows = try #require(
      try read(
        #"{"states": [[1, 2, 3], [4, 5, 6]], "rewards": [0, 0.5], "actions": [[1, 2], [3, 4]]}"#))
    #expect(rows.targetReturn == 7 && rows.count == 2 && rows.tolerance == nil)
    #expect(rows.states == [[1, 2, 3], [4, 5, 6]] && rows.rewards == [0, 0.5])
    #expect(rows.actions == [[1, 2], [3, 4]])
    #expect(rows.inputs.rewards == [0.5, 0])
    let numbered = try #require(
      try read(
        #"{"target_return": -2, "tolerance": 0.5, "states": [[1, 2, 3]], "rewards": [0], "actions": [1]}"#,
        model { $0.actions = .discrete }))
    #expect(numbered.targetReturn == -2 && numbered.tolerance == 0.5)
    #expect(numbered.actions == [[0, 1]])
  }

  @Test("is refused with all that is wrong, by key, row and number")
  func wrong() {
    #expect(
      problems {
        try read(
          """
          {"target_retrun": 5, "tolerance": -1, "states": [[1, 2], [1, "2", 1e60], 3],
           "rewards": [0, null], "actions": {}}
          """, model { $0.targetReturn = nil })
      } == [
        #"expected.json: target_retrun: is not a key; did you mean "target_return"?"#,
        "expected.json: tolerance: found -1; accepted: a number above 0",
        "expected.json: states[0]: found 2 numbers; accepted: 3 (state_dim in config.json)",
        #"expected.json: states[1][1]: found "2"; accepted: a number that float32 can hold"#,
        "expected.json: states[1][2]: found 1e+60; accepted: a number that float32 can hold",
        "expected.json: states[2]: found 3; accepted: an array of 3 (state_dim)",
        "expected.json: rewards: found 2 numbers; accepted: 3, one for each row of states",
        "expected.json: rewards[1]: found null; accepted: a number that float32 can hold",
        "expected.json: actions: found an object; accepted: an array, the action of each step",
        "expected.json: target_return: is missing, here and in codegen.json; accepted: what the episode asked for, "
          + "environment units",
      ])
    #expect(
      problems { try read("{}") } == [
        "expected.json: states: is missing; accepted: an array, one row for each step",
        "expected.json: rewards: is missing; accepted: an array, the reward of the step before each, 0 in front of the first",
        "expected.json: actions: is missing; accepted: an array, the action of each step",
      ])
    #expect(
      problems { try read(#"{"states": [[1,2,3]], "rewards": [0, 1], "actions": []}"#) } == [
        "expected.json: rewards: found 2 numbers; accepted: 1, one for each row of states",
        "expected.json: actions: found 0 rows; accepted: 1, one for each row of states",
      ])
    #expect(
      problems {
        try read(
          #"{"states": [[1,2,3], [1,2,3]], "rewards": [0, 1], "actions": [2, 0.5]}"#,
          model { $0.actions = .discrete })
      } == [
        "expected.json: actions[0]: found 2; accepted: the number of an action, 0 to 1",
        "expected.json: actions[1]: found 0.5; accepted: the number of an action, 0 to 1",
      ])
    #expect(
      problems { try read("[") }.first?.hasPrefix("expected.json: line 1, column 2: ") == true)
    #expect(problems { try read("3") } == ["expected.json: found 3; accepted: a JSON object"])
    let pointer = problems { try read("version https://git-lfs.github.com/spec/v1\n") }
    #expect(pointer.count == 1 && pointer[0].contains("Git LFS"))
  }

  @Test("has one row at least, and no more than an episode or the reference bears")
  func counts() {
    func rows(_ count: Int) -> String {
      let states = Array(repeating: "[1,2,3]", count: count).joined(separator: ",")
      let actions = Array(repeating: "[1,2]", count: count).joined(separator: ",")
      let rewards = Array(repeating: "0", count: count).joined(separator: ",")
      return #"{"states": [\#(states)], "rewards": [\#(rewards)], "actions": [\#(actions)]}"#
    }
    #expect(problems { try read(rows(5)) } == [])
    #expect(
      problems { try read(rows(6)) } == [
        "expected.json: states: found 6 rows; accepted: up to max_ep_len, 5"
      ])
    let endless = model { $0.timestepOverflow = .clamp }
    #expect(problems { try read(rows(ExpectedRows.mostRows), endless) } == [])
    for count in [0, ExpectedRows.mostRows + 1] {
      #expect(
        problems { try read(rows(count), endless) } == [
          "expected.json: states: found \(count) rows; accepted: 1 to \(ExpectedRows.mostRows)"
        ])
    }
  }

  @Test("prints some twenty lines of a thousand")
  func manyLines() {
    let row = "[" + Array(repeating: "null", count: 3).joined(separator: ",") + "]"
    let states = Array(repeating: row, count: 500).joined(separator: ",")
    let found = problems {
      try read(
        #"{"states": [\#(states)], "rewards": [], "actions": []}"#,
        model { $0.timestepOverflow = .clamp })
    }
    #expect(found.count == 21)
    #expect(found[20] == "expected.json: 1482 more are wrong like these")
  }

  @Test("is no file of trunks and pictures, and one of two")
  func others() throws {
    let json = #"{"states": [[1, 2, 3]], "rewards": [0], "actions": [[1, 2]]}"#
    let trunk = model { $0.modelClass = .trunk }
    #expect(
      problems { try read(json, trunk) } == [
        "expected.json: is of episodes, and a trunk has none (model_class in codegen.json); accepted: no such file"
      ])
    let frames = try ModelFolder(path: TestData.model("PixelActions").path).readModel().model
    #expect(
      problems { try read(json, frames) } == [
        "expected.json: is of states that are numbers, and these are pictures (state_frames in config.json); accepted: no "
          + "such file"
      ])
    try scratch.write("expected.safetensors", file { _ in })
    #expect(
      problems { try read(json) } == [
        "expected.safetensors: is there beside expected.json; accepted: one of them"
      ])
  }

  // MARK: Tensors

  private func file(
    metadata: String = "{}", _ add: (inout SafetensorsWriter) -> Void
  ) -> [UInt8] {
    var writer = SafetensorsWriter()
    writer.metadata = metadata
    add(&writer)
    return writer.file()
  }

  private func tensors(_ bytes: [UInt8], _ model: Model? = nil) throws(InvalidInput)
    -> ExpectedRows?
  {
    _ = try? scratch.write("expected.safetensors", bytes)
    return try ExpectedRowsReader.read(folder: scratch.path, model ?? self.model())
  }

  @Test("may have tensors of the same names, in any type, and single numbers as metadata")
  func safetensors() throws {
    let json = try read(
      #"{"target_return": 9, "tolerance": 0.25, "states": [[1, 2, 3], [4, 5, 6]], "rewards": [0, 0.5], "actions": [[1, 2], [3, 4]]}"#
    )
    try FileManager.default.removeItem(atPath: scratch.path("expected.json"))
    func same(_ rows: ExpectedRows?) -> Bool {
      var rows = rows
      rows?.path = json!.path
      return rows == json
    }
    let columns: (inout SafetensorsWriter) -> Void = {
      $0.add("states", [2, 3], [1, 2, 3, 4, 5, 6])
      $0.add("rewards", "F64", [2], SafetensorsWriter.bytes([0.0, 0.5].map(\.bitPattern)))
      $0.add("actions", [2, 2], [1, 2, 3, 4])
    }
    #expect(
      same(try tensors(file(metadata: #"{"target_return": "9", "tolerance": "0.25"}"#, columns))))
    #expect(
      same(
        try tensors(
          file {
            columns(&$0)
            $0.add("target_return", [], [9])
            $0.add("tolerance", [1], [0.25])
          })))
    for (type, bytes) in [
      ("I64", SafetensorsWriter.bytes([Int64(1), 0])), ("U8", [1, 0]),
      ("I32", SafetensorsWriter.bytes([Int32(1), 0])),
    ] {
      let numbered = try tensors(
        file {
          $0.add("states", [2, 3], [1, 2, 3, 4, 5, 6])
          $0.add("rewards", [2], [0, 0.5])
          $0.add("actions", type, [2], bytes)
        }, model { $0.actions = .discrete })
      #expect(numbered?.actions == [[0, 1], [1, 0]], "\(type)")
    }
  }

  @Test("is refused with the tensors that have another shape, type or value")
  func wrongTensors() {
    #expect(
      problems {
        try tensors(
          file(metadata: #"{"target_return": "nine"}"#) {
            $0.add("states", [2, 2], [1, 2, 3, 4])
            $0.add("rewards", "BOOL", [2], [0, 1])
            $0.add("actions", [2, 2], [1, .nan, 3, 4])
            $0.add("action", [1], [1])
          })
      } == [
        #"expected.safetensors: states: found shape [2, 2]; accepted: [T, 3], T up to 1000"#,
        "expected.safetensors: rewards: found BOOL; accepted: F32, F64, F16, BF16, or whole numbers",
        #"expected.safetensors: actions[0][1]: found "nan"; accepted: a number that float32 can hold"#,
        #"expected.safetensors: action: is not a key; did you mean "actions"?"#,
        #"expected.safetensors: target_return: found "nine"; accepted: a number that float32 can hold, divided by return_scale, too"#,
      ])
    #expect(
      problems {
        try tensors(file { $0.add("actions", "I8", [1], [255]) }, model { $0.actions = .discrete })
      }.contains(
        "expected.safetensors: actions[0]: found -1; accepted: the number of an action, 0 to 1"))
    #expect(
      problems { try tensors([1, 2, 3]) } == [
        "expected.safetensors: has 3 bytes; a safetensors file starts with the 8-byte length of its header"
      ])
  }
}
