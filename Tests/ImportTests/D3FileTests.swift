import DTGenImport
import Foundation
import RecordedEpisodes
import TestFolders
import Testing

/// Files of d3rlpy, which hold the configuration, and those that do not.
@Suite("A file of d3rlpy")
struct D3FileTests {
  private let scratch = ScratchFolder(named: "import")

  private func contents(_ name: String) throws -> Data {
    try Data(
      contentsOf: RecordedFamily(name).folder.appending(path: "model.d3"))
  }

  /// Imports changed contents.
  private func problems(_ contents: Data) throws -> [Diagnostic] {
    try scratch.write("model.d3", Array(contents))
    do throws(InvalidInput) {
      _ = try Importer(path: scratch.path("model.d3")).run(output: "A.dtmodel")
      return []
    } catch {
      return error.diagnostics
    }
  }

  /// Of `save_model()`: the bytes that `torch.save` wrote, which a .d3 file has inside.
  @Test("without the configuration is asked what that says, and is the same model then")
  func tensorsAlone() throws {
    let whole = try contents("d3rlpy-simple-a")
    try scratch.write("model.pt", try Self.tensors(in: whole))
    var importer = Importer(path: scratch.path("model.pt"))
    let error = #expect(throws: InvalidInput.self) { try importer.run(output: "A.dtmodel") }
    #expect(
      error?.diagnostics.map(\.key) == [
        "state_encoder_activations", "n_head", "activation_function", "state_mean", "state_std",
        "action_scale", "action_offset", "return_scale", "return_offset",
      ])
    let family = try RecordedFamily("d3rlpy-simple-a")
    let files = try family.importer().run(output: "A.dtmodel").files
    let options = try JSONParser.parse(files[1].contents)
    importer.given = try [
      ("n_head", JSONValue.integer(3)), ("activation_function", .string("relu")),
      ("state_encoder_activations", .array([.string("linear")])), ("action_scale", .null),
      ("action_offset", .null),
      ("return_offset", .null), ("state_mean", #require(options["state_mean"])),
      ("state_std", #require(options["state_std"])),
      ("return_scale", #require(options["return_scale"])),
    ].map { JSONMember(name: $0, value: $1) }
    #expect(try importer.run(output: "A.dtmodel").files == files)
  }

  @Test("with a wrong number of activations is refused for that alone")
  func wrongActivations() throws {
    let whole = try contents("d3rlpy-encoder2-b")
    try scratch.write("model.pt", try Self.tensors(in: whole))
    var importer = Importer(path: scratch.path("model.pt"))
    let cases: [(value: JSONValue?, message: String)] = [
      (JSONValue(["tanh"]), "found 1 name; accepted: 2, one for each layer"),
      (JSONValue(["tanh", "geglu"]), #"found "geglu"; accepted: relu, "#), (nil, "is in no file: "),
    ]
    for (value, message) in cases {
      importer.given = [
        ("n_head", JSONValue.integer(2)), ("activation_function", .string("gelu")),
        ("state_mean", .null), ("state_std", .null), ("action_scale", .null),
        ("action_offset", .null), ("return_scale", .null), ("return_offset", .null),
      ].map { JSONMember(name: $0, value: $1) }
      if let value {
        importer.given.append(JSONMember(name: "state_encoder_activations", value: value))
      }
      let error = #expect(throws: InvalidInput.self) { try importer.run(output: "A.dtmodel") }
      #expect(error?.diagnostics.map(\.key) == ["state_encoder_activations"])
      #expect(error?.diagnostics.first?.message.hasPrefix(message) == true)
    }
  }

  /// What `torch.save` wrote.
  private static func tensors(in whole: Data) throws -> [UInt8] {
    let start = try #require(whole.range(of: Data("PK\u{3}\u{4}".utf8))?.lowerBound)
    let end = try #require(whole.range(of: Data("PK\u{5}\u{6}".utf8))?.lowerBound) + 22
    return Array(whole[start..<end])
  }

  @Test("written before 2.8.0 sees what its library saw, and says so; the user has the last word")
  func padding() throws {
    var importer = try RecordedFamily("d3rlpy-2.7-padding-l").importer()
    let old = try importer.run(output: "A.dtmodel")
    #expect(old.remarks.contains { $0.key == "version" && $0.message.hasPrefix("2.7.0 let") })
    importer.given = [JSONMember(name: "sees_padding", value: .bool(false))]
    let masked = try importer.run(output: "A.dtmodel")
    #expect(!masked.remarks.contains { $0.key == "version" })
    func config(_ model: ImportedModel) throws -> JSONValue {
      try JSONParser.parse(model.files[0].contents)
    }
    #expect(try config(old)["sees_padding"] == .bool(true))
    #expect(try config(masked)["sees_padding"] == nil)
    // Row 0 is that of the padding.
    #expect(
      try config(old)["max_ep_len"]?.wholeNumber
        == config(masked)["max_ep_len"]!.wholeNumber! + 1)
    let new = try RecordedFamily("d3rlpy-simple-a").importer().run(output: "A.dtmodel")
    #expect(!new.remarks.contains { $0.key == "version" })
  }

  @Test("whose encoder ends in an activation is another function, which says so")
  func encoderActivation() throws {
    var contents = try contents("d3rlpy-simple-a")
    let range = try #require(
      contents.range(of: Data(#""exclude_last_activation": true"#.utf8)))
    contents.replaceSubrange(range, with: #""exclude_last_activation":false"#.utf8)
    try scratch.write("model.d3", Array(contents))
    let files = try Importer(path: scratch.path("model.d3")).run(output: "A.dtmodel").files
    let config = try JSONParser.parse(files[0].contents)
    #expect(config["model_type"] == .string("decision_transformer_variant"))
    #expect(config["state_encoder_activations"] == .array([.string("relu")]))
    #expect(config["state_encoder_sizes"] == .array([.integer(24)]))
  }

  @Test("that leaves out the last activation leaves it out, whatever else it says")
  func excludedActivation() throws {
    var contents = try contents("d3rlpy-simple-a")
    let range = try #require(contents.range(of: Data(#""last_activation": null"#.utf8)))
    contents.replaceSubrange(range, with: #""last_activation":"elu""#.utf8)
    try scratch.write("model.d3", Array(contents))
    let importer = Importer(path: scratch.path("model.d3"))
    #expect(
      try importer.run(output: "A.dtmodel").files
        == RecordedFamily("d3rlpy-simple-a").importer().run(output: "A.dtmodel").files)
  }

  /// Each text is replaced by one of the same length.
  @Test(
    "of another model is refused by what it differs in",
    arguments: [
      (#"{"type": "vector""#, #"{"type": "simba_""#, "encoder_factory"),
      (#""type": "multiply""#, #""type": "reversed""#, "reward_scaler"),
      (#""activation_type": "relu""#, #""activation_type": "glu_""#, "activation_function"),
      (#""type": "decision_transformer""#, #""type": "decision_controllers""#, "type"),
      (#""num_layers": 2"#, #""num_layers": 3"#, "num_layers"),
      (#""context_size": 4"#, #""context_size": 5"#, "context_size"),
      (#""max_timestep": 30"#, #""max_timestep": 31"#, "max_timestep"),
      (#""num_heads": 3"#, #""num_heads": 5"#, "n_head"),
      (#"{"type": "standard""#, #"{"type": "pixelate""#, "observation_scaler"),
      (#"{"observation_shape""#, #"["observation_shape""#, "config, line 1, column 21"),
      (#""observation_shape": [5]"#, #""observation_shape": [4]"#, "observation_shape"),
      (#""observation_shape": [5]"#, #""observation_shape":  5 "#, "observation_shape"),
      (#""action_size": 2"#, #""action_size": 3"#, "action_size"),
      (
        #""position_encoding_type": "simple""#, #""position_encoding_type": "global""#,
        "position_encoding_type"
      ),
      // What is missing, or of another kind, has no default.
      (#""num_heads""#, #""n_of_head""#, "num_heads"),
      (#""action_size""#, #""action_side""#, "action_size"),
      (#""activation_type": "relu""#, #""activation_type":     5 "#, "activation_type"),
      (#""observation_scaler""#, #""observation_scales""#, "observation_scaler"),
      (#""reward_scaler""#, #""reward_scales""#, "reward_scaler"),
      (#""multiplier": 0.1"#, #""multiplier": "7""#, "reward_scaler"),
      (#""exclude_last_activation": true"#, #""exclude_last_activation":    1"#, "encoder_factory"),
      (#""activation": "relu""#, #""activation":     7 "#, "encoder_factory.activation"),
      (#""hidden_units": [24]"#, #""hidden_units": [25]"#, "encoder_factory.hidden_units"),
      (#""use_batch_norm": false"#, #""use_batch_norm": true "#, "encoder_factory.use_batch_norm"),
      (#""use_layer_norm": false"#, #""use_layer_norm": true "#, "encoder_factory.use_layer_norm"),
    ])
  func refused(text: String, other: String, key: String) throws {
    var contents = try contents("d3rlpy-simple-a")
    let range = try #require(contents.range(of: Data(text.utf8)))
    #expect(text.utf8.count == other.utf8.count)
    contents.replaceSubrange(range, with: other.utf8)
    #expect(try problems(contents).map(\.key) == [key])
  }

  @Test("without an embedding's norm is told what is missing, and is no model of another kind")
  func missingNorm() throws {
    var contents = try contents("d3rlpy-simple-a")
    let range = try #require(contents.range(of: Data("_embed_ln.weight".utf8)))
    contents.replaceSubrange(range, with: "_embed_no.weight".utf8)
    let problems = try problems(contents)
    #expect(problems.map(\.key) == ["_embed_ln.weight", "_embed_no.weight"], "\(problems)")
  }

  /// The sizes as a pickle has them: two bytes for each number, and a tuple of two.
  @Test(
    "with a matrix of no rows or no columns is refused by its name", arguments: [(0, 5), (24, 0)])
  func emptyMatrix(rows: UInt8, columns: UInt8) throws {
    var contents = try contents("d3rlpy-simba-f")
    let key = "_encoder._layers.0.weight"
    let name = try #require(contents.range(of: Data(key.utf8)))
    let sizes = try #require(
      contents.range(
        of: Data([0x4B, 24, 0x4B, 5, 0x86]), in: name.upperBound..<contents.endIndex))
    contents.replaceSubrange(sizes, with: [0x4B, rows, 0x4B, columns, 0x86])
    let problem = try problems(contents).first { $0.key == key }
    #expect(
      problem?.message == "has shape [\(rows), \(columns)]; accepted: at least one row and column")
  }

  @Test("of frames of another size than was said is refused by what its convolutions leave")
  func framesOfAnotherSize() throws {
    try scratch.write("model.pt", try Self.tensors(in: contents("d3rlpy-pixel-norm-i")))
    var importer = Importer(path: scratch.path("model.pt"))
    for (frames, key, start) in [
      ([2, 22, 25], "state_convolutions", "leave "), ([2, 22], "state_frames", "found [2, 22]: "),
    ] {
      importer.given = [
        JSONMember(name: "state_frames", value: .array(frames.map { .integer($0) })),
        JSONMember(
          name: "state_convolutions",
          value: .array([[6, 6, 3], [5, 3, 1]].map { .array($0.map { .integer($0) }) })),
        JSONMember(name: "state_convolution_activation", value: .string("relu")),
      ]
      let error = #expect(throws: InvalidInput.self) { try importer.run(output: "A.dtmodel") }
      let problem = error?.diagnostics.first { $0.key == key }
      #expect(problem?.message.hasPrefix(start) == true, "\(String(describing: error))")
    }
  }

  @Test("that is a pickle of something else, or ends early, is refused in words")
  func damaged() throws {
    let contents = try contents("d3rlpy-2.7-padding-l")
    #expect(try problems(contents.prefix(100)).count == 1)
    let other = try problems(Data([0x80, 4, UInt8(ascii: "}"), UInt8(ascii: ".")]))
    #expect(other.count == 1 && other[0].message.contains("without d3rlpy's torch"))
  }

  // MARK: Discrete actions

  @Test(
    "of discrete actions without the configuration is asked for the embeddings' activation, too")
  func discreteTensorsAlone() throws {
    try scratch.write("model.pt", try Self.tensors(in: contents("d3rlpy-discrete-d")))
    var importer = Importer(path: scratch.path("model.pt"))
    let error = #expect(throws: InvalidInput.self) { try importer.run(output: "A.dtmodel") }
    #expect(
      error?.diagnostics.map(\.key) == [
        "state_encoder_activations", "embedding_activation", "n_head", "activation_function",
        "state_mean", "state_std", "return_scale", "return_offset",
      ])
    let files = try RecordedFamily("d3rlpy-discrete-d").importer().run(output: "A.dtmodel").files
    let options = try JSONParser.parse(files[1].contents)
    importer.given = try [
      ("n_head", JSONValue.integer(4)), ("activation_function", .string("gelu")),
      ("embedding_activation", .string("tanh")),
      ("state_encoder_activations", .array([.string("linear")])), ("return_offset", .null),
      ("state_mean", #require(options["state_mean"])),
      ("state_std", #require(options["state_std"])),
      ("return_scale", #require(options["return_scale"])),
    ].map { JSONMember(name: $0, value: $1) }
    #expect(try importer.run(output: "A.dtmodel").files == files)
  }

  /// Each text is replaced by one of the same length; the activations are of the embeddings and of the state's token.
  @Test(
    "of discrete actions has the activation that its configuration says, behind the encoder's own",
    arguments: [
      (#""embed_activation_type": "tanh""#, #""embed_activation_type": "gelu""#, "gelu", nil),
      (
        #""exclude_last_activation": true"#, #""exclude_last_activation":false"#, "tanh",
        ["relu", "tanh"]
      ),
    ] as [(String, String, String, [String]?)])
  func discreteActivations(
    text: String, other: String, embedding: String, encoder: [String]?
  ) throws {
    var contents = try contents("d3rlpy-discrete-d")
    let range = try #require(contents.range(of: Data(text.utf8)))
    contents.replaceSubrange(range, with: other.utf8)
    try scratch.write("model.d3", Array(contents))
    let model = try Importer(path: scratch.path("model.d3")).run(output: "A.dtmodel")
    for file in model.files { try scratch.write("A.dtmodel/\(file.name)", file.contents) }
    let config = try ModelFolder(path: scratch.path("A.dtmodel")).readModel().model.config
    #expect(config.embeddingActivation.rawValue == embedding && !config.hasEmbeddingNorm)
    #expect(config.stateEncoder.map(\.activation.rawValue) == encoder ?? [])
    #expect(config.stateEncoder.allSatisfy { $0.size == config.hiddenSize })
  }

  @Test("of a discrete model is refused where it says that it is a continuous one")
  func contradiction() throws {
    var contents = try contents("d3rlpy-discrete-d")
    let text = #""type": "discrete_decision_transformer""#
    let range = try #require(contents.range(of: Data(text.utf8)))
    contents.replaceSubrange(range, with: #""type":          "decision_transformer""#.utf8)
    #expect(try problems(contents).map(\.key) == ["type"])
  }
}
