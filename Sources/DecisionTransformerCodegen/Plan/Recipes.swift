/// The recipe of every tensor that a plan may pack.
///
/// Notation of one layer: g and s are ln_1's gain and shift, so that its output is y = n∘g + s for a
/// normalised row n (of a block with norms behind its parts, y is the row that enters it); Wq, Wk, Wv, bq, bk, bv
/// are the thirds of c_attn, Wo, bo is c_proj.
package struct Recipes {
  package let network: Network
  package let deployment: Deployment
  package let shape: Shape

  package func recipe(of content: PackedTensor.Content) -> TensorRecipe {
    let hidden = shape.hiddenSize
    switch content {
    case .stateMean: return TensorRecipe(.rounded(stateMean ?? noMean, .float32))
    case .embedReturn: return linear(.model("embed_return"), inputs: 1, outputs: hidden)
    case .embedState: return stateLayer(max(steps.state.encoder.count, 1) - 1)
    case .encoder(let layer): return stateLayer(layer)
    case .convolution(let layer, let part): return frameConvolution(layer, part)
    case .slots:
      return TensorRecipe(
        .tensor(ModuleName.model("embed_slot").weight, rows: steps.slotCount, columns: hidden))
    case .embedAction:
      return linear(.model("embed_action"), inputs: shape.actionDimension, outputs: hidden)
    case .timesteps:
      return TensorRecipe(
        .tensor(
          ModuleName.model("embed_timestep").weight, rows: shape.maximumEpisodeLength,
          columns: hidden))
    case .embedNormGain: return TensorRecipe(vector(ModuleName.model("embed_ln").weight, hidden))
    case .embedNormShift:
      return TensorRecipe(
        .sum(vector(ModuleName.model("embed_ln").bias, hidden), .rows(positions, 0..<1)))
    case .query(let layer): return padHeads(query(layer))
    case .key(let layer): return padHeads(key(layer))
    case .value(let layer): return padHeads(value(layer))
    case .projection(let layer): return headProjection(layer)
    case .absorbedKey(let layer, let head):
      return TensorRecipe(
        .transposed(key(layer).columns(columns(of: head), named: "head \(head)").weights))
    case .absorbedValue(let layer, let head):
      return value(layer).columns(columns(of: head), named: "head \(head)")
    case .entryValue(let input): return EntryRecipes(input, self).value
    case .entryQuery(let input): return EntryRecipes(input, self).query
    case .entryInner(let input): return EntryRecipes(input, self).inner
    case .fusedQuery(let layer):
      // (n·diag(g)·Wq + s·Wq + bq)·scale·(diag(g)·Wk)ᵀ
      let (query, key) = (query(layer), Recipe.transposed(key(layer).weights))
      return TensorRecipe(.product(query.weights, key), bias: query.bias.map { .product($0, key) })
    case .fusedOutput(let layer):
      let projection = projection(layer)
      return TensorRecipe(
        .product(value(layer).weights, projection.weights), bias: projection.bias)
    case .inner(let layer):
      return convolution(.block(layer, "mlp.c_fc"), inputs: hidden, outputs: shape.innerSize)
        .afterNorm(norm(.mlp, layer), size: hidden)
    case .outer(let layer):
      return convolution(.block(layer, "mlp.c_proj"), inputs: shape.innerSize, outputs: hidden)
    case .predictAction: return head(.model("predict_action.0"), outputs: shape.actionDimension)
    case .predictState: return head(.model("predict_state"), outputs: shape.stateDimension)
    case .predictReturn: return head(.model("predict_return"), outputs: 1)
    case .normGain(let layer, let part):
      return TensorRecipe(vector(part.norm(layer: layer).weight, hidden))
    case .normShift(let layer, let part):
      return TensorRecipe(vector(part.norm(layer: layer).bias, hidden))
    case .finalNormGain: return TensorRecipe(vector(ModuleName.encoder("ln_f").weight, hidden))
    case .finalNormShift: return TensorRecipe(vector(ModuleName.encoder("ln_f").bias, hidden))
    case .actionScale: return TensorRecipe(.constant("action_scale", steps.action.scale))
    case .actionOffset: return TensorRecipe(.constant("action_offset", steps.action.offset))
    case .actionMinimum: return bound("action_minimum", steps.action.minimum)
    case .actionMaximum: return bound("action_maximum", steps.action.maximum)
    case .stateDeviation:
      return TensorRecipe(
        stateDeviation
          ?? .constant("1", Array(repeating: 1, count: shape.stateDimension)))
    case .stateMeanRemainder:
      return TensorRecipe(stateMean.map { .difference($0, .rounded($0, .float32)) } ?? noMean)
    case .positions: return TensorRecipe(positions)
    case .unattended(let layer): return TensorRecipe(.negated(carriedValueBias(layer)))
    }
  }

  /// Of a model whose tokens come from control steps.
  private var steps: ControlSteps {
    guard let steps = network.controlSteps else {
      preconditionFailure("given embeddings have neither states nor actions")
    }
    return steps
  }

  private var positionCount: Int {
    network.givenEmbeddings?.positionCount ?? steps.positionCount
  }

  private func bound(_ name: String, _ numbers: [Double]?) -> TensorRecipe {
    guard let numbers else { preconditionFailure("only bounds that are there are packed") }
    return TensorRecipe(.constant(name, numbers))
  }

  // MARK: The state

  private var stateMean: Recipe? { steps.state.mean.map { .constant("state_mean", $0) } }

  private var noMean: Recipe {
    .constant("0", Array(repeating: 0, count: shape.stateDimension))
  }

  private var stateDeviation: Recipe? {
    steps.state.deviation.map { .constant("state_std", $0) }
  }

  /// The code subtracts the mean, rounded to float32, from the raw state, where the two are close and the
  /// difference is exact; what the rounding left out goes into the bias, and 1/std into the weights. `forward`, whose states are normalised
  /// already, adds `stateMeanRemainder` for that bias.
  private func stateLayer(_ layer: Int) -> TensorRecipe {
    let encoder = steps.state.encoder
    let sizes = encoder.isEmpty ? [shape.hiddenSize] : encoder.map(\.size)
    var map = linear(
      encoder.isEmpty ? .model("embed_state") : .stateEncoder(layer),
      inputs: layer == 0 ? steps.state.featureCount : sizes[layer - 1], outputs: sizes[layer])
    guard layer == 0 else { return map }
    if let frames = steps.state.frames {
      map.weights = .placeByPlace(
        map.weights, channels: frames.map(entering: frames.convolutions.count).channels)
    }
    if let stateDeviation {
      map.weights = .scaledRows(map.weights, by: .reciprocals(stateDeviation))
    }
    if let stateMean {
      let remainder = Recipe.difference(.rounded(stateMean, .float32), stateMean)
      map.bias = map.adding(.product(remainder, map.weights))
    }
    return map
  }

  /// A convolution over a part of its channels: [filters, channels, size, size] as a map of a window's numbers. The newest
  /// frame's part is added to what the older ones left, biases among it.
  private func frameConvolution(_ layer: Int, _ part: FramePart) -> TensorRecipe {
    guard let frames = steps.state.frames else { preconditionFailure("states are numbers") }
    let (convolution, channels) = (
      frames.convolutions[layer], frames.map(entering: layer).channels
    )
    let window = convolution.size * convolution.size
    var map = linear(
      .frameConvolution(layer), inputs: channels * window, outputs: convolution.filters)
    guard layer == 0 else {
      map.weights = .placeByPlace(map.weights, channels: channels)
      return map
    }
    map.weights = .scaled(map.weights, by: 1 / Frames.divisor, named: "1/255")
    switch part {
    case .all: return map
    case .older:
      return TensorRecipe(.rows(map.weights, 0..<(channels - 1) * window), bias: map.bias)
    case .newest:
      return TensorRecipe(
        .rows(map.weights, (channels - 1) * window..<channels * window),
        bias: frames.keepsOlder ? nil : map.bias)
    }
  }

  // MARK: Heads

  /// The norm that is folded into what a part of a block reads; nil where norms are behind the parts.
  private func norm(_ part: PackedTensor.BlockPart, _ layer: Int) -> ModuleName? {
    network.blocks[layer].normPlacement == .before ? part.norm(layer: layer) : nil
  }

  /// A head behind ln_f, or behind the last block's own norm.
  private func head(_ module: ModuleName, outputs: Int) -> TensorRecipe {
    linear(module, inputs: shape.hiddenSize, outputs: outputs)
      .afterNorm(
        network.finalNorm == nil ? nil : .encoder("ln_f"), size: shape.hiddenSize)
  }

  // MARK: Attention

  private func columns(of head: Int) -> Range<Int> {
    head * shape.headSize..<(head + 1) * shape.headSize
  }

  /// One third of c_attn of a normalised row.
  private func third(_ name: String, _ layer: Int) -> TensorRecipe {
    let index = ["q": 0, "k": 1, "v": 2][name]!
    return convolution(
      .block(layer, "attn.c_attn"), inputs: shape.hiddenSize, outputs: 3 * shape.hiddenSize
    )
    .columns(index * shape.hiddenSize..<(index + 1) * shape.hiddenSize, named: name)
    .afterNorm(norm(.attention, layer), size: shape.hiddenSize)
  }

  private func query(_ layer: Int) -> TensorRecipe {
    third("q", layer).scaled(by: network.blocks[layer].attentionScale, named: "scale")
  }

  /// Its biases add the same to every score of a row: softmax cancels them.
  private func key(_ layer: Int) -> TensorRecipe { TensorRecipe(third("k", layer).weights) }

  /// Its biases move into the projection's.
  private func value(_ layer: Int) -> TensorRecipe { TensorRecipe(third("v", layer).weights) }

  /// c_proj, with the constant part of the values, which the probabilities sum to one, carried through it.
  private func projection(_ layer: Int) -> TensorRecipe {
    var projection = convolution(
      .block(layer, "attn.c_proj"), inputs: shape.hiddenSize, outputs: shape.hiddenSize)
    projection.bias = projection.adding(carriedValueBias(layer))
    return projection
  }

  private func carriedValueBias(_ layer: Int) -> Recipe {
    let weights = Recipe.tensor(
      ModuleName.block(layer, "attn.c_proj").weight, rows: shape.hiddenSize,
      columns: shape.hiddenSize)
    return .product(third("v", layer).bias!, weights)
  }

  private func padHeads(_ map: TensorRecipe) -> TensorRecipe {
    map.spread(size: shape.headSize, stride: shape.headStride)
  }

  private func headProjection(_ layer: Int) -> TensorRecipe {
    var projection = projection(layer)
    if shape.headSize != shape.headStride {
      projection.weights = .spreadRows(
        projection.weights, size: shape.headSize, stride: shape.headStride)
    }
    return projection
  }

  // MARK: The checkpoint's tensors

  private var positions: Recipe {
    .tensor(
      ModuleName.encoder("wpe").weight, rows: positionCount, columns: shape.hiddenSize)
  }

  private func vector(_ tensor: TensorName, _ count: Int) -> Recipe {
    .tensor(tensor, rows: 1, columns: count)
  }

  /// Conv1D of the transformer blocks: weight [inputs, outputs].
  private func convolution(_ module: ModuleName, inputs: Int, outputs: Int) -> TensorRecipe {
    TensorRecipe(
      .tensor(module.weight, rows: inputs, columns: outputs),
      bias: vector(module.bias, outputs))
  }

  /// nn.Linear of the embeddings and heads: weight [outputs, inputs].
  private func linear(_ module: ModuleName, inputs: Int, outputs: Int) -> TensorRecipe {
    TensorRecipe(
      .transposed(.tensor(module.weight, rows: outputs, columns: inputs)),
      bias: vector(module.bias, outputs))
  }
}
