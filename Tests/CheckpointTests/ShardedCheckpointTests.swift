import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

/// What the shards hold is read; an index that disagrees with them is noted.
@Suite struct ShardedCheckpointTests {
  /// What reading gives for an index and shards of these tensors: notes and the tensors' names, or the
  /// lines of the error.
  private func lines(
    _ index: String, _ shards: [String: [String]]
  ) throws -> [String] {
    let folder = ScratchFolder(named: "checkpoint")
    try folder.write("index.json", index)
    for (file, tensors) in shards {
      var writer = SafetensorsWriter()
      for name in tensors { writer.add(name, [1], [1]) }
      try folder.write(file, writer.file())
    }
    do throws(InvalidInput) {
      let checkpoint = try ShardedCheckpoint(
        indexPath: folder.path("index.json"), format: .safetensors)
      return relative(checkpoint.remarks, folder)
        + ["read " + checkpoint.storedTensors.map(\.name).joined(separator: " ")]
    } catch {
      return relative(error.diagnostics, folder)
    }
  }

  private func relative(_ diagnostics: [Diagnostic], _ folder: ScratchFolder) -> [String] {
    diagnostics.map { $0.description.replacingOccurrences(of: folder.path + "/", with: "") }
  }

  @Test func theTensorsOfAllShardsAreRead() throws {
    let index = #"{"weight_map":{"c":"2","a":"1","b":"1"},"metadata":{"total_size":12}}"#
    #expect(try lines(index, ["1": ["b", "a"], "2": ["c"]]) == ["read b a c"])
  }

  @Test func aMissingShardIsNamed() throws {
    #expect(
      try lines(#"{"weight_map":{"a":"1","b":"2"}}"#, ["1": ["a"]]) == [
        "2: cannot be opened: No such file or directory"
      ])
  }

  @Test func aTensorInTwoShardsIsAnError() throws {
    #expect(
      try lines(#"{"weight_map":{"a":"1","b":"2"}}"#, ["1": ["a"], "2": ["a", "b"]]) == [
        "2: a: is in 1, too; accepted: in one file"
      ])
    #expect(
      try lines(#"{"weight_map":{"a":"1","a":"2"}}"#, ["1": ["a"], "2": ["a"]]) == [
        #"index.json: line 1, column 24: the key "a" occurs twice; accepted: once"#
      ])
  }

  @Test func whereIndexAndShardsDisagreeTheShardsAreRead() throws {
    #expect(
      try lines(#"{"weight_map":{"a":"1","b":"1"}}"#, ["1": ["a", "c"]]) == [
        "note: index.json: weight_map: names tensors that no file has: b",
        "note: index.json: weight_map: names another file, or none, for tensors that were found: c",
        "read a c",
      ])
    #expect(
      try lines(#"{"weight_map":{"a":"2","b":"1"}}"#, ["1": ["a"], "2": ["b"]]) == [
        "note: index.json: weight_map: names another file, or none, for tensors that were found: "
          + "a, b",
        "read a b",
      ])
  }

  @Test func aShardMayLieInAFolderBelow() throws {
    let index = #"{"weight_map":{"a":"./1","b":"1","c":"x/y/2","d":"./x//y/./2"}}"#
    #expect(try lines(index, ["1": ["a", "b"], "x/y/2": ["c", "d"]]) == ["read a b c d"])
  }

  @Test(arguments: [
    "../1", "/1", "x/../1", "x/..", "x\\\\1", "", ".", "..", "x/", "./", #"1\0"#,
  ])
  func aShardLiesNowhereElse(file: String) throws {
    #expect(
      // JSON has no short form of a zero.
      try lines(
        #"{"weight_map":{"a":"\#(file.replacing(#"\0"#, with: #"\u0000"#))"}}"#, ["1": ["a"]]) == [
          #"index.json: weight_map.a: found "\#(file)"; accepted: the name of a file in the same folder "#
            + "or below"
        ])
  }

  @Test(arguments: [
    ("[]", "found an array; accepted: an object with a weight_map"),
    (
      "{}",
      "weight_map: is missing; accepted: an object of tensors' names and the files they are in"
    ),
    (
      #"{"weight_map":[]}"#,
      "weight_map: found an array; accepted: an object of tensors' names and the files they are in"
    ),
    (
      #"{"weight_map":{}}"#,
      "weight_map: is empty; accepted: an object of tensors' names and the files they are in"
    ),
    (#"{"weight_map":{"a":1}}"#, "weight_map.a: found 1; accepted: the name of a file"),
    ("{", "line 1, column 2: a name in double quotes is missing; found the end of the text"),
  ])
  func anIndexThatIsNoneIsAnError(text: String, message: String) throws {
    #expect(try lines(text, [:]) == ["index.json: \(message)"])
  }

  @Test func everyShardsOwnProblemsAreReported() throws {
    let folder = ScratchFolder(named: "checkpoint")
    try folder.write("index.json", #"{"weight_map":{"a":"1","b":"2"}}"#)
    try folder.write("1", [1])
    try folder.write("2", "version https://git-lfs.github.com/spec/v1\n")
    for (format, first) in [
      (ShardedCheckpoint.Format.safetensors, "a safetensors file starts with the 8-byte length"),
      (.pyTorch, "is not a PyTorch file"),
    ] {
      do throws(InvalidInput) {
        _ = try ShardedCheckpoint(indexPath: folder.path("index.json"), format: format)
        Issue.record("was read")
      } catch {
        let lines = error.diagnostics.map(\.description)
        #expect(lines.count == 2)
        #expect(lines[0].contains(first))
        #expect(lines[1].hasPrefix("\(folder.path("2")): is a Git LFS pointer"))
      }
    }
  }
}
