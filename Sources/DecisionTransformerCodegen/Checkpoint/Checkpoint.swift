/// The tensors a model needs, under Hugging Face's names, already checked against the config.
///
/// Values are read when asked for, so a large file is never held twice.
public struct Checkpoint: Sendable {
  private let load: @Sendable (String) -> [Float]

  /// A checkpoint whose tensors `load` delivers in row-major order, converted to float32.
  ///
  /// `load` is only asked for names in `Checkpoint.requiredTensors(of:)`.
  public init(load: @escaping @Sendable (String) -> [Float]) {
    self.load = load
  }

  /// A checkpoint in memory, for tests and synthetic models.
  public init(tensors: [String: [Float]]) {
    self.init { name in
      guard let values = tensors[name] else {
        preconditionFailure("the checkpoint has no tensor \(name)")
      }
      return values
    }
  }

  /// The values of one tensor in row-major order.
  public func values(_ name: String) -> [Float] {
    load(name)
  }
}

extension Checkpoint {
  /// Name and shape of every tensor the model reads, in Hugging Face's order.
  public static func requiredTensors(of config: ModelConfig) -> [(name: String, shape: [Int])] {
    let hidden = config.hiddenSize
    var tensors: [(name: String, shape: [Int])] = [("encoder.wpe.weight", [config.positionCount, hidden])]
    for layer in 0..<config.layerCount {
      let block = "encoder.h.\(layer)"
      tensors += [
        ("\(block).ln_1.weight", [hidden]),
        ("\(block).ln_1.bias", [hidden]),
        ("\(block).attn.c_attn.weight", [hidden, 3 * hidden]),
        ("\(block).attn.c_attn.bias", [3 * hidden]),
        ("\(block).attn.c_proj.weight", [hidden, hidden]),
        ("\(block).attn.c_proj.bias", [hidden]),
        ("\(block).ln_2.weight", [hidden]),
        ("\(block).ln_2.bias", [hidden]),
        ("\(block).mlp.c_fc.weight", [hidden, config.innerSize]),
        ("\(block).mlp.c_fc.bias", [config.innerSize]),
        ("\(block).mlp.c_proj.weight", [config.innerSize, hidden]),
        ("\(block).mlp.c_proj.bias", [hidden]),
      ]
    }
    tensors += [
      ("encoder.ln_f.weight", [hidden]),
      ("encoder.ln_f.bias", [hidden]),
      ("embed_timestep.weight", [config.maximumEpisodeLength, hidden]),
      ("embed_return.weight", [hidden, 1]),
      ("embed_return.bias", [hidden]),
      ("embed_state.weight", [hidden, config.stateDimension]),
      ("embed_state.bias", [hidden]),
      ("embed_action.weight", [hidden, config.actionDimension]),
      ("embed_action.bias", [hidden]),
      ("embed_ln.weight", [hidden]),
      ("embed_ln.bias", [hidden]),
      ("predict_state.weight", [config.stateDimension, hidden]),
      ("predict_state.bias", [config.stateDimension]),
      ("predict_action.0.weight", [config.actionDimension, hidden]),
      ("predict_action.0.bias", [config.actionDimension]),
      ("predict_return.weight", [1, hidden]),
      ("predict_return.bias", [1]),
    ]
    return tensors
  }
}
