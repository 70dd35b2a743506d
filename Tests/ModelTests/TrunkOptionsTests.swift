import DecisionTransformerCodegen
import Foundation
import Testing

/// codegen.json of a trunk, read together with its config.json.
@Suite("The options of a trunk")
struct TrunkOptionsTests {
  private let path = "Trunk.dtmodel/codegen.json"

  private func read(
    _ text: String, positions: Int = 1024
  ) throws(InvalidInput) -> GenerationOptions {
    var config = ModelConfig()
    config.positionCount = positions
    return try GenerationOptionsReader.read(Array(text.utf8), path: path, config: config)
  }

  @Test("are class, tokens or window, precision, access and weights")
  func accepted() throws {
    let options = try read(
      """
      {"model_class": "DecisionTransformerGPT2Model", "tokens": 48, "precision": "bfloat16",
       "access": "internal", "weights": "file"}
      """, positions: 48)
    #expect(options.modelClass == .trunk && options.tokens == 48)
    #expect(try read(#"{"model_class": "DecisionTransformerModel"}"#) == GenerationOptions())
  }

  @Test("give a cache of three tokens for each step of the window, but no more than positions")
  func capacity() throws {
    func capacity(_ text: String, positions: Int) throws -> Int {
      var config = ModelConfig()
      config.positionCount = positions
      let options = try read(
        #"{"model_class": "DecisionTransformerGPT2Model"\#(text)}"#, positions: positions)
      return Model(name: "Trunk", config: config, options: options, configDigest: "").tokenCapacity
    }
    #expect(try capacity("", positions: 1024) == 60)
    #expect(try capacity("", positions: 59) == 59)
    #expect(try capacity(#", "window": 7"#, positions: 1024) == 21)
    #expect(try capacity(#", "tokens": 100"#, positions: 1024) == 100)
  }

  @Test("leave out what a trunk has not, by name")
  func refused() {
    let accepted =
      #"accepted: "model_class", "tokens", "window", "precision", "matrix_precisions", "access", "weights", "c_interface""#
    let keys = [
      "state_mean": "[0]", "state_std": "[1]", "return_scale": "1000", "action_scale": "2",
      "action_offset": "2", "action_minimum": "-2", "action_maximum": "2",
      "action_history": #""raw""#, "return_offset": "1", "return_rounding": #""none""#,
      "first_timestep": "1", "actions": #""discrete""#, "temperature": "1",
      "target_return": "3", "outputs": #"["action"]"#, "timestep_overflow": #""clamp""#,
      "self_test": "false", "batch": "3",
    ]
    for (key, value) in keys {
      expect(
        """
        \(path): \(key): is not an option of "model_class": "DecisionTransformerGPT2Model"; \(accepted)
        """
      ) { () throws(InvalidInput) in
        try read(#"{"model_class": "DecisionTransformerGPT2Model", "\#(key)": \#(value)}"#)
      }
    }
  }

  @Test(
    "are refused with what is accepted",
    arguments: [
      (
        #"{"model_class": "GPT2Model"}"#,
        #"model_class: found "GPT2Model"; accepted: "DecisionTransformerModel", "#
          + #""DecisionTransformerGPT2Model""#
      ),
      (
        #"{"model_class": true}"#,
        #"model_class: found true; accepted: "DecisionTransformerModel", "#
          + #""DecisionTransformerGPT2Model""#
      ),
      (
        #"{"tokens": 3}"#,
        #"tokens: is an option of "model_class": "DecisionTransformerGPT2Model"; accepted with "#
          + #""DecisionTransformerModel": "window""#
      ),
      (
        #"{"model_class": "DecisionTransformerGPT2Model", "tokens": 65}"#,
        "tokens: found 65; accepted: an integer from 1 to 64 (n_positions in config.json)"
      ),
      (
        #"{"model_class": "DecisionTransformerGPT2Model", "tokens": 0}"#,
        "tokens: found 0; accepted: an integer from 1 to 64 (n_positions in config.json)"
      ),
      (
        #"{"model_class": "DecisionTransformerGPT2Model", "tokens": 6.0}"#,
        "tokens: found 6.0; accepted: an integer from 1 to 64 (n_positions in config.json)"
      ),
      (
        #"{"model_class": "DecisionTransformerGPT2Model", "tokens": 6, "window": 2}"#,
        "window: given with tokens, which it would decide; accepted: one of the two"
      ),
    ])
  func problems(text: String, problem: String) {
    expect("\(path): \(problem)") { () throws(InvalidInput) in try read(text, positions: 64) }
  }

  @Test("have a limit of their own where there are more positions")
  func limit() {
    expect("\(path): tokens: found 20000; accepted: an integer from 1 to 12288") {
      () throws(InvalidInput) in
      try read(
        #"{"model_class": "DecisionTransformerGPT2Model", "tokens": 20000}"#, positions: 30000)
    }
  }
}
