/// A tensor the model reads: its name in Hugging Face's model, and its axes.
struct RequiredTensor {
  var name: String
  var axes: [TensorAxis]

  /// The name of the position embeddings.
  static let positions = "encoder.wpe.weight"

  func shape(in config: ModelConfig) -> [Int] {
    axes.map { $0.size(in: config) }
  }

  /// Every tensor that the config's class has, in the order of its state_dict, under the names of a whole
  /// Decision Transformer.
  static func all(of config: ModelConfig) -> [RequiredTensor] {
    let tensors = all(layerCount: config.layerCount)
    return config.modelClass == .trunk ? tensors.filter { isInTrunk($0.name) } : tensors
  }

  /// Whether a tensor of a whole Decision Transformer belongs to its GPT-2 trunk.
  static func isInTrunk(_ name: String) -> Bool { name.hasPrefix("encoder.") }

  /// Every tensor of a model of `layerCount` layers, in the order of its state_dict.
  ///
  /// Inside `encoder.h` weights are `[in, out]` (Conv1D), outside `[out, in]` (Linear).
  static func all(layerCount: Int) -> [RequiredTensor] {
    var tensors: [RequiredTensor] = []
    func add(_ name: String, _ axes: [TensorAxis]) {
      tensors.append(RequiredTensor(name: name, axes: axes))
    }
    /// A weight, and a bias of the length of the output.
    func addPair(_ module: String, _ weight: [TensorAxis], bias: TensorAxis) {
      add("\(module).weight", weight)
      add("\(module).bias", [bias])
    }
    add(positions, [.positions, .hidden])
    for layer in 0..<layerCount {
      let block = "encoder.h.\(layer)"
      addPair("\(block).ln_1", [.hidden], bias: .hidden)
      addPair("\(block).attn.c_attn", [.hidden, .threeHidden], bias: .threeHidden)
      addPair("\(block).attn.c_proj", [.hidden, .hidden], bias: .hidden)
      addPair("\(block).ln_2", [.hidden], bias: .hidden)
      addPair("\(block).mlp.c_fc", [.hidden, .inner], bias: .inner)
      addPair("\(block).mlp.c_proj", [.inner, .hidden], bias: .hidden)
    }
    addPair("encoder.ln_f", [.hidden], bias: .hidden)
    add("embed_timestep.weight", [.timesteps, .hidden])
    addPair("embed_return", [.hidden, .one], bias: .hidden)
    addPair("embed_state", [.hidden, .state], bias: .hidden)
    addPair("embed_action", [.hidden, .action], bias: .hidden)
    addPair("embed_ln", [.hidden], bias: .hidden)
    addPair("predict_state", [.state, .hidden], bias: .state)
    addPair("predict_action.0", [.action, .hidden], bias: .action)
    addPair("predict_return", [.one, .hidden], bias: .one)
    return tensors
  }
}
