import DecisionTransformerCodegen
import Testing

@Suite("What config.json says")
struct ModelConfigReaderTests {
  private func read(_ text: String) throws(InvalidInput) -> ModelConfig {
    var remarks: [Diagnostic] = []
    return try ModelConfigReader.read(Array(text.utf8), path: "config.json", remarks: &remarks)
  }

  /// A config that says the model's type and these members.
  private func read(members: String) throws(InvalidInput) -> ModelConfig {
    try read(#"{"model_type": "decision_transformer", \#(members)}"#)
  }

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
      ("gelu_fast", .geluFast), ("gelu_10", .gelu10), ("quick_gelu", .quickGelu), ("mish", .mish),
      ("sigmoid", .sigmoid), ("leaky_relu", .leakyRelu), ("relu6", .relu6), ("relu2", .relu2),
      ("hardswish", .hardswish), ("laplace", .laplace), ("sqrtsoftplus", .sqrtsoftplus),
      ("linear", .linear),
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

  @Test(
    "A key that may have been meant to decide something has a warning",
    arguments: [
      ("num_heads", #"did you mean "n_head"?"#), ("action_than", #"did you mean "action_tanh"?"#),
      ("state_mean", "accepted: in codegen.json"),
    ])
  func slipOfThePen(key: String, hint: String) throws {
    var remarks: [Diagnostic] = []
    let text = #"{"model_type": "decision_transformer", "\#(key)": 1, "zzz": 1, "n_ctx": 1}"#
    let config = try ModelConfigReader.read(
      Array(text.utf8), path: "config.json", remarks: &remarks)
    #expect(config == ModelConfig())
    #expect(
      remarks.map(\.description) == ["warning: config.json: \(key): is passed over; \(hint)"])
  }

  @Test(
    "The keys that are known to decide something are read",
    arguments: ModelConfigReader.functionKeys)
  func functionKey(key: String) throws {
    #expect(throws: InvalidInput.self) { try read(#"{"\#(key)": {}}"#) }
  }
}
