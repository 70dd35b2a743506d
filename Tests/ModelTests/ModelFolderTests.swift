import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

@Suite("A model folder")
struct ModelFolderTests {
  private static let minimalConfig = #"{"model_type": "decision_transformer", "max_length": 20}"#

  /// Runs `body` with the path of a folder that holds these files, and removes the folder.
  private func withFolder<Result>(
    named name: String = "Hopper.dtmodel", config: String? = minimalConfig,
    options: String? = nil, _ body: (String) throws -> Result
  ) throws -> Result {
    let parent = ScratchFolder(named: "models")
    try parent.makeFolder(name)
    if let config { try parent.write("\(name)/config.json", config) }
    if let options { try parent.write("\(name)/codegen.json", options) }
    return try body(parent.path(name))
  }

  /// The remarks about a folder, with `Hopper.dtmodel` for its path.
  private func remarks(config: String, options: String? = nil) throws -> [String] {
    try withFolder(config: config, options: options) { path in
      try ModelFolder(path: path).readModel().remarks.map {
        $0.description.replacing(path, with: "Hopper.dtmodel")
      }
    }
  }

  /// Expects these problems of a folder, where `Hopper.dtmodel` stands for its path.
  private func expectProblems(
    _ lines: String, name: String = "Hopper.dtmodel", config: String? = minimalConfig,
    options: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try withFolder(named: name, config: config, options: options) { path in
      expect(lines.replacing(name, with: path), sourceLocation: sourceLocation) {
        () throws(InvalidInput) in try ModelFolder(path: path).readModel()
      }
    }
  }

  // MARK: Names of files

