/// From the numbers of a state to its token: one linear map, or the layers of an encoder, one behind the other.
package struct ReferenceEncoder {
  private struct Layer {
    var map: Linear
    var activation: Activation
    /// In front of the map.
    var norm: LayerNorm?
    /// What the layer before it read is added to its sums.
    var addsShortcut: Bool
  }

  private let layers: [Layer]

  package init(_ config: ModelConfig, _ tensors: ReferenceTensors) {
    guard !config.stateEncoder.isEmpty else {
      layers = [
        Layer(
          map: tensors.linear("embed_state"), activation: config.embeddingActivation,
          addsShortcut: false)
      ]
      return
    }
    layers = config.stateEncoder.enumerated().map { index, layer in
      let size = index == 0 ? 0 : config.stateEncoder[index - 1].size
      let norm = LayerNorm(
        gain: Array(repeating: 1, count: size), shift: Array(repeating: 0, count: size),
        epsilon: 1e-5)
      return Layer(
        map: tensors.linear("embed_state.\(index)"), activation: layer.activation,
        norm: layer.normalizesInput ? norm : nil, addsShortcut: layer.addsShortcut)
    }
  }

  package func callAsFunction(_ states: Matrix) -> Matrix {
    var (numbers, before) = (states, states)
    for layer in layers {
      var sums = layer.map(layer.norm?(numbers) ?? numbers)
      if layer.addsShortcut { sums = sums + before }
      (numbers, before) = (sums.map(layer.activation.reference), numbers)
    }
    return numbers
  }
}
