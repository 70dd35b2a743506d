import DTGenImport
import Foundation
import RecordedEpisodes
import TestFolders
import Testing

/// What is wrong with CORL's two files is said of the file, the key and the number that are wrong.
@Suite("A file of CORL")
struct CORLFileTests {
  private let scratch = ScratchFolder(named: "import")
  private var checkpoint: String { scratch.path("dt_checkpoint.pt") }
  private var configuration: String { scratch.path("config.yaml") }

  init() throws {
    let folder = try RecordedFamily("corl-b").folder
    for name in ["dt_checkpoint.pt", "config.yaml"] {
      try scratch.write(name, Array(Data(contentsOf: folder.appending(path: name))))
    }
  }

  private func result(
    _ given: [JSONMember] = []
  ) -> (model: ImportedModel?, problems: [Diagnostic]) {
    do throws(InvalidInput) {
      return (try Importer(path: checkpoint, given: given).run(output: "A.dtmodel"), [])
    } catch {
      return (nil, error.diagnostics)
    }
  }

  // MARK: The checkpoint

  /// Overwrites a float32 of a tensor, by its index in the file's order.
  private func damage(_ name: String, _ index: Int, _ value: Float) throws {
    let tensor = try #require(
      ImportSource(path: checkpoint).tensors.first { $0.name == name })
    var bytes = try Array(Data(contentsOf: URL(fileURLWithPath: checkpoint)))
    withUnsafeBytes(of: value.bitPattern.littleEndian) { number in
      for (offset, byte) in number.enumerated() { bytes[tensor.start + 4 * index + offset] = byte }
    }
    try scratch.write("dt_checkpoint.pt", bytes)
  }

  @Test("with a number that is not finite is refused by its own tensor and index, as it lies there")
  func damagedTensors() throws {
    try damage("blocks.0.mlp.0.weight", 3, .nan)
    try damage("action_emb.weight", 3 * 2 + 1, .infinity)
    #expect(
      result().problems == [
        Diagnostic(
          path: checkpoint, key: "blocks.0.mlp.0.weight",
          "the value at [0, 3] is nan; every value must be finite"),
        Diagnostic(
          path: checkpoint, key: "action_emb.weight",
          "the value at [2, 1] is inf; every value must be finite"),
      ])
  }

  @Test("with a number that max_action makes too large is refused by its own tensor")
  func overflow() throws {
    try damage("action_emb.weight", 0, 3e38)
    #expect(result().problems.map(\.key) == ["action_emb.weight"])
    #expect(result().problems.first?.message.contains("too large for float32") == true)
  }

  /// Puts another value under `state_std`, which comes last in the pickle, in as many bytes.
  private func replaceDeviation(_ operations: [UInt8]) throws {
    let file = try RecordedFamily("corl-b").folder.appending(path: "dt_checkpoint.pt")
    var bytes = try Data(contentsOf: file)
    let key = try #require(bytes.range(of: Data("state_std".utf8), options: .backwards))
    // Behind the name's number in the memo; BUILD, SETITEMS and STOP end the pickle.
    let start = key.upperBound + 5
    let end =
      try #require(bytes.range(of: Data("bu.".utf8), in: start..<bytes.count)).lowerBound + 1
    // Remembering a value once more changes nothing.
    var filled = operations
    if (end - start - filled.count) % 2 == 1 { filled += Array("r".utf8) + [255, 255, 0, 0] }
    while filled.count < end - start { filled += Array("q".utf8) + [255] }
    bytes.replaceSubrange(start..<end, with: filled)
    try scratch.write("dt_checkpoint.pt", Array(bytes))
  }

  /// A text of the pickle.
  private func text(_ text: String) -> [UInt8] {
    Array("X".utf8) + [UInt8(text.utf8.count), 0, 0, 0] + text.utf8
  }

  /// A list of 64-bit numbers of the pickle.
  private func list(_ numbers: [Double]) -> [UInt8] {
    let elements = numbers.flatMap { number in
      Array("G".utf8) + withUnsafeBytes(of: number.bitPattern.bigEndian) { Array($0) }
    }
    return Array("(".utf8) + elements + Array("t".utf8)
  }

  @Test("with statistics that are of no use says that they are there, and what is wrong with them")
  func unusableStatistics() throws {
    let numbers: [Double] = [1, 2, 3, 4, 5, 6, 7]
    for (operations, found) in [
      (text("abc"), #"is "abc" in the file"#),
      // Number 15 of the memo is emb_norm.weight.
      (Array("h".utf8) + [15], "has 28 numbers for the 7 of a state in the file"),
      (list(numbers.dropLast()), "has 6 numbers for the 7 of a state in the file"),
      (list(numbers.map { $0 == 3 ? .nan : $0 }), "has nan at [2] in the file"),
      (Array("N".utf8), "is None in the file"),
    ] {
      try replaceDeviation(operations)
      let problems = result().problems
      #expect(problems.map(\.path) == [checkpoint] && problems.map(\.key) == ["state_std"])
      #expect(problems.first?.message.hasPrefix("\(found): ") == true, "\(problems)")
      #expect(problems.first?.message.contains("--set state_std=") == true)
      // The user has the last word, and is reminded.
      let given = result([JSONMember(name: "state_std", value: JSONValue(numbers))])
      #expect(given.model?.remarks.contains { $0.message.hasSuffix("by --set; \(found)") } == true)
    }
  }

  @Test("with statistics in a tensor or a list is read like one with an array")
  func otherStatistics() throws {
    func deviation() throws -> JSONValue? {
      let model = try #require(result().model)
      return try JSONParser.parse(model.files[1].contents)["state_std"]
    }
    try replaceDeviation(list([1, 2, 3, 4, 5, 6, 7]))
    #expect(try deviation() == JSONValue([1, 2, 3, 4, 5, 6, 7] as [Double]))
    // Seven numbers of emb_norm.weight's storage, by the memo's numbers for the names.
    let storage = Array("(h".utf8) + [6] + [0x68, 7, 0x68, 8, 0x68, 9] + Array("K".utf8) + [28]
    let shape: [UInt8] = [0x4B, 0, 0x4B, 7, 0x85, 0x4B, 1, 0x85, 0x89, 0x68, 2]
    try replaceDeviation(
      [0x68, 5] + Array("(".utf8) + storage + Array("tQ".utf8) + shape + Array(")RtR".utf8))
    let gain = try #require(
      ImportSource(path: checkpoint).tensors.first { $0.name == "emb_norm.weight" })
    #expect(try deviation() == JSONValue(Array(gain.doubles().prefix(7))))
  }

  // MARK: config.yaml

  private func edit(_ old: String, _ new: String) throws {
    let text = try scratch.read("config.yaml")
    try #require(text.contains(old))
    try scratch.write("config.yaml", text.replacing(old, with: new))
  }

  @Test("whose config.yaml has a key twice is refused, with both lines")
  func twice() throws {
    try edit("num_heads: 2\n", "num_heads: 2\n\nnum_heads: 4\n")
    let lines = try scratch.read("config.yaml").split(
      separator: "\n", omittingEmptySubsequences: false)
    let first = try #require(lines.firstIndex { $0.hasPrefix("num_heads:") }) + 1
    #expect(
      result().problems == [
        Diagnostic(
          path: configuration, key: "num_heads",
          "is there twice, in lines \(first) and \(first + 2); accepted: once")
      ])
  }

  @Test("whose config.yaml has another length of episodes than the table is refused")
  func episodeLength() throws {
    try edit("episode_len: 30", "episode_len: 31")
    let problems = result().problems
    #expect(problems.map(\.key) == ["episode_len"])
    #expect(problems.first?.message.hasPrefix("is 31 in \(configuration), and 30 in the") == true)
  }

  @Test("whose config.yaml is no text, or no file, is refused by that file's name")
  func unreadable() throws {
    for bytes: [UInt8] in [[0x80, 0xFF, 1], Array("num_heads: 2\0".utf8)] {
      try scratch.write("config.yaml", bytes)
      #expect(result().problems.map(\.path) == [configuration])
      #expect(result().problems.first?.message.hasPrefix("is not a text in UTF-8; ") == true)
    }
    try FileManager.default.removeItem(atPath: configuration)
    try scratch.makeFolder("config.yaml")
    #expect(result().problems.map(\.path) == [configuration])
    #expect(result().problems.first?.message.hasPrefix("cannot be read") == true)
  }

  @Test("whose config.yaml has a number that is of no use says so, and is not called without it")
  func unusableNumbers() throws {
    try edit("reward_scale: 1.0", "reward_scale: 0")
    try edit("max_action: 2.0", "max_action: .inf")
    let problems = result().problems
    #expect(problems.map(\.key) == ["return_scale", "action_scale"])
    #expect(
      problems.first?.message.hasPrefix("reward_scale is 0 in \(configuration): 1 / ") == true)
    #expect(
      problems.last?.message.hasPrefix(#"max_action is ".inf" in \#(configuration): max_"#) == true)
    // One that need not be there is not passed over in silence.
    try edit("target_returns:\n- 12.0\n- 6.0", "target_returns: [12.0, 6.0]")
    let scales = ["return_scale", "action_scale"].map { JSONMember(name: $0, value: .integer(1)) }
    let remarks = try #require(result(scales).model).remarks
    #expect(remarks.contains { $0.key == "target_return" && $0.message.hasPrefix("is not set: ") })
  }
}
