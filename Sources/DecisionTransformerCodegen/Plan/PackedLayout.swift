/// The static layout of the packed weights.
public struct PackedLayout: Equatable, Sendable {
  public private(set) var tensors: [PackedTensor] = []
  private var precision = GenerationOptions.Precision.float32

  /// Length in floats.
  public var floatCount: Int {
    tensors.last.map { $0.offset + $0.floatCount } ?? 0
  }

  public var byteCount: Int { floatCount * MemoryLayout<Float>.stride }

  /// Whether `content` is part of the layout.
  public func contains(_ content: PackedTensor.Content) -> Bool {
    tensors.contains { $0.content == content }
  }

  /// The entry of `content`, which must have been laid out.
  public func tensor(_ content: PackedTensor.Content) -> PackedTensor {
    guard let tensor = tensors.first(where: { $0.content == content }) else {
      preconditionFailure("\(content) is not part of the layout")
    }
    return tensor
  }
}

extension PackedLayout {
  /// Lays out what the forms need, in the order in which the phases read it.
  init(
    shape: Shape, forms: [AttentionForm], precision: GenerationOptions.Precision = .float32,
    outputs: Set<GenerationOptions.Output> = [], scalesComponents: Bool = false
  ) {
    self.precision = precision
    let hidden = shape.hiddenSize
    append(
      "embed.state_mean", .stateMean, .rows(rows: 1, columns: shape.stateDimension), "state_mean")
    for input in EntryInput.allCases {
      append(
        "embed.\(input.rawValue)", .embed(input),
        .strips(depth: shape.dimension(of: input), columns: hidden),
        input == .state ? "embed_state, 1/state_std" : "embed_\(input.rawValue)")
      if forms[0] == .carried { appendEntry(input, shape: shape) }
    }
    append("embed.norm_gain", .embedNormGain, .rows(rows: 1, columns: hidden), "embed_ln.weight")
    append(
      "embed.norm_shift", .embedNormShift, .rows(rows: 1, columns: hidden), "embed_ln.bias, wpe[0]")
    for (layer, form) in forms.enumerated() { appendBlock(layer: layer, form: form, shape: shape) }
    append(
      "predict.action", .predictAction, .strips(depth: hidden, columns: shape.actionDimension),
      "ln_f, predict_action.0")
    if scalesComponents {
      append(
        "predict.action_scale", .actionScale, .rows(rows: 1, columns: shape.actionDimension),
        "action_scale")
    }
    appendOutputs(outputs, shape: shape)
    append(
      "embed.timesteps", .timesteps, .rows(rows: shape.maximumEpisodeLength, columns: hidden),
      "embed_timestep")
  }

  /// Block 0 in terms of an input, for the carried form: behind the input's embedding, in the order of use.
  private mutating func appendEntry(_ input: EntryInput, shape: Shape) {
    let (depth, source) = (shape.dimension(of: input), "embed_\(input.rawValue), embed_ln, h.0")
    append(
      "entry.\(input.rawValue)_value", .entryValue(input),
      .strips(depth: depth + 2, columns: shape.carriedStride),
      "\(source).ln_1, attn (v), ln_2, mlp.c_fc")
    append(
      "entry.\(input.rawValue)_query", .entryQuery(input),
      .strips(depth: depth + 2, columns: shape.hiddenSize), "\(source).ln_1, attn (q·kᵀ), scale")
    append(
      "entry.\(input.rawValue)_inner", .entryInner(input),
      .strips(depth: depth + 1, columns: shape.innerSize), "\(source).ln_2, mlp.c_fc")
  }

  /// What only `forward` and the predictions of the preparation phase need.
  private mutating func appendOutputs(_ outputs: Set<GenerationOptions.Output>, shape: Shape) {
    let (hidden, states) = (shape.hiddenSize, shape.stateDimension)
    if outputs.contains(.state) {
      append(
        "predict.state", .predictState, .strips(depth: hidden, columns: states),
        "ln_f, predict_state")
    }
    if outputs.contains(.return) {
      append(
        "predict.return", .predictReturn, .strips(depth: hidden, columns: 1), "ln_f, predict_return"
      )
    }
    if !outputs.isDisjoint(with: [.lastHiddenState, .hiddenStates]) {
      append("final.norm_gain", .finalNormGain, .rows(rows: 1, columns: hidden), "ln_f.weight")
      append("final.norm_shift", .finalNormShift, .rows(rows: 1, columns: hidden), "ln_f.bias")
    }
    if !outputs.isEmpty {
      append(
        "embed.state_std", .stateDeviation, .rows(rows: 1, columns: states), "state_std")
    }
  }

