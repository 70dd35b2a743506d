/// A tensor the model reads: its name in Hugging Face's model, and its axes.
package struct RequiredTensor {
  package var name: String
  package var axes: [TensorAxis]
  /// Whether it belongs to the GPT-2 trunk of a Decision Transformer.
  package var isInTrunk: Bool
  /// What the model cannot do while all its values are zero; nil where that may be meant.
  package var effectOfZero: String?

  /// The name of the position embeddings.
  package static let positions = "encoder.wpe.weight"

  package func shape(in config: ModelConfig) -> [Int] {
    axes.map { $0.size(in: config) }
  }

  /// Every tensor that the config's class has, in the order of its state_dict, under the names of a whole
  /// Decision Transformer.
  package static func all(of config: ModelConfig) -> [RequiredTensor] {
    let tensors = all(layerCount: config.layerCount)
    return config.modelClass == .trunk ? tensors.filter(\.isInTrunk) : tensors
  }

  /// Every tensor of a model of `layerCount` layers, in the order of its state_dict.
  ///
  /// Inside `encoder.h` weights are `[in, out]` (Conv1D), outside `[out, in]` (Linear).
  package static func all(layerCount: Int) -> [RequiredTensor] {
    var tensors: [RequiredTensor] = []
    var isInTrunk = true
    func add(_ name: String, _ axes: [TensorAxis], effectOfZero: String? = nil) {
      tensors.append(
        RequiredTensor(
          name: name, axes: axes, isInTrunk: isInTrunk, effectOfZero: effectOfZero))
    }
    /// A weight, and a bias of the length of the output.
    func addPair(
      _ module: String, _ weight: [TensorAxis], bias: TensorAxis, effectOfZero: String? = nil
    ) {
      add("\(module).weight", weight, effectOfZero: effectOfZero)
      add("\(module).bias", [bias])
    }
    func addNorm(_ module: String) {
      addPair(
        module, [.hidden], bias: .hidden, effectOfZero: "this layer norm ignores its input")
    }
    add(positions, [.positions, .hidden])
    for layer in 0..<layerCount {
      let block = "encoder.h.\(layer)"
      addNorm("\(block).ln_1")
      addPair("\(block).attn.c_attn", [.hidden, .threeHidden], bias: .threeHidden)
      addPair("\(block).attn.c_proj", [.hidden, .hidden], bias: .hidden)
      addNorm("\(block).ln_2")
      addPair("\(block).mlp.c_fc", [.hidden, .inner], bias: .inner)
      addPair("\(block).mlp.c_proj", [.inner, .hidden], bias: .hidden)
    }
    addNorm("encoder.ln_f")
    isInTrunk = false
    add("embed_timestep.weight", [.timesteps, .hidden])
    addPair("embed_return", [.hidden, .one], bias: .hidden)
    addPair("embed_state", [.hidden, .state], bias: .hidden)
    addPair("embed_action", [.hidden, .action], bias: .hidden)
    addNorm("embed_ln")
    addPair("predict_state", [.state, .hidden], bias: .state)
    addPair(
      "predict_action.0", [.action, .hidden], bias: .action,
      effectOfZero: "every action is the same")
    addPair("predict_return", [.one, .hidden], bias: .one)
    return tensors
  }
}
