import DTGenImport
import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

/// Hugging Face's own folders, without a codegen.json.
@Suite("A snapshot of Hugging Face's")
struct HuggingFaceSnapshotTests {
  private let scratch = ScratchFolder(named: "import")

  /// Model folders of the tests that are no trunks and have one file of tensors.
  private static let names: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: TestData.models.path)) ?? []
    return names.filter { $0.hasSuffix(".dtmodel") && !$0.contains("Trunk") }.sorted()
  }()

  private func problems(_ importer: Importer) -> [Diagnostic] {
    do throws(InvalidInput) {
      _ = try importer.run(output: "A.dtmodel")
      return []
    } catch {
      return error.diagnostics
    }
  }

  /// The files of a model folder but its codegen.json, and what that says.
  private func snapshot(_ name: String) throws -> (folder: String, options: [JSONMember])? {
    let folder = TestData.models.appending(path: name)
    var options: [JSONMember] = []
    var checkpoints = 0
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let bytes = try Array(Data(contentsOf: folder.appending(path: file)))
      if file == "codegen.json" {
        if case .object(let members) = try JSONParser.parse(bytes) { options = members }
        continue
      }
      checkpoints += file.hasSuffix(".safetensors") || file.hasSuffix(".bin") ? 1 : 0
      try scratch.write("\(name)/\(file)", bytes)
    }
    return checkpoints == 1 ? (scratch.path(name), options) : nil
  }

  @Test("becomes the model folder that people write by hand", arguments: names)
  func sameModel(name: String) throws {
    guard let (folder, options) = try snapshot(name) else { return }
    var importer = Importer(path: folder, given: options)
    for key in ["state_mean", "state_std", "return_scale"]
    where !options.contains(where: { $0.name == key }) {
      importer.given.append(JSONMember(name: key, value: .null))
    }
    if problems(importer).map(\.key) == ["window"] {
      importer.given.append(JSONMember(name: "window", value: .integer(20)))
    }
    for file in try importer.run(output: "A.dtmodel").files {
      try scratch.write("Copy/\(name)/\(file.name)", file.contents)
    }
    func read(_ folder: String) throws -> (model: Model, checkpoint: Checkpoint) {
      var (model, remarks) = try ModelFolder(path: folder).readModel()
      let checkpoint = try #require(
        try CheckpointReader.read(folder: folder, config: model.config, remarks: &remarks))
      if folder.hasPrefix(scratch.path) {
        // Whoever said null has said enough.
        #expect(ModelFolder(path: folder).statisticsRemarks(model) == [])
      }
      // What is another file says the same; a window is said instead of left to a default, and raw states and returns are.
      (model.configDigest, model.optionsDigest) = ("", nil)
      (model.options.takesRawStates, model.options.hasReturnScale) = (false, true)
      model.options.window = model.window
      return (model, checkpoint)
    }
    let original = try read(TestData.models.appending(path: name).path)
    let copy = try read(scratch.path("Copy/\(name)"))
    #expect(copy.model == original.model)
    for (tensor, _) in Checkpoint.requiredTensors(of: original.model.config) {
      #expect(copy.checkpoint.values(tensor) == original.checkpoint.values(tensor), "\(tensor)")
    }
  }

  @Test("is asked how it is used, as far as config.json does not say")
  func asked() throws {
    let (folder, _) = try #require(try snapshot("ReluOneHead.dtmodel"))
    let found = problems(Importer(path: folder))
    #expect(found.map(\.key) == ["window", "state_mean", "state_std", "return_scale"])
    // Keys of codegen.json that people put into config.json, and the window of older versions.
    let path = "ReluOneHead.dtmodel/config.json"
    let text = String(
      decoding: try Data(contentsOf: scratch.url.appending(path: path)), as: UTF8.self)
    let more = text.replacing(
      "{", with: #"{"max_length": 7, "return_scale": 1000, "target_return": 3600,"#,
      maxReplacements: 1)
    try scratch.write(path, Array(more.utf8))
    var importer = Importer(path: folder)
    #expect(problems(importer).map(\.key) == ["state_mean", "state_std"])
    importer.given = ["state_mean", "state_std"].map { JSONMember(name: $0, value: .null) }
    let files = try importer.run(output: "A.dtmodel").files
    let options = try JSONParser.parse(files[1].contents)
    #expect(options["window"] == .integer(7) && options["return_scale"] == .integer(1000))
    #expect(options["target_return"] == .integer(3600))
    // Said once and for all: no build asks for a mean again.
    #expect(options["state_mean"] == .null && options["state_std"] == nil)
    // Hugging Face's file has no such keys.
    #expect(try JSONParser.parse(files[0].contents)["return_scale"] == nil)
  }

  @Test("is the same in several files", arguments: ["safetensors-shards", "zip-shards", "zip"])
  func shards(format: String) throws {
    func imported(_ format: String) throws -> [OutputFile] {
      let from = TestData.checkpoints.appending(path: format)
      for file in try FileManager.default.contentsOfDirectory(atPath: from.path) {
        let contents = try Data(contentsOf: from.appending(path: file))
        try scratch.write("\(format)/\(file)", Array(contents))
      }
      let config = try Data(contentsOf: TestData.checkpoints.appending(path: "config.json"))
      try scratch.write("\(format)/config.json", Array(config))
      let given = ["state_mean", "state_std", "return_scale"].map {
        JSONMember(name: $0, value: JSONValue.null)
      }
      return try Importer(
        path: scratch.path(format),
        given: given + [JSONMember(name: "window", value: .integer(4))]
      ).run(output: "A.dtmodel").files
    }
    #expect(try imported(format) == imported("safetensors"))
  }

  @Test("is refused where something is missing or wrong, by what that is")
  func refused() throws {
    let (folder, options) = try #require(try snapshot("ReluOneHead.dtmodel"))
    var importer = Importer(path: folder, given: options)
    importer.given.append(JSONMember(name: "n_layer", value: .integer(7)))
    #expect(problems(importer).map(\.key) == ["n_layer"])
    importer.given = options
    let path = "ReluOneHead.dtmodel/config.json"
    let text = String(
      decoding: try Data(contentsOf: scratch.url.appending(path: path)), as: UTF8.self)
    try scratch.write(
      path, Array(text.replacing("\"hidden_size\"", with: "\"hidden_sizes\"").utf8))
    #expect(!problems(importer).isEmpty)
    try scratch.write("ReluOneHead.dtmodel/codegen.json", Array("{}".utf8))
    #expect(
      problems(importer).map(\.message).first?.contains("is a model folder already; accepted: ")
        == true)
    try FileManager.default.removeItem(atPath: scratch.path("ReluOneHead.dtmodel/codegen.json"))
    try FileManager.default.removeItem(atPath: scratch.path(path))
    #expect(
      problems(importer).map(\.message).first?.hasPrefix("has no config.json beside it") == true)
  }
}
