import DecisionTransformerCodegen
import Testing

/// What codegen.json says about actions.
@Suite("codegen.json: actions")
struct ActionOptionsReaderTests {
  /// Reads options for a model with three states and two actions.
  private func read(_ text: String) throws(InvalidInput) -> GenerationOptions {
    var config = ModelConfig()
    config.stateDimension = 3
    config.actionDimension = 2
    return try GenerationOptionsReader.read(
      Array(text.utf8), path: "codegen.json", config: config)
  }

  @Test("One action scale or offset serves all actions, bare or in an array")
  func actionUnits() throws {
    #expect(try read(#"{"action_scale": 2}"#).actionScale == [2])
    #expect(try read(#"{"action_scale": [2]}"#).actionScale == [2])
    #expect(try read(#"{"action_offset": -2}"#).actionOffset == [-2])
    #expect(try read(#"{"action_offset": [0]}"#).actionOffset == [0])
  }

  @Test("One bound serves all actions, either may be given alone, and both may be the same number")
  func bounds() throws {
    #expect(try read(#"{"action_minimum": -2}"#).actionMinimum == [-2])
    #expect(try read(#"{"action_minimum": -2}"#).actionMaximum == nil)
    #expect(try read(#"{"action_maximum": [2]}"#).actionMaximum == [2])
    let options = try read(#"{"action_minimum": [-2, 3], "action_maximum": 3}"#)
    #expect((options.actionMinimum, options.actionMaximum) == ([-2, 3], [3]))
    // As float32 they are the same.
    #expect(
      try read(#"{"action_minimum": 0.1000000001, "action_maximum": 0.1}"#).actionMaximum == [0.1])
  }

  @Test("Every component without numbers between its bounds is told, all of them at once")
  func emptyRanges() {
    let accepted = "accepted: a minimum that is no larger than the maximum"
    expect(
      """
      codegen.json: action_minimum[0]: found 1, which is above action_maximum[0], 0.5; \(accepted)
      codegen.json: action_minimum[1]: found -1, which is above action_maximum[1], -1.5; \(accepted)
      codegen.json: action_history: found "never"; accepted: "raw", "clamped"
      """
    ) { () throws(InvalidInput) in
      try read(
        #"{"action_minimum": [1, -1], "action_maximum": [0.5, -1.5], "action_history": "never"}"#)
    }
    expect(
      """
      codegen.json: action_minimum: found 1, which is above action_maximum[0], 0; \(accepted)
      codegen.json: action_minimum: found 1, which is above action_maximum[1], -1; \(accepted)
      """
    ) { () throws(InvalidInput) in
      try read(#"{"action_maximum": [0, -1], "action_minimum": 1}"#)
    }
  }
  @Test(
    "One wrong value, one line",
    arguments: [
      (
        #""action_scale": 0.0"#,
        """
        action_scale: found 0.0; accepted: a number other than 0 that float32 can hold (1.2e-38 to \
        3.4e38, or negative)
        """
      ),
      (
        #""action_scale": [1, 0]"#,
        """
        action_scale[1]: found 0; accepted: a number other than 0 that float32 can hold (1.2e-38 \
        to 3.4e38, or negative)
        """
      ),
      (
        #""action_scale": [1, 1, 1]"#,
        """
        action_scale: found 3 numbers; accepted: one number, or 2, one for each action (act_dim in \
        config.json)
        """
      ),
      (
        #""action_scale": []"#,
        """
        action_scale: found 0 numbers; accepted: one number, or 2, one for each action (act_dim in \
        config.json)
        """
      ),
      (
        #""action_scale": "2""#,
        #"action_scale: found "2"; accepted: a number, or an array of numbers"#
      ),
      (
        #""action_offset": [1, 2, 3]"#,
        """
        action_offset: found 3 numbers; accepted: one number, or 2, one for each action (act_dim in \
        config.json)
        """
      ),
      (
        #""action_offset": [1, 1e39]"#,
        "action_offset[1]: found 1e+39; accepted: a number that float32 can hold"
      ),
      (
        #""action_offset": null"#,
        "action_offset: found null; accepted: a number, or an array of numbers"
      ),
      (
        #""action_offset": -1e39"#,
        "action_offset: found -1e+39; accepted: a number that float32 can hold"
      ),
      (
        #""action_minimum": [0, 0, 0]"#,
        """
        action_minimum: found 3 numbers; accepted: one number, or 2, one for each action (act_dim in \
        config.json)
        """
      ),
      (
        #""action_maximum": [0, -1e39]"#,
        "action_maximum[1]: found -1e+39; accepted: a number that float32 can hold"
      ),
      (
        #""action_minimum": 2, "action_maximum": 1.5"#,
        """
        action_minimum: found 2, which is above action_maximum, 1.5; accepted: a minimum that is no \
        larger than the maximum
        """
      ),
      (
        #""action_minimum": [0, 2], "action_maximum": 1"#,
        """
        action_minimum[1]: found 2, which is above action_maximum, 1; accepted: a minimum that is no \
        larger than the maximum
        """
      ),
      (
        #""action_history": "clamped""#,
        """
        action_history: found "clamped" without a bound; accepted: "raw", or "clamped" beside \
        action_minimum, action_maximum or both
        """
      ),
      // One mistake, one line: that the bound is wrong says enough.
      (
        #""action_history": "clamped", "action_minimum": "-1""#,
        #"action_minimum: found "-1"; accepted: a number, or an array of numbers"#
      ),
      (
        #""action_history": true"#, #"action_history: found true; accepted: "raw", "clamped""#
      ),
    ])
  func wrongValue(members: String, message: String) {
    expect("codegen.json: \(message)") { () throws(InvalidInput) in try read("{\(members)}") }
  }

  @Test("Where there is one action, one scale is all that is accepted")
  func actionScaleOfOneAction() {
    var config = ModelConfig()
    config.actionDimension = 1
    expect("codegen.json: action_scale: found 2 numbers; accepted: one number") {
      () throws(InvalidInput) in
      try GenerationOptionsReader.read(
        Array(#"{"action_scale": [1, 2]}"#.utf8), path: "codegen.json", config: config)
    }
  }
}
