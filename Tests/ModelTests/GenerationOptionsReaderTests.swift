import DecisionTransformerCodegen
import Testing

@Suite("codegen.json")
struct GenerationOptionsReaderTests {
  /// Reads options for a model with three states and two actions.
  private func read(_ text: String) throws(InvalidInput) -> GenerationOptions {
    var config = ModelConfig()
    config.stateDimension = 3
    config.actionDimension = 2
    return try GenerationOptionsReader.read(
      Array(text.utf8), path: "codegen.json", config: config)
  }

  @Test("Every option has a default")
  func defaults() throws {
    let options = try read("{}")
    #expect(options == GenerationOptions())
    #expect(options.window == nil)
    #expect(options.batch == 1)
    #expect(options.stateMean == nil)
    #expect(options.stateStandardDeviation == nil)
    #expect(options.returnScale == 1)
    #expect(options.actionScale == [1])
    #expect(options.actionOffset == [0])
    #expect(options.returnOffset == 0)
    #expect(options.returnRounding == .step)
    #expect(options.actionMinimum == nil)
    #expect(options.actionMaximum == nil)
    #expect(options.actionHistory == .raw)
    #expect(options.firstTimestep == 0)
    #expect(options.targetReturn == nil)
    #expect(options.precision == .float32)
    #expect(options.outputs == [.action])
    #expect(options.timestepOverflow == .error)
    #expect(options.access == .public)
    #expect(options.weightStorage == .automatic)
    #expect(options.hasSelfTest == nil)
    #expect(!options.hasCInterface && !options.hasOperations && !options.takesRawStates)
  }

