import Foundation

/// One GPT-2 block: x + attention(ln_1 x), then x + mlp(ln_2 x); or, with norms behind, ln_1(x + attention x), then
/// ln_2(x + mlp x).
package struct ReferenceBlock: Sendable {
  package let layerNorm1: LayerNorm
  /// H → 3H: queries, keys and values side by side.
  package let attentionInput: Linear
  package let attentionOutput: Linear
  package let layerNorm2: LayerNorm
  package let innerInput: Linear
  package let innerOutput: Linear
  package let headCount: Int
  package let attentionScale: Double
  package let activation: Activation
  package let normPlacement: Network.NormPlacement

  package init(layer: Int, of config: ModelConfig, _ tensors: ReferenceTensors) {
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
    normPlacement = config.normPlacement
  }

  /// The rows of the tokens from `first` on; `input` has all 3T tokens × H, of a trunk all cached and new ones.
  /// `visible` is the attention mask, one flag for each token; nil shows all.
  package func callAsFunction(
    _ input: Matrix, from first: Int = 0, visible: [Bool]? = nil
  ) -> Matrix {
    let mixed = attend(attentionInput(attended(input)), from: first, visible)
    let sum = attentionOutput(mixed) + input.rows(from: first)
    switch normPlacement {
    case .before: return sum + mlp(layerNorm2(sum))
    case .after:
      let x = layerNorm1(sum)
      return layerNorm2(x + mlp(x))
    }
  }

  /// What queries, keys and values are made of.
  private func attended(_ input: Matrix) -> Matrix {
    normPlacement == .before ? layerNorm1(input) : input
  }

  private func mlp(_ x: Matrix) -> Matrix {
    innerOutput(innerInput(x).map(activation.reference))
  }

  /// One matrix of 3T × 3T for each head: what each token takes of which, rows adding up to one.
  package func attentionWeights(_ input: Matrix, visible: [Bool]? = nil) -> [Matrix] {
    let queriesKeysValues = attentionInput(attended(input))
    return (0..<headCount).map { head in
      let parts = parts(of: head, queriesKeysValues)
      return causalWeights(
        parts.queries, parts.keys, scale: attentionScale, visible: visible)
    }
  }

  /// Head j has columns j·d ..< (j + 1)·d of each third.
  private func parts(
    of head: Int, _ queriesKeysValues: Matrix
  ) -> (queries: Matrix, keys: Matrix, values: Matrix) {
    let hidden = queriesKeysValues.columnCount / 3
    let headSize = hidden / headCount
    func part(_ index: Int) -> Matrix {
      let column = index * hidden + head * headSize
      return queriesKeysValues.columns(column..<column + headSize)
    }
    return (part(0), part(1), part(2))
  }

  /// Causal softmax attention, head by head, of the tokens from `first` on.
  private func attend(
    _ queriesKeysValues: Matrix, from first: Int, _ visible: [Bool]?
  ) -> Matrix {
    let hidden = queriesKeysValues.columnCount / 3
    let headSize = hidden / headCount
    var result = Matrix(rowCount: queriesKeysValues.rowCount - first, columnCount: hidden)
    for head in 0..<headCount {
      let (queries, keys, values) = parts(of: head, queriesKeysValues)
      let mixed = causalAttention(
        queries.rows(from: first), keys, values, scale: attentionScale, visible: visible)
      for token in 0..<mixed.rowCount {
        for i in 0..<headSize { result[token, head * headSize + i] = mixed[token, i] }
      }
    }
    return result
  }
}

// MARK: - Attention
extension ReferenceBlock {
  /// softmax(q·kᵀ · scale)·v. `queries` are the last of the tokens; each sees the tokens up to itself.
  private func causalAttention(
    _ queries: Matrix, _ keys: Matrix, _ values: Matrix, scale: Double, visible: [Bool]?
  ) -> Matrix {
    // A stretch of queries at a time: the scores of a long window would fill the memory.
    var mixed = Matrix(rowCount: queries.rowCount, columnCount: values.columnCount)
    for start in stride(from: 0, to: queries.rowCount, by: 64) {
      let end = min(start + 64, queries.rowCount)
      let seen = keys.rowCount - queries.rowCount + end
      let weights = causalWeights(
        queries.rows(start..<end), keys.rows(0..<seen), scale: scale, visible: visible)
      mixed.replaceRows(from: start, weights * values.rows(0..<seen))
    }
    return mixed
  }

  /// softmax(q·kᵀ · scale), where `queries` are the last of the tokens; later tokens weigh exactly 0.
  /// So do masked ones, and in a row that sees no token all do (PyTorch's scaled_dot_product_attention).
  private func causalWeights(
    _ queries: Matrix, _ keys: Matrix, scale: Double, visible: [Bool]?
  ) -> Matrix {
    var weights = queries * keys.transposed
    for row in 0..<queries.rowCount {
      weights.makeProbabilities(
        row: row, count: keys.rowCount - queries.rowCount + row + 1, scale: scale, visible)
    }
    return weights
  }
}

extension Matrix {
  /// Softmax of the first `count` numbers of a row, times `scale`; the others become exactly 0.
  fileprivate mutating func makeProbabilities(
    row: Int, count: Int, scale: Double, _ visible: [Bool]?
  ) {
    func isSeen(_ column: Int) -> Bool { column < count && visible?[column] ?? true }
    var (largest, sum) = (-Double.infinity, 0.0)
    for column in 0..<count where isSeen(column) {
      largest = max(largest, scale * self[row, column])
    }
    for column in 0..<columnCount {
      self[row, column] = isSeen(column) ? exp(scale * self[row, column] - largest) : 0
      sum += self[row, column]
    }
    guard sum > 0 else { return }
    for column in 0..<count { self[row, column] /= sum }
  }
}
