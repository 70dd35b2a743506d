/// A tensor the model reads, and its axes.
package struct RequiredTensor {
  package var tensor: TensorName
  package var axes: [TensorAxis]
  /// Whether it belongs to the GPT-2 trunk of a Decision Transformer.
  package var isInTrunk: Bool
  /// What the model cannot do while all its values are zero; nil where that may be meant.
  package var effectOfZero: String?

  /// Its name in Hugging Face's model.
  package var name: String { tensor.description }

  /// The position embeddings.
  package static let positions = ModuleName.encoder("wpe").weight

  package func shape(in config: ModelConfig) -> [Int] {
    axes.map { $0.size(in: config) }
  }

  /// Every tensor that the config's class has, in the order of its state_dict, under the names of a whole
  /// Decision Transformer.
  package static func all(of config: ModelConfig) -> [RequiredTensor] {
    let tensors = allOfController(config)
    return config.modelClass == .trunk ? tensors.filter(\.isInTrunk) : tensors
  }

  /// Every tensor of Hugging Face's model of `layerCount` layers.
  package static func all(layerCount: Int) -> [RequiredTensor] {
    var config = ModelConfig()
    config.layerCount = layerCount
    return all(of: config)
  }

  /// Every tensor of a whole model, in the order of its state_dict.
  ///
  /// Inside `encoder.h` weights are `[in, out]` (Conv1D), outside `[out, in]` (Linear).
  private static func allOfController(_ config: ModelConfig) -> [RequiredTensor] {
    var tensors: [RequiredTensor] = []
    func add(_ tensor: TensorName, _ axes: [TensorAxis], effectOfZero: String? = nil) {
      let isInTrunk = tensor.module.place != .model
      tensors.append(
        RequiredTensor(
          tensor: tensor, axes: axes, isInTrunk: isInTrunk, effectOfZero: effectOfZero))
    }
    /// A weight, and a bias of the length of the output.
    func addPair(
      _ module: ModuleName, _ weight: [TensorAxis], bias: TensorAxis, effectOfZero: String? = nil
    ) {
      add(module.weight, weight, effectOfZero: effectOfZero)
      add(module.bias, [bias])
    }
    func addNorm(_ module: ModuleName) {
      addPair(
        module, [.hidden], bias: .hidden, effectOfZero: "this layer norm ignores its input")
    }
    if config.hasEmbeddingNorm || config.modelClass == .trunk {
      add(positions, [.positions, .hidden])
    }
    for layer in 0..<config.layerCount {
      addNorm(.block(layer, "ln_1"))
      addPair(.block(layer, "attn.c_attn"), [.hidden, .threeHidden], bias: .threeHidden)
      addPair(.block(layer, "attn.c_proj"), [.hidden, .hidden], bias: .hidden)
      addNorm(.block(layer, "ln_2"))
      addPair(.block(layer, "mlp.c_fc"), [.hidden, .inner], bias: .inner)
      addPair(.block(layer, "mlp.c_proj"), [.inner, .hidden], bias: .hidden)
    }
    if config.normPlacement == .before { addNorm(.encoder("ln_f")) }
    add(ModuleName.model("embed_timestep").weight, [.timesteps, .hidden])
    if config.slotCount != nil { add(ModuleName.model("embed_slot").weight, [.slots, .hidden]) }
    if config.hasReturnTokens { addPair(.model("embed_return"), [.hidden, .one], bias: .hidden) }
    for layer in config.frames?.convolutions.indices ?? 0..<0 {
      addPair(
        .frameConvolution(layer),
        [.filters(layer), .channels(layer), .kernel(layer), .kernel(layer)], bias: .filters(layer))
    }
    for module in stateModules(config) {
      addPair(module.name, [module.output, module.input], bias: module.output)
    }
    addPair(.model("embed_action"), [.hidden, .action], bias: .hidden)
    if config.hasEmbeddingNorm { addNorm(.model("embed_ln")) }
    if config.predictsInputs { addPair(.model("predict_state"), [.state, .hidden], bias: .state) }
    addPair(
      .model("predict_action.0"), [.action, .hidden], bias: .action,
      effectOfZero: "every action is the same")
    if config.predictsInputs { addPair(.model("predict_return"), [.one, .hidden], bias: .one) }
    return tensors
  }

  /// The layers from the state to its token.
  private static func stateModules(
    _ config: ModelConfig
  ) -> [(name: ModuleName, input: TensorAxis, output: TensorAxis)] {
    let last = config.stateEncoder.count - 1
    let input: TensorAxis = config.frames == nil ? .state : .features
    guard last >= 0 else { return [(.model("embed_state"), input, .hidden)] }
    return (0...last).map { layer in
      (
        .stateEncoder(layer), layer == 0 ? input : .encoder(layer - 1),
        layer == last ? .hidden : .encoder(layer)
      )
    }
  }
}