  @Test(
    "null says that states go in as they are, alone or for both",
    arguments: [#"{"state_mean": null}"#, #"{"state_std": null, "state_mean": null}"#])
  func rawStates(text: String) throws {
    var expected = GenerationOptions()
    expected.takesRawStates = true
    #expect(try read(text) == expected)
  }

  @Test("Every option arrives")
  func everyOption() throws {
    let options = try read(
      """
      {"window": 24, "batch": 3, "state_mean": [0, -1.5, 2e3], "state_std": [1, 0.5, 1e-6],
       "return_scale": 1000.0, "return_offset": -12.5, "return_rounding": "none",
       "action_scale": [2, -0.5], "action_offset": [0, -3.5], "action_minimum": [-1, -4],
       "action_maximum": 2, "action_history": "clamped", "first_timestep": 1, "target_return": -200,
       "precision": "float32", "outputs": ["action"], "timestep_overflow": "clamp",
       "access": "package", "weights": "file", "self_test": false, "c_interface": false}
      """)
    var expected = GenerationOptions()
    expected.window = 24
    expected.batch = 3
    expected.stateMean = [0, -1.5, 2000]
    expected.stateStandardDeviation = [1, 0.5, 1e-6]
    (expected.returnScale, expected.hasReturnScale) = (1000, true)
    (expected.returnOffset, expected.returnRounding) = (-12.5, .never)
    expected.actionScale = [2, -0.5]
    expected.actionOffset = [0, -3.5]
    (expected.actionMinimum, expected.actionMaximum) = ([-1, -4], [2])
    (expected.actionHistory, expected.firstTimestep) = (.clamped, 1)
    expected.targetReturn = -200
    expected.timestepOverflow = .clamp
    expected.access = .package
    expected.weightStorage = .file
    expected.hasSelfTest = false
    #expect(options == expected)
  }

  @Test("A C interface is asked for with true")
  func cInterface() throws {
    #expect(try read(#"{"c_interface": true}"#).hasCInterface)
    #expect(try read(#"{"explain": true}"#).hasOperations)
  }

  @Test("Every name of a choice is accepted")
  func choices() throws {
    for choice in AccessLevel.allCases {
      #expect(try read(#"{"access": "\#(choice)"}"#).access == choice)
    }
    for choice in TimestepOverflow.allCases {
      #expect(try read(#"{"timestep_overflow": "\#(choice)"}"#).timestepOverflow == choice)
    }
    for choice in ReturnRounding.allCases {
      let text = #"{"return_rounding": "\#(choice.rawValue)"}"#
      #expect(try read(text).returnRounding == choice)
    }
    for choice in ActionHistory.allCases {
      let text = #"{"action_history": "\#(choice)", "action_minimum": -1}"#
      #expect(try read(text).actionHistory == choice)
    }
    for choice in WeightStorage.allCases {
      #expect(try read(#"{"weights": "\#(choice)"}"#).weightStorage == choice)
    }
  }

  @Test("An episode cannot begin behind the only row")
  func firstTimestepOfOneRow() throws {
    var config = ModelConfig()
    config.maximumEpisodeLength = 1
    expect(
      """
      codegen.json: first_timestep: found 1, where the only row is 0 (max_ep_len 1 in config.json); \
      accepted: 0
      """
    ) { () throws(InvalidInput) in
      try GenerationOptionsReader.read(
        Array(#"{"first_timestep": 1}"#.utf8), path: "codegen.json", config: config)
    }
    let zero = try GenerationOptionsReader.read(
      Array(#"{"first_timestep": 0}"#.utf8), path: "codegen.json", config: config)
    #expect(zero == GenerationOptions())
  }

  @Test(
    "One wrong value, one line",
    arguments: [
      // Keys
      (#""state_sdt": 1"#, #"state_sdt: is not an option; did you mean "state_std"?"#),
      (#""Window": 1"#, #"Window: is not an option; did you mean "window"?"#),
      (#""self_test": 1"#, "self_test: found 1; accepted: true or false"),
      (#""self_test": "no""#, #"self_test: found "no"; accepted: true or false"#),
      (#""return_scales": 1"#, #"return_scales: is not an option; did you mean "return_scale"?"#),
      (
        #""zzz": 1"#,
        """
        zzz: is not an option; accepted: "window", "batch", "state_mean", "state_std", "frame_input", "return_scale", \
        "return_offset", "return_rounding", "actions", "temperature", "action_scale", \
        "action_offset", "action_minimum", "action_maximum", "action_history", "target_return", \
        "precision", "matrix_precisions", "max_action_error", "outputs", "timestep_overflow", "first_timestep", "access", "weights", \
        "self_test", "model_class", "tokens", "c_interface", "explain"
        """
      ),
      (
        #""": 1"#,
        """
        "": is not an option; accepted: "window", "batch", "state_mean", "state_std", "frame_input", "return_scale", \
        "return_offset", "return_rounding", "actions", "temperature", "action_scale", \
        "action_offset", "action_minimum", "action_maximum", "action_history", "target_return", \
        "precision", "matrix_precisions", "max_action_error", "outputs", "timestep_overflow", "first_timestep", "access", "weights", \
        "self_test", "model_class", "tokens", "c_interface", "explain"
        """
      ),
      // Window
      (#""window": 0"#, "window: found 0; accepted: an integer from 1 to 4096"),
      (#""window": 4097"#, "window: found 4097; accepted: an integer from 1 to 4096"),
      (#""window": 20.0"#, "window: found 20.0; accepted: an integer from 1 to 4096"),
      (#""window": null"#, "window: found null; accepted: an integer from 1 to 4096"),
      // Batch
      (#""batch": 0"#, "batch: found 0; accepted: an integer from 1 to 256"),
      (#""batch": 257"#, "batch: found 257; accepted: an integer from 1 to 256"),
      (#""batch": [2]"#, "batch: found an array; accepted: an integer from 1 to 256"),
      (
        #""batch": 2, "outputs": ["action", "state"]"#,
        """
        batch: found 2 beside outputs other than "action", which have one agent; accepted: 1, or \
        "outputs": ["action"]
        """
      ),
      // Normalisation
      (
        #""state_mean": [0, 0, 0]"#,
        "state_mean: given without state_std; accepted: both or neither"
      ),
      (
        #""state_std": [1, 1, 1]"#,
        "state_std: given without state_mean; accepted: both or neither"
      ),
      (
        #""state_mean": [0, 0, 0, 5], "state_std": [1, 1, 1]"#,
        """
        state_mean: found 4 numbers; accepted: 3, one for each state (state_dim in config.json)
        """
      ),
      (
        #""state_mean": [0, 0, 0], "state_std": [1]"#,
        """
        state_std: found 1 number; accepted: 3, one for each state (state_dim in config.json)
        """
      ),
      (
        #""state_mean": null, "state_std": [1, 1, 1]"#,
        """
        state_mean: found null; accepted: an array of numbers
        """
      ),
      (
        #""state_mean": 0, "state_std": [1, 1, 1]"#,
        "state_mean: found 0; accepted: an array of numbers"
      ),
      (
        #""state_mean": [0, "0", 0], "state_std": [1, 1, 1]"#,
        #"state_mean[1]: found "0"; accepted: a number that float32 can hold"#
      ),
      (
        #""state_mean": [0, 0, 3.5e38], "state_std": [1, 1, 1]"#,
        "state_mean[2]: found 3.5e+38; accepted: a number that float32 can hold"
      ),
      (
        #""state_mean": [0, 0, 0], "state_std": [1, 0, 1]"#,
        """
        state_std[1]: found 0; accepted: a number above 0 that float32 can hold (1.2e-38 to 3.4e38)
        """
      ),
      (
        #""state_mean": [0, 0, 0], "state_std": [1, 1, -2.5]"#,
        """
        state_std[2]: found -2.5; accepted: a number above 0 that float32 can hold (1.2e-38 to \
        3.4e38)
        """
      ),
      (
        #""state_mean": [0, 0, 0], "state_std": [1e-39, 1, 1]"#,
        """
        state_std[0]: found 1e-39; accepted: a number above 0 that float32 can hold (1.2e-38 to \
        3.4e38)
        """
      ),
      // Scales and target
      (
        #""return_scale": 0"#,
        """
        return_scale: found 0; accepted: a number other than 0 that float32 can hold (1.2e-38 to \
        3.4e38, or negative)
        """
      ),
      (
        #""return_scale": 1e300"#,
        """
        return_scale: found 1e+300; accepted: a number other than 0 that float32 can hold \
        (1.2e-38 to 3.4e38, or negative)
        """
      ),
      (
        #""return_offset": [1]"#,
        "return_offset: found an array; accepted: a number that float32 can hold"
      ),
      (
        #""return_rounding": "float32""#,
        #"return_rounding: found "float32"; accepted: "step", "first", "unscaled", "none", "integer""#
      ),
      (
        #""target_return": 3e38, "return_offset": -3e38"#,
        """
        target_return: found 3e+38, which less return_offset and divided by return_scale is too \
        large; accepted: a target whose scaled value float32 can hold
        """
      ),
      (#""first_timestep": 2"#, "first_timestep: found 2; accepted: an integer from 0 to 1"),
      (#""first_timestep": 1.0"#, "first_timestep: found 1.0; accepted: an integer from 0 to 1"),
      (
        #""target_return": null"#,
        "target_return: found null; accepted: a number that float32 can hold"
      ),
      (
        #""target_return": 1e39"#,
        "target_return: found 1e+39; accepted: a number that float32 can hold"
      ),
      (
        #""target_return": 1e30, "return_scale": 1e-30"#,
        """
        target_return: found 1e+30, which divided by return_scale is too large; accepted: a target \
        whose scaled value float32 can hold
        """
      ),
      // Choices
      (
        #""precision": "float16""#,
        #"precision: found "float16"; accepted: "float32", "bfloat16", "int16", "int8""#
      ),
      (
        #""precision": 32"#,
        #"precision: found 32; accepted: "float32", "bfloat16", "int16", "int8""#
      ),
      (
        #""outputs": "action""#,
        #"outputs: found "action"; accepted: an array of "action", "state", "return", "last_hidden_state", "hidden_states", "attentions""#
      ),
      (
        #""outputs": []"#,
        #"outputs: found an empty array; accepted: an array of "action", "state", "return", "last_hidden_state", "hidden_states", "attentions""#
      ),
      (
        #""outputs": ["action", "logits"]"#,
        #"outputs[1]: found "logits"; accepted: "action", "state", "return", "last_hidden_state", "hidden_states", "attentions""#
      ),
      (
        #""outputs": ["action", "action"]"#,
        #"outputs[1]: found "action" a second time; accepted: each output once"#
      ),
      (
        #""timestep_overflow": "modulo""#,
        #"timestep_overflow: found "modulo"; accepted: "error", "clamp", "wrap""#
      ),
      (
        #""access": "private""#,
        #"access: found "private"; accepted: "public", "package", "internal""#
      ),
      (
        #""c_interface": "hopper""#,
        #"c_interface: found "hopper"; accepted: true or false"#
      ),
      (
        #""explain": 1"#,
        #"explain: found 1; accepted: true or false"#
      ),
      (
        #""batch": 2, "explain": true"#,
        #"explain: found true beside "batch": 2, whose agents share rows from one operation to the next; accepted: false, or "batch": 1"#
      ),
      (
        #""weights": true"#,
        #"weights: found true; accepted: "automatic", "embedded", "file""#
      ),
    ])
  func wrongValue(members: String, message: String) {
    expect("codegen.json: \(message)") { () throws(InvalidInput) in try read("{\(members)}") }
  }

  @Test("All problems are reported together, in the order of the file")
  func allTogether() {
    expect(
      """
      codegen.json: window: found -1; accepted: an integer from 1 to 4096
      codegen.json: acess: is not an option; did you mean "access"?
      codegen.json: state_std[0]: found "1"; accepted: a number above 0 that float32 can hold \
      (1.2e-38 to 3.4e38)
      codegen.json: state_std: found 2 numbers; accepted: 3, one for each state (state_dim in \
      config.json)
      codegen.json: state_std: given without state_mean; accepted: both or neither
      codegen.json: weights: found "net"; accepted: "automatic", "embedded", "file"
      """
    ) { () throws(InvalidInput) in
      try read(#"{"window": -1, "acess": 1, "state_std": ["1", 2], "weights": "net"}"#)
    }
  }

  @Test("A text that is not one JSON object")
  func notAnObject() {
    expect("codegen.json: found null; accepted: a JSON object") {
      () throws(InvalidInput) in try read("null")
    }
    expect("codegen.json: line 1, column 12: NaN is not JSON; a number must be finite") {
      () throws(InvalidInput) in try read(#"{"window": NaN}"#)
    }
  }

  @Test("A ? of dtgen init that is left is named with its key and its line")
  func placeholder() {
    let accepted = "accepted: a value in place of each ?"
    expect(
      "codegen.json: line 3, column 17: a value is missing; found \"?\" in \"return_scale\"; \(accepted)"
    ) { () throws(InvalidInput) in
      try read("{\n\"window\": 2,\n\"return_scale\": ?\n}")
    }
    expect(
      "codegen.json: line 2, column 20: a value is missing; found \"?\" in \"state_mean\"; \(accepted)"
    ) { () throws(InvalidInput) in
      try read("{ \"matrix_precisions\": {\"a\": \"int8\"},\n \"state_mean\": [1, ?, ?]}")
    }
    expect("codegen.json: line 1, column 1: a value is missing; found \"?\"; \(accepted)") {
      () throws(InvalidInput) in try read("?")
    }
  }
}
