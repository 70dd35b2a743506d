import DecisionTransformerCodegen
import Testing

/// codegen.json of a model whose actions are numbers.
@Suite("The options of discrete actions")
struct DiscreteOptionsTests {
  private func read(_ text: String) throws(InvalidInput) -> GenerationOptions {
    try GenerationOptionsReader.read(
      Array(text.utf8), path: "codegen.json", config: ModelConfig())
  }

  @Test("are the kind and a temperature; without them actions are vectors")
  func accepted() throws {
    #expect(try read("{}").actions == .continuous)
    #expect(try read(#"{"actions": "continuous"}"#) == GenerationOptions())
    var expected = GenerationOptions()
    expected.actions = .discrete
    #expect(try read(#"{"actions": "discrete"}"#) == expected)
    #expect(expected.temperature == 1)
    expected.temperature = 0.25
    (expected.batch, expected.precision) = (3, .bfloat16)
    let text =
      #"{"actions": "discrete", "temperature": 0.25, "batch": 3, "precision": "bfloat16"}"#
    #expect(try read(text) == expected)
  }

  @Test("have neither units nor bounds, and no window at once")
  func refused() {
    for (key, value) in [
      ("action_scale", "2"), ("action_offset", "[1, 1, 1, 1]"), ("action_minimum", "-1"),
      ("action_maximum", "1"), ("action_history", #""raw""#),
    ] {
      expect(
        #"codegen.json: \#(key): is of actions that are vectors; accepted: no such key beside "actions": "discrete""#
      ) { () throws(InvalidInput) in try read(#"{"actions": "discrete", "\#(key)": \#(value)}"#) }
    }
    expect(
      """
      codegen.json: outputs: are of "forward", which has no place beside "actions": "discrete"; accepted: \
      ["action"]; the generated type has logits anyway
      """
    ) { () throws(InvalidInput) in
      try read(#"{"actions": "discrete", "outputs": ["action", "state"]}"#)
    }
  }

  @Test("are refused with what is accepted")
  func wrongValues() {
    for (members, message) in [
      (#""actions": "one-hot""#, #"actions: found "one-hot"; accepted: "continuous", "discrete""#),
      (#""actions": true"#, #"actions: found true; accepted: "continuous", "discrete""#),
      (
        #""temperature": 0.5"#,
        #"temperature: is of discrete actions; accepted: beside "actions": "discrete""#
      ),
      (
        #""actions": "discrete", "temperature": 0"#,
        "temperature: found 0; accepted: a number above 0 that float32 can hold (1.2e-38 to 3.4e38)"
      ),
      (
        #""actions": "discrete", "temperature": -1"#,
        "temperature: found -1; accepted: a number above 0 that float32 can hold (1.2e-38 to 3.4e38)"
      ),
    ] {
      expect("codegen.json: \(message)") { () throws(InvalidInput) in try read("{\(members)}") }
    }
  }
}
