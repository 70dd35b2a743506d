import DecisionTransformerCodegen
import Foundation
import Testing

/// An index and its shards must agree exactly.
@Suite struct ShardedCheckpointTests {
  /// The lines of the error that reading gives for an index and shards of these tensors.
  private func lines(
    _ index: String, _ shards: [String: [String]]
  ) throws -> [String] {
    try TemporaryFolder.with { folder in
      try folder.write(Array(index.utf8), "index.json")
      for (file, tensors) in shards {
        var writer = SafetensorsWriter()
        for name in tensors { writer.add(name, [1], [1]) }
        try folder.write(writer.file(), file)
      }
      do throws(InvalidInput) {
        let checkpoint = try ShardedCheckpoint(
          indexPath: folder.path("index.json"), format: .safetensors)
        return ["read " + checkpoint.storedTensors.map(\.name).joined(separator: " ")]
      } catch {
        return error.diagnostics.map {
          $0.description.replacingOccurrences(of: folder.path + "/", with: "")
        }
      }
    }
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
        "2: a: is here, but weight_map in the index says that it is in 1"
      ])
    #expect(
      try lines(#"{"weight_map":{"a":"1","a":"2"}}"#, ["1": ["a"], "2": ["a"]]) == [
        #"index.json: line 1, column 24: the key "a" occurs twice; accepted: once"#
      ])
  }

  @Test func indexAndShardsMustAgree() throws {
    #expect(
      try lines(#"{"weight_map":{"a":"1","b":"1"}}"#, ["1": ["a", "c"]]) == [
        "1: c: is not in the index's weight_map",
        "1: b: is missing, but weight_map in the index says that it is here",
      ])
    #expect(
      try lines(#"{"weight_map":{"a":"2","b":"1"}}"#, ["1": ["a"], "2": ["b"]]) == [
        "1: a: is here, but weight_map in the index says that it is in 2",
        "1: b: is missing, but weight_map in the index says that it is here",
        "2: b: is here, but weight_map in the index says that it is in 1",
        "2: a: is missing, but weight_map in the index says that it is here",
      ])
  }

  @Test(arguments: ["../1", "/1", "x/1", "x\\\\1", "", ".", ".."])
  func aShardLiesInTheFolderOfTheIndex(file: String) throws {
    #expect(
      try lines(#"{"weight_map":{"a":"\#(file)"}}"#, ["1": ["a"]]) == [
        #"index.json: weight_map.a: found "\#(file)"; accepted: the name of a file in the same folder"#
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
    try TemporaryFolder.with { folder in
      try folder.write(Array(#"{"weight_map":{"a":"1","b":"2"}}"#.utf8), "index.json")
      try folder.write([1], "1")
      try folder.write(Array("version https://git-lfs.github.com/spec/v1\n".utf8), "2")
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
}
