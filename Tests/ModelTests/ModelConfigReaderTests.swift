import DecisionTransformerCodegen
import Testing

@Suite("config.json")
struct ModelConfigReaderTests {
  private func read(_ text: String) throws(InvalidInput) -> ModelConfig {
    var remarks: [Diagnostic] = []
    return try ModelConfigReader.read(Array(text.utf8), path: "config.json", remarks: &remarks)
  }

  /// A config that says the model's type and these members.
  private func read(members: String) throws(InvalidInput) -> ModelConfig {
    try read(#"{"model_type": "decision_transformer", \#(members)}"#)
  }

  // MARK: What is read

  @Test("An absent key has Hugging Face's default")
  func defaults() throws {
    let config = try read(#"{"model_type": "decision_transformer"}"#)
    #expect(config == ModelConfig())
    #expect(config.stateDimension == 17)
    #expect(config.actionDimension == 4)
    #expect(config.hiddenSize == 128)
    #expect(config.maximumEpisodeLength == 4096)
    #expect(config.hasActionTanh)
    #expect(config.vocabularySize == 1)
    #expect(config.positionCount == 1024)
    #expect(config.layerCount == 3)
    #expect(config.headCount == 1)
    #expect(config.innerSize == 512)
    #expect(config.activation == .relu)
    #expect(config.layerNormEpsilon == 1e-5)
    #expect(config.scalesAttention)
    #expect(!config.scalesAttentionByInverseLayerIndex)
    #expect(!config.hasCrossAttention)
    #expect(config.maximumLength == nil)
  }

  @Test("Every key with an effect arrives")
  func everyKey() throws {
    let config = try read(
      members: """
        "state_dim": 11, "act_dim": 3, "hidden_size": 96, "max_ep_len": 1000,
        "action_tanh": false, "vocab_size": 50257, "n_positions": 60, "n_layer": 4, "n_head": 2,
        "n_inner": 33, "activation_function": "silu", "layer_norm_epsilon": 0.25,
        "scale_attn_weights": false, "scale_attn_by_inverse_layer_idx": true,
        "add_cross_attention": true, "max_length": 24
        """)
    var expected = ModelConfig()
    expected.stateDimension = 11
    expected.actionDimension = 3
    expected.hiddenSize = 96
    expected.maximumEpisodeLength = 1000
    expected.hasActionTanh = false
    expected.vocabularySize = 50257
    expected.positionCount = 60
    expected.layerCount = 4
    expected.headCount = 2
    expected.innerSize = 33
    expected.activation = .silu
    expected.layerNormEpsilon = 0.25
    expected.scalesAttention = false
    expected.scalesAttentionByInverseLayerIndex = true
    expected.hasCrossAttention = true
    expected.maximumLength = 24
    #expect(config == expected)
  }

  @Test("Hugging Face's other names mean the same")
  func aliases() throws {
    let members = """
      "hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 2,
      "max_position_embeddings": 300
      """
    let native = try read(
      members: #""hidden_size": 64, "n_head": 4, "n_layer": 2, "n_positions": 300"#)
    #expect(try read(members: members) == native)
    #expect(try read(members: members + #", "n_head": 4, "n_layer": 2"#) == native)
  }

  @Test("The inner size is four times the hidden size unless it is given")
  func innerSize() throws {
    #expect(try read(members: #""hidden_size": 40"#).innerSize == 160)
    #expect(try read(members: #""hidden_size": 40, "n_inner": null"#).innerSize == 160)
    #expect(try read(members: #""hidden_size": 40, "n_inner": 7"#).innerSize == 7)
  }

  @Test("Epsilon may be written as an integer")
  func integralEpsilon() throws {
    #expect(try read(members: #""layer_norm_epsilon": 1"#).layerNormEpsilon == 1)
  }

  @Test(
    "Activations are known under all their exact names",
    arguments: [
      ("relu", .relu), ("silu", .silu), ("swish", .silu), ("gelu", .gelu), ("gelu_python", .gelu),
      ("tanh", .tanh), ("gelu_new", .geluNew), ("gelu_accurate", .geluNew),
      ("gelu_pytorch_tanh", .geluNew), ("gelu_python_tanh", .geluNew),
    ] as [(String, Activation)])
  func activations(name: String, activation: Activation) throws {
    #expect(try read(members: #""activation_function": "\#(name)""#).activation == activation)
    #expect(Activation.acceptedNames.contains(name))
  }

  @Test(
    "Keys that cannot change the function are passed over",
    arguments: [
      #""n_embd": 768"#,
      #""summary_activation": null, "summary_type": "cls_index", "summary_first_dropout": 0.1"#,
      #""bos_token_id": 50256, "eos_token_id": [1, 2]"#,
      #""dtype": "bfloat16", "torch_dtype": "float16", "transformers_version": "4.17.0.dev0""#,
      #""architectures": ["TrainableDT"], "_name_or_path": "somewhere""#,
      #""id2label": {"0": "LABEL_0"}, "chunk_size_feed_forward": 0, "return_dict": true"#,
      #""is_decoder": true, "is_encoder_decoder": false, "tie_word_embeddings": true"#,
      #""reorder_and_upcast_attn": true, "use_cache": false, "initializer_range": 1"#,
      #""resid_pdrop": 0, "embd_pdrop": 0.5, "attn_pdrop": 1.0"#,
      #""pruned_heads": {}, "quantization_config": null, "auto_map": null"#,
      #""per_layer_config": null, "is_causal": true"#,
    ])
  func withoutEffect(members: String) throws {
    #expect(try read(members: members) == ModelConfig())
  }

  @Test("Without a model type, Decision Transformer is assumed with a warning")
  func modelTypeAbsent() throws {
    var remarks: [Diagnostic] = []
    _ = try ModelConfigReader.read(Array("{}".utf8), path: "config.json", remarks: &remarks)
    #expect(
      remarks.map(\.description) == [
        #"warning: config.json: model_type: absent; "decision_transformer" is assumed"#
      ])
  }

  // MARK: What is rejected

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

  @Test("Another model type")
  func modelType() {
    expect(#"config.json: model_type: found "gpt2"; accepted: "decision_transformer""#) {
      () throws(InvalidInput) in try read(#"{"model_type": "gpt2"}"#)
    }
    expect(#"config.json: model_type: found null; accepted: "decision_transformer""#) {
      () throws(InvalidInput) in try read(#"{"model_type": null}"#)
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
        "gelu_python_tanh"
        """
      ),
      (
        #""activation_function": "prelu""#,
        """
        activation_function: found "prelu", whose learned parameters are not supported; \
        accepted: "relu", "silu", "swish", "gelu", "gelu_python", "tanh", "gelu_new", \
        "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh"
        """
      ),
      (
        #""activation_function": "xielu""#,
        """
        activation_function: found "xielu", whose learned parameters are not supported; \
        accepted: "relu", "silu", "swish", "gelu", "gelu_python", "tanh", "gelu_new", \
        "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh"
        """
      ),
      (
        #""activation_function": null"#,
        """
        activation_function: found null; accepted: "relu", "silu", "swish", "gelu", \
        "gelu_python", "tanh", "gelu_new", "gelu_accurate", "gelu_pytorch_tanh", \
        "gelu_python_tanh"
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
        "quantization_config: a quantized checkpoint is not supported; accepted: null, or no such key"
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
        "per_layer_config: layers of different shapes are not supported; accepted: null, or no such key"
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
      config.json: model_type: found "gpt2"; accepted: "decision_transformer"
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
      #"config.json: model_type: found "a\n\0b"; accepted: "decision_transformer""#
    ) { () throws(InvalidInput) in try read(#"{"model_type": "a\n\u0000b"}"#) }
    let long = String(repeating: "x", count: 1000)
    expect(
      """
      config.json: model_type: found "\(long.prefix(60))"...; accepted: "decision_transformer"
      """
    ) { () throws(InvalidInput) in try read(#"{"model_type": "\#(long)"}"#) }
  }
}
