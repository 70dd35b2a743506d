import DecisionTransformerCodegen
import Testing

/// The names behind those of the functions that most models have.
private let furtherActivations =
  #""gelu_fast", "gelu_10", "quick_gelu", "mish", "sigmoid", "leaky_relu", "relu6", "relu2", "#
  + #""hardswish", "laplace", "sqrtsoftplus", "linear""#

@Suite("What config.json must not say")
struct ModelConfigProblemsTests {
  private func read(_ text: String) throws(InvalidInput) -> ModelConfig {
    var remarks: [Diagnostic] = []
    return try ModelConfigReader.read(Array(text.utf8), path: "config.json", remarks: &remarks)
  }

  /// A config that says the model's type and these members.
  private func read(members: String) throws(InvalidInput) -> ModelConfig {
    try read(#"{"model_type": "decision_transformer", \#(members)}"#)
  }

  @Test(
    "A text that is not one JSON object",
    arguments: [
      ("", "config.json: line 1, column 1: a value is missing; found the end of the text"),
      ("{]", "config.json: line 1, column 2: a name in double quotes is missing; found \"]\""),
      ("[]", "config.json: found an array; accepted: a JSON object"),
      (
        #"{"n_layer": 3, "n_layer": 3}"#,
        "config.json: line 1, column 16: the key \"n_layer\" occurs twice; accepted: once"
      ),
    ])
  func notAnObject(text: String, message: String) {
    expect(message) { () throws(InvalidInput) in try read(text) }
  }

  @Test("A key of another function, which Hugging Face's class would pass over")
  func variantKeys() throws {
    for type in ["", #""model_type": "decision_transformer", "#] {
      expect(
        #"config.json: layer_norm_placement: is no key of Hugging Face's model; accepted: beside "model_type": "decision_transformer_variant""#
      ) { () throws(InvalidInput) in
        try self.read("{\(type)\"layer_norm_placement\": \"after\"}")
      }
    }
    let variant = #""model_type": "decision_transformer_variant""#
    #expect(try read(#"{\#(variant), "layer_norm_placement": "after"}"#).normPlacement == .after)
    #expect(try read("{\(variant)}").normPlacement == .before)
    expect(#"config.json: layer_norm_placement: found "behind"; accepted: "before", "after""#) {
      () throws(InvalidInput) in
      try self.read(#"{\#(variant), "layer_norm_placement": "behind"}"#)
    }
  }

  @Test(
    "A key that there is not, in a file that no library of others writes",
    arguments: [
      ("embeding_activation", #"did you mean "embedding_activation"?"#),
      ("num_heads", #"did you mean "n_head"?"#),
      ("layer_norm_eps", #"did you mean "layer_norm_epsilon"?"#),
      ("return_scale", "accepted: in codegen.json"),
    ])
  func misspeltKey(key: String, hint: String) throws {
    let variant = #""model_type": "decision_transformer_variant""#
    expect("config.json: \(key): is no key of such a model; \(hint)") { () throws(InvalidInput) in
      try self.read("{\(variant), \"\(key)\": 1}")
    }
    #expect(throws: InvalidInput.self) { try read("{\(variant), \"zzz\": 1}") }
    // What Hugging Face's classes write is none.
    _ = try read(#"{\#(variant), "transformers_version": "5.4", "summary_type": "cls_index"}"#)
  }

  @Test("Another model type")
  func modelType() {
    expect(
      #"config.json: model_type: found "gpt2"; accepted: "decision_transformer", "decision_transformer_variant""#
    ) { () throws(InvalidInput) in try read(#"{"model_type": "gpt2"}"#)
    }
    expect(
      #"config.json: model_type: found null; accepted: "decision_transformer", "decision_transformer_variant""#
    ) { () throws(InvalidInput) in try read(#"{"model_type": null}"#)
    }
  }

  @Test(
    "An integer of another type or out of its bounds",
    arguments: [
      ("state_dim", "65536"), ("act_dim", "65536"), ("hidden_size", "65536"),
      ("max_ep_len", "16777216"), ("n_positions", "16777216"), ("n_layer", "1024"),
      ("n_head", "65536"), ("n_inner", "1048576"), ("max_position_embeddings", "16777216"),
      ("num_hidden_layers", "1024"), ("num_attention_heads", "65536"), ("max_length", "4096"),
    ])
  func integers(key: String, limit: String) throws {
    for (value, found) in [
      ("0", "0"), ("-1", "-1"), ("2.0", "2.0"), ("1e2", "100.0"), ("true", "true"),
      (#""3""#, #""3""#), ("[3]", "an array"), ("{}", "an object"),
      ("9223372036854775807", "9223372036854775807"), ("1e30", "1e+30"),
      ("\(Int(limit)! + 1)", "\(Int(limit)! + 1)"),
    ] {
      expect("config.json: \(key): found \(found); accepted: an integer from 1 to \(limit)") {
        () throws(InvalidInput) in try read(members: #""\#(key)": \#(value)"#)
      }
    }
    if !["n_inner", "max_length"].contains(key) {
      expect("config.json: \(key): found null; accepted: an integer from 1 to \(limit)") {
        () throws(InvalidInput) in try read(members: #""\#(key)": null"#)
      }
    }
  }

  @Test(
    "A flag must be true or false",
    arguments: [
      "action_tanh", "scale_attn_weights", "scale_attn_by_inverse_layer_idx",
      "add_cross_attention", "reorder_and_upcast_attn", "use_cache",
    ])
  func flags(key: String) {
    for (value, found) in [("1", "1"), ("null", "null"), (#""true""#, #""true""#)] {
      expect("config.json: \(key): found \(found); accepted: true or false") {
        () throws(InvalidInput) in try read(members: #""\#(key)": \#(value)"#)
      }
    }
  }

  @Test(
    "One wrong value, one line",
    arguments: [
      (
        #""hidden_size": 128, "n_head": 3"#,
        """
        n_head: found 3, which does not divide hidden_size (128); accepted: a divisor of \
        hidden_size
        """
      ),
      (
        #""num_attention_heads": 256"#,
        """
        num_attention_heads: found 256, which does not divide hidden_size (128); accepted: a \
        divisor of hidden_size
        """
      ),
      (
        #""n_layer": 3, "num_hidden_layers": 4"#,
        """
        num_hidden_layers: found 4, but n_layer, which means the same, is 3; accepted: one of the \
        two, or equal values
        """
      ),
      (#""vocab_size": -1"#, "vocab_size: found -1; accepted: an integer of at least 0"),
      (
        #""activation_function": "elu""#,
        """
        activation_function: found "elu"; accepted: "relu", "silu", "swish", "gelu", \
        "gelu_python", "tanh", "gelu_new", "gelu_accurate", "gelu_pytorch_tanh", \
        "gelu_python_tanh", \(furtherActivations)
        """
      ),
      (
        #""activation_function": "prelu""#,
        """
        activation_function: found "prelu", whose learned parameters are not supported; \
        accepted: "relu", "silu", "swish", "gelu", "gelu_python", "tanh", "gelu_new", \
        "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh", \(furtherActivations)
        """
      ),
      (
        #""activation_function": "xielu""#,
        """
        activation_function: found "xielu", whose learned parameters are not supported; \
        accepted: "relu", "silu", "swish", "gelu", "gelu_python", "tanh", "gelu_new", \
        "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh", \(furtherActivations)
        """
      ),
      (
        #""activation_function": null"#,
        """
        activation_function: found null; accepted: "relu", "silu", "swish", "gelu", \
        "gelu_python", "tanh", "gelu_new", "gelu_accurate", "gelu_pytorch_tanh", \
        "gelu_python_tanh", \(furtherActivations)
        """
      ),
      (
        #""layer_norm_epsilon": 0"#,
        """
        layer_norm_epsilon: found 0; accepted: a number above 0 that float32 can hold (1.2e-38 to \
        3.4e38)
        """
      ),
      (
        #""layer_norm_epsilon": -1e-05"#,
        """
        layer_norm_epsilon: found -1e-05; accepted: a number above 0 that float32 can hold \
        (1.2e-38 to 3.4e38)
        """
      ),
      (
        #""layer_norm_epsilon": 1e-40"#,
        """
        layer_norm_epsilon: found 1e-40; accepted: a number above 0 that float32 can hold \
        (1.2e-38 to 3.4e38)
        """
      ),
      (
        #""layer_norm_epsilon": "1e-5""#,
        """
        layer_norm_epsilon: found "1e-5"; accepted: a number above 0 that float32 can hold \
        (1.2e-38 to 3.4e38)
        """
      ),
      (#""resid_pdrop": 1.5"#, "resid_pdrop: found 1.5; accepted: a number from 0 to 1"),
      (#""embd_pdrop": -0.1"#, "embd_pdrop: found -0.1; accepted: a number from 0 to 1"),
      (#""attn_pdrop": null"#, "attn_pdrop: found null; accepted: a number from 0 to 1"),
      (#""initializer_range": "x""#, #"initializer_range: found "x"; accepted: a number"#),
      (
        #""max_length": null"#,
        """
        max_length: found null, an unbounded history, which is not supported; accepted: an \
        integer from 1 to 4096 here, or "window" in codegen.json
        """
      ),
      (
        #""pruned_heads": {"0": [1]}"#,
        """
        pruned_heads: found an object; a checkpoint with pruned heads is not supported; \
        accepted: {}
        """
      ),
      (
        #""quantization_config": {}"#,
        """
        quantization_config: a quantized checkpoint is not supported; accepted: null, or no such key
        """
      ),
      (
        #""auto_map": {"AutoModel": "x--y.Z"}"#,
        """
        auto_map: code that comes with the checkpoint is not supported; accepted: null, or no \
        such key
        """
      ),
      (
        #""per_layer_config": [1]"#,
        """
        per_layer_config: layers of different shapes are not supported; accepted: null, or no such \
        key
        """
      ),
      (
        #""is_causal": false"#,
        "is_causal: found false; attention to later tokens is not supported; accepted: true"
      ),
    ])
  func wrongValue(members: String, message: String) {
    expect("config.json: \(message)") { () throws(InvalidInput) in try read(members: members) }
  }

  @Test("Dimensions that are each in bounds can still be too much together")
  func parameterCount() {
    expect(
      """
      config.json: the shape has 158331691008022 parameters; accepted: at most 2147483648
      """
    ) { () throws(InvalidInput) in
      try read(members: #""hidden_size": 65536, "n_layer": 1024, "n_inner": 1048576"#)
    }
  }

  @Test("All problems are reported together, in the order of the file")
  func allTogether() {
    expect(
      """
      config.json: n_layer: found 0; accepted: an integer from 1 to 1024
      config.json: use_cache: found 1; accepted: true or false
      config.json: state_dim: found "17"; accepted: an integer from 1 to 65536
      config.json: model_type: found "gpt2"; accepted: "decision_transformer", "decision_transformer_variant"
      config.json: max_length: found 0; accepted: an integer from 1 to 4096
      """
    ) { () throws(InvalidInput) in
      try read(
        """
        {"n_layer": 0, "use_cache": 1, "n_embd": 768, "state_dim": "17", "model_type": "gpt2",
         "act_dim": 3, "max_length": 0}
        """)
    }
  }

  @Test("What is found is shown on one line, however long or odd")
  func excerpts() {
    expect(
      #"config.json: model_type: found "a\n\0b"; accepted: "decision_transformer", "decision_transformer_variant""#
    ) { () throws(InvalidInput) in try read(#"{"model_type": "a\n\u0000b"}"#) }
    let long = String(repeating: "x", count: 1000)
    expect(
      """
      config.json: model_type: found "\(long.prefix(60))"...; accepted: "decision_transformer", "decision_transformer_variant"
      """
    ) { () throws(InvalidInput) in try read(#"{"model_type": "\#(long)"}"#) }
  }
}