  /// Lays out what a trunk needs: every row of wpe, blocks, ln_f.
  init(
    trunk shape: Shape, positionCount: Int, forms: [AttentionForm],
    precision: GenerationOptions.Precision
  ) {
    self.precision = precision
    let hidden = shape.hiddenSize
    for (layer, form) in forms.enumerated() {
      appendBlock(layer: layer, form: form, shape: shape)
      append(
        "layer\(layer).unattended", .unattended(layer: layer), .rows(rows: 1, columns: hidden),
        "h.\(layer).ln_1, attn.c_attn (v), attn.c_proj")
    }
    append("final.norm_gain", .finalNormGain, .rows(rows: 1, columns: hidden), "ln_f.weight")
    append("final.norm_shift", .finalNormShift, .rows(rows: 1, columns: hidden), "ln_f.bias")
    append("embed.positions", .positions, .rows(rows: positionCount, columns: hidden), "wpe")
  }

  private mutating func appendBlock(layer: Int, form: AttentionForm, shape: Shape) {
    let (block, hidden) = ("h.\(layer)", shape.hiddenSize)
    appendAttention(layer: layer, form: form, shape: shape)
    append(
      "layer\(layer).inner", .inner(layer: layer),
      matrix(depth: hidden, columns: shape.innerSize), "\(block).ln_2, mlp.c_fc")
    append(
      "layer\(layer).outer", .outer(layer: layer),
      matrix(depth: shape.innerSize, columns: hidden), "\(block).mlp.c_proj")
  }

  private mutating func appendAttention(layer: Int, form: AttentionForm, shape: Shape) {
    let (hidden, attention) = (shape.hiddenSize, shape.attentionStride)
    let name = "layer\(layer)"
    let input = "h.\(layer).ln_1, attn.c_attn"
    let output = "attn.c_proj"
    switch form {
    case .fused, .carried:
      append(
        "\(name).query", .fusedQuery(layer: layer), matrix(depth: hidden, columns: hidden),
        "\(input) (q·kᵀ), scale")
      append(
        "\(name).output", .fusedOutput(layer: layer), matrix(depth: hidden, columns: hidden),
        "\(input) (v), \(output)")
    case .standard:
      append(
        "\(name).query", .query(layer: layer), matrix(depth: hidden, columns: attention),
        "\(input) (q), scale")
      append(
        "\(name).key", .key(layer: layer), matrix(depth: hidden, columns: attention),
        "\(input) (k)")
      append(
        "\(name).value", .value(layer: layer), matrix(depth: hidden, columns: attention),
        "\(input) (v)")
      append(
        "\(name).projection", .projection(layer: layer), matrix(depth: attention, columns: hidden),
        "h.\(layer).\(output)")
    case .absorbed:
      append(
        "\(name).query", .query(layer: layer), matrix(depth: hidden, columns: attention),
        "\(input) (q), scale")
      for head in 0..<shape.headCount {
        append(
          "\(name).key\(head)", .absorbedKey(layer: layer, head: head),
          matrix(depth: shape.headSize, columns: hidden), "\(input) (kᵀ, head \(head))")
      }
      for head in 0..<shape.headCount {
        append(
          "\(name).value\(head)", .absorbedValue(layer: layer, head: head),
          matrix(depth: hidden, columns: shape.headSize), "\(input) (v, head \(head))")
      }
      append(
        "\(name).projection", .projection(layer: layer), matrix(depth: attention, columns: hidden),
        "h.\(layer).\(output)")
    }
  }

  /// A matrix of a block in the precision asked for.
  private func matrix(depth: Int, columns: Int) -> PackedTensor.Arrangement {
    switch precision {
    case .float32: .strips(depth: depth, columns: columns)
    case .bfloat16: .pairedStrips(depth: depth, columns: columns)
    }
  }

  private mutating func append(
    _ name: String, _ content: PackedTensor.Content, _ arrangement: PackedTensor.Arrangement,
    _ sources: String
  ) {
    tensors.append(
      PackedTensor(
        name: name, content: content, arrangement: arrangement, offset: floatCount, sources: sources
      ))
  }
}
