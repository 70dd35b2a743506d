import Foundation

/// One pre-layer-norm GPT-2 block: x + attention(ln_1 x), then x + mlp(ln_2 x).
struct ReferenceBlock: TransformerBlock {
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
    let hidden = queriesKeysValues.columnCount / 3
    let headSize = hidden / headCount
    var result = Matrix(rowCount: queriesKeysValues.rowCount, columnCount: hidden)
    for head in 0..<headCount {
      func part(_ index: Int) -> Matrix {
        let first = index * hidden + head * headSize
        return queriesKeysValues.columns(first..<first + headSize)
      }
      let (queries, keys, values) = (part(0), part(1), part(2))
      let scores = (queries * keys.transposed).map { attentionScale * $0 }
      let mixed = causalSoftmax(scores) * values
      for token in 0..<mixed.rowCount {
        for i in 0..<headSize { result[token, head * headSize + i] = mixed[token, i] }
      }
    }
    return result
  }

}

/// A block of the transformer: 3T tokens × H in, the same shape out.
protocol TransformerBlock: Sendable {
  func callAsFunction(_ input: Matrix) -> Matrix
}

extension TransformerBlock {
  /// Softmax over each row up to the diagonal; later tokens weigh exactly 0.
  func causalSoftmax(_ scores: Matrix) -> Matrix {
    var weights = Matrix(rowCount: scores.rowCount, columnCount: scores.columnCount)
    for token in 0..<scores.rowCount {
      let largest = scores[row: token].prefix(token + 1).max()!
      for other in 0...token { weights[token, other] = exp(scores[token, other] - largest) }
      let sum = weights[row: token].reduce(0, +)
      for other in 0...token { weights[token, other] /= sum }
    }
    return weights
  }
}
