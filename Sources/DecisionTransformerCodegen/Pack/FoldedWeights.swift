/// The plan's tensors computed from the checkpoint, in double precision.
///
/// Notation of one layer: g and s are ln_1's gain and shift, so that its output is y = n∘g + s for a
/// normalised row n; Wq, Wk, Wv, bq, bk, bv are the thirds of c_attn, Wo, bo is c_proj.
package struct FoldedWeights {
  let model: Model
  let shape: Shape
  let checkpoint: Checkpoint

  package init(model: Model, shape: Shape, checkpoint: Checkpoint) {
    self.model = model
    self.shape = shape
    self.checkpoint = checkpoint
  }

  /// The affine map behind a tensor in panels.
  package func map(_ content: PackedTensor.Content) -> AffineMap {
    switch content {
    case .embedReturn: return linear("embed_return", inputs: 1, outputs: shape.hiddenSize)
    case .embedAction:
      return linear("embed_action", inputs: shape.actionDimension, outputs: shape.hiddenSize)
    case .embedState: return embedState
    case .query(let layer): return padHeads(query(layer))
    case .key(let layer): return padHeads(AffineMap(key(layer)))
    case .value(let layer): return padHeads(AffineMap(value(layer)))
    case .projection(let layer):
      return projection(layer).paddingInputHeads(
        headSize: shape.headSize, headStride: shape.headStride)
    case .absorbedKey(let layer, let head):
      return AffineMap(key(layer).columns(columns(of: head)).transposed)
    case .absorbedValue(let layer, let head):
      return AffineMap(value(layer).columns(columns(of: head)))
    case .fusedQuery(let layer):
      // (n·diag(g)·Wq + s·Wq + bq)·scale·(diag(g)·Wk)ᵀ
      let query = query(layer)
      let keyTransposed = key(layer).transposed
      return AffineMap(
        query.weights * keyTransposed, bias: keyTransposed.multiplied(byRow: query.bias))
    case .entryValue(let input): return EntryMaps(input, of: self).value
    case .entryQuery(let input): return EntryMaps(input, of: self).query
    case .entryInner(let input): return EntryMaps(input, of: self).inner
    case .fusedOutput(let layer):
      let projection = projection(layer)
      return AffineMap(value(layer) * projection.weights, bias: projection.bias)
    case .inner(let layer):
      let block = "encoder.h.\(layer)"
      return convolution("\(block).mlp.c_fc", inputs: shape.hiddenSize, outputs: shape.innerSize)
        .afterNorm(gain: vector("\(block).ln_2.weight"), shift: vector("\(block).ln_2.bias"))
    case .outer(let layer):
      return convolution(
        "encoder.h.\(layer).mlp.c_proj", inputs: shape.innerSize, outputs: shape.hiddenSize)
    case .predictAction: return head("predict_action.0", outputs: shape.actionDimension)
    case .predictState: return head("predict_state", outputs: shape.stateDimension)
    case .predictReturn: return head("predict_return", outputs: 1)
    case .stateMean, .stateDeviation, .actionScale, .timesteps, .embedNormGain, .embedNormShift,
      .finalNormGain,
      .finalNormShift, .positions, .unattended:
      preconditionFailure("\(content) is not a map")
    }
  }

  /// A map of a block as it is stored: rounded.
  package func stored(_ content: PackedTensor.Content) -> AffineMap {
    var map = map(content)
    let isPaired = model.options.precision == .bfloat16
    map.weights = map.weights.map {
      let value = Float($0)
      return Double(isPaired ? Float(bitPattern: BFloat16.rounded(value) << 16) : value)
    }
    return map
  }

  /// The rows behind a tensor in rows.
  package func rows(_ content: PackedTensor.Content) -> [Double] {
    switch content {
    case .stateMean: return stateMean.map { Double(Float($0)) }
    case .stateDeviation: return stateDeviation
    case .actionScale: return model.actionScale
    case .finalNormGain: return vector("encoder.ln_f.weight")
    case .finalNormShift: return vector("encoder.ln_f.bias")
    case .timesteps: return vector("embed_timestep.weight")
    case .embedNormGain: return vector("embed_ln.weight")
    case .embedNormShift:
      let positions = vector("encoder.wpe.weight").prefix(shape.hiddenSize)
      return zip(vector("embed_ln.bias"), positions).map { $0 + $1 }
    case .positions: return vector("encoder.wpe.weight")
    case .unattended(let layer):
      let bias = vector("encoder.h.\(layer).attn.c_proj.bias")
      return zip(bias, projection(layer).bias).map { $0 - $1 }
    default: preconditionFailure("\(content) is not rows")
    }
  }

  // MARK: Embedding of the state

  private var stateMean: [Double] {
    model.options.stateMean ?? Array(repeating: 0, count: shape.stateDimension)
  }

  private var stateDeviation: [Double] {
    model.options.stateStandardDeviation ?? Array(repeating: 1, count: shape.stateDimension)
  }

  /// The code subtracts the mean, rounded to float32, from the raw state, where the two are close and the
  /// difference is exact; what the rounding left out goes into the bias, and 1/std into the weights.
  private var embedState: AffineMap {
    let map = linear("embed_state", inputs: shape.stateDimension, outputs: shape.hiddenSize)
    let weights = map.weights.scalingRows(by: stateDeviation.map { 1 / $0 })
    let remainder = stateMean.map { Double(Float($0)) - $0 }
    let carried = weights.multiplied(byRow: remainder)
    return AffineMap(weights, bias: zip(map.bias, carried).map { $0 + $1 })
  }

  // MARK: Heads

  /// A head behind ln_f.
  private func head(_ name: String, outputs: Int) -> AffineMap {
    linear(name, inputs: shape.hiddenSize, outputs: outputs)
      .afterNorm(gain: vector("encoder.ln_f.weight"), shift: vector("encoder.ln_f.bias"))
  }

  // MARK: Attention

  private func columns(of head: Int) -> Range<Int> {
    head * shape.headSize..<(head + 1) * shape.headSize
  }

  private func attention(_ layer: Int) -> AffineMap {
    convolution(
      "encoder.h.\(layer).attn.c_attn", inputs: shape.hiddenSize, outputs: 3 * shape.hiddenSize)
  }

  private func gain(_ layer: Int) -> [Double] { vector("encoder.h.\(layer).ln_1.weight") }

  /// One third of c_attn of a normalised row: 0 query, 1 key, 2 value.
  private func third(_ index: Int, _ layer: Int) -> AffineMap {
    let range = index * shape.hiddenSize..<(index + 1) * shape.hiddenSize
    let attention = attention(layer)
    return AffineMap(attention.weights.columns(range), bias: Array(attention.bias[range]))
      .afterNorm(gain: gain(layer), shift: vector("encoder.h.\(layer).ln_1.bias"))
  }

  private func query(_ layer: Int) -> AffineMap {
    third(0, layer).scaled(by: model.config.attentionScale(layer: layer))
  }

  private func key(_ layer: Int) -> Matrix { third(1, layer).weights }

  private func value(_ layer: Int) -> Matrix { third(2, layer).weights }

  /// c_proj, with the constant part of the values, which the probabilities sum to one, carried through it.
  private func projection(_ layer: Int) -> AffineMap {
    var projection = convolution(
      "encoder.h.\(layer).attn.c_proj", inputs: shape.hiddenSize, outputs: shape.hiddenSize)
    let carried = projection.weights.multiplied(byRow: third(2, layer).bias)
    projection.bias = zip(projection.bias, carried).map { $0 + $1 }
    return projection
  }

  private func padHeads(_ map: AffineMap) -> AffineMap {
    map.paddingHeads(headSize: shape.headSize, headStride: shape.headStride)
  }

  // MARK: The checkpoint's tensors

  private func vector(_ name: String) -> [Double] { checkpoint.widenedValues(name) }

  /// Conv1D of the transformer blocks: weight [inputs, outputs].
  private func convolution(_ name: String, inputs: Int, outputs: Int) -> AffineMap {
    AffineMap(
      Matrix(rowCount: inputs, columnCount: outputs, values: vector("\(name).weight")),
      bias: vector("\(name).bias"))
  }

  /// nn.Linear of the embeddings and heads: weight [outputs, inputs].
  private func linear(_ name: String, inputs: Int, outputs: Int) -> AffineMap {
    AffineMap(
      Matrix(rowCount: outputs, columnCount: inputs, values: vector("\(name).weight")).transposed,
      bias: vector("\(name).bias"))
  }
}