  @Test("JSON that may be a codegen.json under another name is warned of where there is none")
  func unreadOptions() throws {
    func remarks(of others: [String], options: String?) throws -> [String] {
      try withFolder(options: options) { path in
        for file in others {
          try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(path)/\(file)"))
        }
        return try ModelFolder(path: path).readModel().remarks.map {
          $0.description.replacing(path, with: "Hopper.dtmodel")
        }
      }
    }
    let warning =
      "is not read: options are those of codegen.json, which is missing; states go in as they are "
      + "and returns unscaled"
    for file in ["choices.json", "options.json"] {
      #expect(
        try remarks(of: [file, "notes.txt"], options: nil)
          == ["warning: Hopper.dtmodel/\(file): \(warning)"])
      #expect(try remarks(of: [file], options: "{}") == [])
    }
    let written = [
      "generation_config.json", "tokenizer.json", "trainer_state.json",
      "model.safetensors.index.json", ".hidden.json",
    ]
    #expect(try remarks(of: written, options: nil) == [])
  }

  @Test(
    "a file whose name is right but for a letter or two is refused where there is none of that name",
    arguments: [
      ("codgen.json", "codegen.json"), ("Codegen.json", "codegen.json"),
      ("code_gen.json", "codegen.json"),
      ("Expected.json", "expected.json"), ("expected.jsn", "expected.json"),
      ("expected.safetensor", "expected.safetensors"),
      ("CALIBRATION.safetensors", "calibration.safetensors"),
      ("calibrations.safetensors", "calibration.safetensors"),
    ])
  func misnamed(file: String, right: String) throws {
    func isRefused(beside others: [String]) throws -> Bool {
      try withFolder(options: right == "codegen.json" ? nil : "{}") { path in
        for name in others + [file] {
          try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        }
        do {
          _ = try ModelFolder(path: path).readModel()
          return false
        } catch let error as InvalidInput {
          let lines = error.diagnostics.map { $0.description.replacing(path + "/", with: "") }
          #expect(lines.count == 1 && lines[0].hasPrefix("\(file): is not read"), "\(lines)")
          #expect(lines[0].contains(right), "\(lines)")
          return true
        }
      }
    }
    // A file system that does not tell them apart reads it.
    let isOtherFile = try withFolder(options: nil) { path in
      try Data().write(to: URL(fileURLWithPath: "\(path)/\(file)"))
      return !FileManager.default.fileExists(atPath: "\(path)/\(right)")
    }
    guard isOtherFile else { return }
    #expect(try isRefused(beside: []))
    #expect(try !isRefused(beside: [right]))
  }

  // MARK: Bounds

  @Test("a bound outside of all that a head with tanh gives is warned of: the action never changes")
  func bounds() throws {
    let config = """
      {"model_type": "decision_transformer", "max_length": 20, "state_dim": 3, "act_dim": 2%}
      """
    func remarks(_ options: String, _ more: String = "") throws -> [String] {
      try self.remarks(
        config: config.replacing("%", with: more), options: "{\(options)}"
      ).map { $0.replacing("warning: Hopper.dtmodel/codegen.json: ", with: "") }
    }
    func warning(_ key: String, _ bound: String, _ range: String) -> String {
      "\(key): found \(bound), and the head gives numbers in \(range) (tanh, action_scale, action_offset): the action is "
        + "\(bound) at every step"
    }
    #expect(
      try remarks(#""action_minimum": 2"#) == [warning("action_minimum", "2", "[-1, 1]")])
    #expect(
      try remarks(#""action_maximum": [0.5, -1]"#) == [
        warning("action_maximum[1]", "-1", "[-1, 1]")
      ])
    #expect(
      try remarks(#""action_scale": [-2, 4], "action_offset": 1, "action_minimum": 3"#) == [
        warning("action_minimum", "3", "[-1, 3]")
      ])
    // A part of the range is left, or there is no range.
    #expect(try remarks(#""action_scale": 2.5, "action_minimum": 2"#) == [])
    #expect(try remarks(#""action_minimum": -2, "action_maximum": 0.5"#) == [])
    #expect(try remarks(#""action_minimum": 2"#, #", "action_tanh": false"#) == [])
  }

  // MARK: A trunk

  @Test("a trunk's config.json is a warning where nobody says which class is meant")
  func classWarnings() throws {
    let config = """
      {"model_type": "decision_transformer", "max_length": 20, "n_positions": 60,
       "architectures": ["DecisionTransformerGPT2Model"]}
      """
    let trunk = #"{"model_class": "DecisionTransformerGPT2Model", "tokens": 9}"#
    #expect(
      try remarks(config: config) == [
        "warning: Hopper.dtmodel/config.json: architectures: names DecisionTransformerGPT2Model, but a "
          + "whole DecisionTransformerModel is generated; \"model_class\": "
          + "\"DecisionTransformerGPT2Model\" in codegen.json generates the trunk alone"
      ])
    #expect(try remarks(config: config, options: trunk) == [])
    #expect(
      try remarks(config: config, options: #"{"model_class": "DecisionTransformerModel"}"#) == [])
    let whole = config.replacing("DecisionTransformerGPT2Model", with: "DecisionTransformerModel")
    #expect(try remarks(config: whole) == [])
  }

  @Test("a trunk's cache that nobody chose is a note")
  func tokenNotes() throws {
    let options = #"{"model_class": "DecisionTransformerGPT2Model"}"#
    #expect(
      try remarks(config: Self.minimalConfig, options: options) == [
        "note: Hopper.dtmodel/codegen.json: tokens: absent; a cache of 60 tokens is assumed, three "
          + "for each of 20 control steps"
      ])
    let config = #"{"model_type": "decision_transformer", "n_positions": 32, "max_length": null}"#
    #expect(
      try remarks(
        config: config,
        options: #"{"model_class": "DecisionTransformerGPT2Model", "tokens": 32}"#) == [])
  }

  // MARK: What is read

  @Test("config.json and codegen.json become a model under the folder's name")
  func model() throws {
    let optionsText = #"{"window": 5, "action_scale": 2}"#
    let (model, remarks) = try withFolder(
      named: "Two_Legs2.dtmodel", options: optionsText
    ) { path in try ModelFolder(path: path).readModel() }
    var config = ModelConfig()
    config.maximumLength = 20
    var options = GenerationOptions()
    options.window = 5
    options.actionScale = [2]
    #expect(
      model
        == Model(
          name: "Two_Legs2", config: config, options: options,
          configDigest: SHA256.hexadecimalDigest(of: Array(Self.minimalConfig.utf8)),
          optionsDigest: SHA256.hexadecimalDigest(of: Array(optionsText.utf8))))
    #expect(model.window == 5)
    #expect(model.actionScale == [2, 2, 2, 2])
    #expect(model.actionOffset == [0, 0, 0, 0])
    #expect(remarks.isEmpty)
  }

  @Test("The published walker2d config reads as it is, with a window of 20")
  func published() throws {
    let (model, remarks) = try withFolder(named: "Walker.dtmodel", config: publishedConfig) {
      try ModelFolder(path: $0).readModel()
    }
    var expected = ModelConfig()
    expected.stateDimension = 17
    expected.actionDimension = 6
    expected.maximumEpisodeLength = 1000
    #expect(model.config == expected)
    #expect(model.options == GenerationOptions())
    #expect(model.window == 20)
    #expect(remarks.map(\.severity) == [.note])
    #expect(remarks.map(\.key) == ["max_length"])
  }

  @Test(
    "The trained models read without a remark",
    arguments: [
      ("Sources/hopper/Hopper.dtmodel", 11, 3, 3000.0),
      ("Sources/pendulum/Pendulum.dtmodel", 3, 1, -200),
      ("Tests/Data/Models/HalfCheetah.dtmodel", 17, 6, 4000),
    ])
  func trained(folder: String, states: Int, actions: Int, target: Double) throws {
    let path = TestData.package.appending(path: folder).path
    let (model, remarks) = try ModelFolder(path: path).readModel()
    #expect("\(model.name).dtmodel" == ModelFolder(path: path).displayName)
    #expect(model.config.stateDimension == states)
    #expect(model.config.actionDimension == actions)
    #expect(model.options.stateMean?.count == states)
    #expect(model.options.stateStandardDeviation?.count == states)
    #expect(model.actionScale.count == actions)
    #expect(model.options.targetReturn == target)
    #expect(model.window == 20)
    #expect(remarks.isEmpty)
  }

  @Test("The folder's name is known whichever way the path is written")
  func displayName() {
    #expect(ModelFolder(path: "a/Hopper.dtmodel").displayName == "Hopper.dtmodel")
    #expect(ModelFolder(path: "Hopper.dtmodel///").displayName == "Hopper.dtmodel")
    #expect(ModelFolder(path: "Hopper.dtmodel/.").displayName == "Hopper.dtmodel")
    #expect(
      ModelFolder(path: "Hopper.dtmodel//").path(of: "config.json") == "Hopper.dtmodel/config.json")
  }

  @Test("A file may be a link, as in Hugging Face's cache")
  func symbolicLink() throws {
    try withFolder(config: nil) { path in
      let target = path + "/../blob"
      try Self.minimalConfig.write(toFile: target, atomically: false, encoding: .utf8)
      try FileManager.default.createSymbolicLink(
        atPath: path + "/config.json", withDestinationPath: "../blob")
      #expect(try ModelFolder(path: path).readModel().model.config.maximumLength == 20)
    }
  }

  // MARK: What is remarked

  @Test("Where no file gives a window, 20 is assumed with a note")
  func assumedWindow() throws {
    let config = #"{"model_type": "decision_transformer"}"#
    #expect(
      try remarks(config: config) == [
        """
        note: Hopper.dtmodel/config.json: max_length: absent; a window of 20 control steps is \
        assumed, the default of transformers 4.x; "window" in codegen.json sets another
        """
      ])
    #expect(try remarks(config: config, options: #"{"window": 20}"#).isEmpty)
  }

  @Test("A window longer than an episode or than n_positions is remarked where it is given")
  func longWindow() throws {
    let shape = #""model_type": "decision_transformer", "max_ep_len": 10, "n_positions": 33"#
    #expect(try remarks(config: "{\(shape)}", options: #"{"window": 10}"#).isEmpty)
    #expect(
      try remarks(config: "{\(shape)}", options: #"{"window": 11}"#) == [
        """
        note: Hopper.dtmodel/codegen.json: window: 11 control steps are more than an episode has \
        (max_ep_len 10); the window never fills
        """
      ])
    // Behind its last timestep an episode goes on, unless that is an error.
    for overflow in ["clamp", "wrap"] {
      let options = #"{"window": 11, "timestep_overflow": "\#(overflow)"}"#
      #expect(try remarks(config: "{\(shape)}", options: options).isEmpty)
    }
    #expect(
      try remarks(config: #"{\#(shape), "max_length": 12}"#) == [
        """
        note: Hopper.dtmodel/config.json: max_length: 12 control steps are more than an episode \
        has (max_ep_len 10); the window never fills
        """,
        """
        note: Hopper.dtmodel/config.json: max_length: 12 control steps are 36 tokens, more than \
        n_positions (33); transformers before 5.2 cannot run such a window
        """,
      ])
  }

  @Test("A missing model type is a warning")
  func modelType() throws {
    #expect(
      try remarks(config: #"{"max_length": 3}"#) == [
        """
        warning: Hopper.dtmodel/config.json: model_type: absent; "decision_transformer" is assumed
        """
      ])
  }

  // MARK: What is rejected

  @Test("The problems of both files and of the name come together")
  func allTogether() throws {
    try expectProblems(
      """
      Int.dtmodel: "Int" is a type of the Swift standard library; accepted: a name that is free
      Int.dtmodel/config.json: n_layer: found 0; accepted: an integer from 1 to 1024
      Int.dtmodel/codegen.json: state_mean: found 1 number; accepted: 17, one for each state \
      (state_dim in config.json)
      Int.dtmodel/codegen.json: state_mean: given without state_std; accepted: both or neither
      """, name: "Int.dtmodel", config: #"{"n_layer": 0}"#, options: #"{"state_mean": [1]}"#)
  }

  @Test("Lengths are not judged by a dimension that could not be read")
  func unknownDimension() throws {
    let options = #"{"state_mean": [1], "state_std": [1], "action_scale": [1, 2, 3]}"#
    try expectProblems(
      "Hopper.dtmodel/config.json: state_dim: found null; accepted: an integer from 1 to 65536",
      config: #"{"state_dim": null}"#, options: options)
    try expectProblems(
      """
      Hopper.dtmodel/config.json: line 1, column 2: a name in double quotes is missing; found the \
      end of the text
      Hopper.dtmodel/codegen.json: windw: is not an option; did you mean "window"?
      """, config: "{", options: #"{"windw": 1, "state_mean": [1], "state_std": [1]}"#)
  }

  @Test("An unbounded history needs a window in codegen.json")
  func unboundedHistory() throws {
    let config = #"{"model_type": "decision_transformer", "max_length": null}"#
    let message = """
      Hopper.dtmodel/config.json: max_length: found null, an unbounded history, which is not \
      supported; accepted: an integer from 1 to 4096 here, or "window" in codegen.json
      """
    try expectProblems(message, config: config)
    try expectProblems(message, config: config, options: "{}")
    #expect(try remarks(config: config, options: #"{"window": 7}"#).isEmpty)
    // A window that is there but wrong is the only problem.
    try expectProblems(
      "Hopper.dtmodel/codegen.json: window: found 0; accepted: an integer from 1 to 4096",
      config: config, options: #"{"window": 0}"#)
  }

  @Test("With a window in codegen.json, max_length may be any length")
  func overriddenLength() throws {
    #expect(
      try remarks(
        config: #"{"model_type": "decision_transformer", "max_length": 100000}"#,
        options: #"{"window": 7}"#
      ).isEmpty)
    try expectProblems(
      "Hopper.dtmodel/config.json: max_length: found 0; accepted: an integer of at least 1",
      config: #"{"max_length": 0}"#, options: #"{"window": 7}"#)
  }

  @Test("config.json is required")
  func missingConfig() throws {
    try expectProblems(
      """
      Hopper.dtmodel/config.json: no such file; accepted: the config.json that Hugging Face's \
      save_pretrained writes
      """, config: nil)
  }

  @Test("A Git LFS pointer is recognised")
  func pointer() throws {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    try expectProblems(
      """
      Hopper.dtmodel/config.json: a Git LFS pointer, not the file itself; `git lfs pull` fetches it
      Hopper.dtmodel/codegen.json: a Git LFS pointer, not the file itself; `git lfs pull` fetches it
      """, config: pointer, options: pointer)
  }

  @Test("An empty codegen.json is told what an empty object is", arguments: ["", " \r\n\t\n"])
  func emptyOptions(text: String) throws {
    try expectProblems(
      "Hopper.dtmodel/codegen.json: is empty; accepted: a JSON object, {} where there is no option",
      options: text)
    #expect(try remarks(config: Self.minimalConfig, options: "{}\n") == [])
  }

  @Test("A name that is refused for its letters' case comes with one that is accepted")
  func nearestName() throws {
    try expectProblems(
      """
      import.dtmodel: "import" is a word of the Swift language; accepted: a name that is free, as in Import.dtmodel
      """, name: "import.dtmodel")
    try expectProblems(
      """
      my-hopper.dtmodel: "my-hopper" is not a name for a Swift type; accepted: an ASCII letter, then letters, digits and \
      underscores, as in MyHopper.dtmodel
      """, name: "my-hopper.dtmodel")
  }

  @Test("A name with a small letter in front is noted with the one that Swift's types have")
  func smallLetter() throws {
    func remarks(_ name: String) throws -> [String] {
      try withFolder(named: "\(name).dtmodel", options: #"{"state_mean": null}"#) { path in
        try Compiler.compile(folder: path, codeOnly: true).remarks.map {
          $0.description.replacing(path, with: "Folder")
        }
      }
    }
    #expect(
      try remarks("hopper") == [
        "note: Folder: the type is called hopper, as its folder, and types of Swift begin with a capital letter; accepted: "
          + "Hopper.dtmodel, too"
      ])
    #expect(try remarks("Hopper") == [])
    // There is no such type for `State`.
    #expect(try remarks("state").map { $0.hasSuffix("a capital letter") } == [true])
  }

  @Test("A folder in the place of a file")
  func folderAsFile() throws {
    try withFolder { path in
      try FileManager.default.createDirectory(
        atPath: path + "/codegen.json", withIntermediateDirectories: false)
      expect("\(path)/codegen.json: not a regular file") {
        () throws(InvalidInput) in try ModelFolder(path: path).readModel()
      }
    }
  }

  @Test("Something else in the place of the folder")
  func notAFolder() throws {
    expect("nowhere/Hopper.dtmodel: no such folder") {
      () throws(InvalidInput) in try ModelFolder(path: "nowhere/Hopper.dtmodel").readModel()
    }
    try withFolder { path in
      expect("\(path)/config.json: not a folder; accepted: a folder <Name>.dtmodel") {
        () throws(InvalidInput) in try ModelFolder(path: path + "/config.json").readModel()
      }
    }
    try expectProblems(
      """
      Hopper: the folder's name does not end in .dtmodel; accepted: <Name>.dtmodel, where <Name> \
      becomes the name of the type
      """, name: "Hopper")
  }
}

/// edbeeching/decision-transformer-gym-walker2d-expert, first revision, verbatim.
private let publishedConfig = """
  {
    "act_dim": 6,
    "action_tanh": true,
    "activation_function": "relu",
    "architectures": [
      "DecisionTransformerModel"
    ],
    "attn_pdrop": 0.1,
    "bos_token_id": 50256,
    "embd_pdrop": 0.1,
    "eos_token_id": 50256,
    "hidden_size": 128,
    "initializer_range": 0.02,
    "layer_norm_epsilon": 1e-05,
    "max_ep_len": 1000,
    "model_type": "decision_transformer",
    "n_embd": 768,
    "n_head": 1,
    "n_inner": null,
    "n_layer": 3,
    "n_positions": 1024,
    "reorder_and_upcast_attn": false,
    "resid_pdrop": 0.1,
    "scale_attn_by_inverse_layer_idx": false,
    "scale_attn_weights": true,
    "state_dim": 17,
    "summary_activation": null,
    "summary_first_dropout": 0.1,
    "summary_proj_to_labels": true,
    "summary_type": "cls_index",
    "summary_use_proj": true,
    "torch_dtype": "float32",
    "transformers_version": "4.17.0.dev0",
    "use_cache": true,
    "vocab_size": 1
  }
  """
