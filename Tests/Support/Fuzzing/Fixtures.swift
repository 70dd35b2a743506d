import DecisionTransformer
import DecisionTransformerCodegen
import Foundation
import TestFolders

/// The files that are damaged: those of Tests/Data/Checkpoints, and texts that say everything once.
enum Fixtures {
  static func bytes(_ file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: TestData.checkpoints.appending(path: file)))
  }

  static func family(_ file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: TestData.families.appending(path: file)))
  }

  static let statistics = #"{"state_mean": [0.5, 1, -2e-3], "state_std": [1, 2, 1e-6], "n": 3}"#

  static func files(_ format: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: TestData.checkpoints.appending(path: format).path)
  }

  static func config() throws -> ModelConfig {
    var remarks: [Diagnostic] = []
    return try ModelConfigReader.read(bytes("config.json"), path: "F", remarks: &remarks)
  }

  private static func model() throws -> Model {
    Model(
      name: "Fuzzed", config: try config(), options: GenerationOptions(), configDigest: "")
  }

  static func plan() throws -> Plan { Plan(try model()) }

  static func manifest() throws -> Manifest { Manifest(try plan(), generator: "1.2.3") }

  static func packedWeights() throws -> [UInt8] {
    var remarks: [Diagnostic] = []
    let model = try model()
    let file = try SafetensorsFile(bytes: bytes("safetensors/model.safetensors"), path: "F")
    let checkpoint = try CheckpointReader.read(file, config: model.config, remarks: &remarks)
    return try Compiler.packedWeights(Plan(model), model, checkpoint)
  }

  /// The part of packed weights behind the payload.
  static func selfTest() throws -> [UInt8] {
    let payloadEnd = PackedWeights.headerByteCount + (try plan().weights.byteCount)
    return Array(try packedWeights()[payloadEnd...])
  }

  /// Packed weights of zeros with this self test and the checksums that belong to it.
  static func packedWeights(selfTest: [UInt8]) throws -> [UInt8] {
    let plan = try plan()
    let payload = [UInt8](repeating: 0, count: plan.weights.byteCount)
    return PackedWeights.header(
      layoutDigest: plan.layoutDigest, byteCount: payload.count,
      checksum: payload.withUnsafeBytes(PackedWeights.checksum), selfTest: selfTest)
      + payload + selfTest
  }

  static let fullConfig = #"""
    {
      "act_dim": 2, "action_tanh": true, "activation_function": "gelu_new", "add_cross_attention": false,
      "architectures": ["TrainableDT", "\u00e9\ud83d\ude00 é"], "attn_pdrop": 0.1, "hidden_size": 12,
      "initializer_range": 0.02, "layer_norm_epsilon": 1e-05, "max_ep_len": 30, "max_length": 4,
      "model_type": "decision_transformer", "n_embd": 768, "n_inner": null, "num_attention_heads": 3,
      "n_head": 3, "n_layer": 2, "n_positions": 64, "pruned_heads": {}, "state_dim": 5,
      "nested": {"a": [1, -2.5e+3, {}, [[]]], "b": []}, "vocab_size": 1
    }
    """#

  static let variantConfig = #"""
    {
      "model_type": "decision_transformer_variant", "act_dim": 2, "hidden_size": 12, "max_ep_len": 30,
      "n_head": 3, "n_layer": 2, "n_positions": 1, "state_dim": 5, "layer_norm_placement": "after",
      "state_encoder_sizes": [7, 12], "state_encoder_activations": ["tanh", "linear"], "n_slots": 4,
      "embedding_activation": "tanh", "embedding_layer_norm": false
    }
    """#

  static let framesConfig = #"""
    {
      "model_type": "decision_transformer_variant", "act_dim": 3, "hidden_size": 12, "max_ep_len": 30,
      "n_head": 3, "n_layer": 2, "n_positions": 1, "state_dim": 162, "state_frames": [2, 9, 9],
      "state_convolutions": [[4, 4, 2], [5, 2, 1]], "state_convolution_activation": "relu", "n_token_slots": 8,
      "return_tokens": false, "sees_padding": false, "embedding_activation": "tanh", "embedding_layer_norm": false
    }
    """#

  static let discreteOptions = #"""
    {"window": 4, "actions": "discrete", "temperature": 2.5e-1, "target_return": 3, "batch": 2}
    """#

  static let fullOptions = #"""
    {
      "window": 4, "state_mean": [0.5, 1, -2e-3], "state_std": [1, 2, 1e-6], "return_scale": 1000.0,
      "return_offset": -2.5e1, "return_rounding": "none", "action_scale": [2, -0.5], "action_offset": [0, 1.5],
      "action_minimum": [-2, 1], "action_maximum": 2.5, "action_history": "clamped", "target_return": 3600,
      "precision": "bfloat16", "outputs": ["action"], "timestep_overflow": "clamp", "first_timestep": 1,
      "access": "package", "weights": "file"
    }
    """#
}
