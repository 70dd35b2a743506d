import Foundation

/// One pre-layer-norm GPT-2 block: x + attention(ln_1 x), then x + mlp(ln_2 x).
struct ReferenceBlock {
  let layerNorm1: LayerNorm
  /// H → 3H: queries, keys and values side by side.
  let attentionInput: Linear
  let attentionOutput: Linear
  let layerNorm2: LayerNorm
  let innerInput: Linear
  let innerOutput: Linear
  let headCount: Int
  let attentionScale: Double
  let activation: Activation

  init(layer: Int, of config: ModelConfig, _ tensors: ReferenceTensors) {
    let name = "encoder.h.\(layer)"
    layerNorm1 = tensors.layerNorm("\(name).ln_1", epsilon: config.layerNormEpsilon)
    attentionInput = tensors.conv1D("\(name).attn.c_attn")
    attentionOutput = tensors.conv1D("\(name).attn.c_proj")
    layerNorm2 = tensors.layerNorm("\(name).ln_2", epsilon: config.layerNormEpsilon)
    innerInput = tensors.conv1D("\(name).mlp.c_fc")
    innerOutput = tensors.conv1D("\(name).mlp.c_proj")
    headCount = config.headCount
    attentionScale = config.attentionScale(layer: layer)
    activation = config.activation
  }

  func callAsFunction(_ input: Matrix) -> Matrix {
    let x = attentionOutput(attend(attentionInput(layerNorm1(input)))) + input
    return x + innerOutput(innerInput(layerNorm2(x)).map(activation.reference))
  }

  /// Causal softmax attention, head by head; head j has columns j·d ..< (j + 1)·d of each part.
  private func attend(_ queriesKeysValues: Matrix) -> Matrix {
    let tokenCount = queriesKeysValues.rowCount
    let hidden = queriesKeysValues.columnCount / 3
    let headSize = hidden / headCount
    var result = Matrix(rowCount: tokenCount, columnCount: hidden)
    for head in 0..<headCount {
      let query = head * headSize
      let key = query + hidden
      let value = key + hidden
      for token in 0..<tokenCount {
        var weights = (0...token).map { other in
          attentionScale
            * (0..<headSize).reduce(0) { sum, i in
              sum + queriesKeysValues[token, query + i] * queriesKeysValues[other, key + i]
            }
        }
        let largest = weights.max()!
        weights = weights.map { exp($0 - largest) }
        let total = weights.reduce(0, +)
        for (other, weight) in weights.enumerated() {
          for i in 0..<headSize {
            result[token, query + i] += weight / total * queriesKeysValues[other, value + i]
          }
        }
      }
    }
    return result
  }
}
