/// Lays out the packed weights in the order in which the phases read them, each tensor with its recipe.
package struct LayoutBuilder {
  private var tensors: [PackedTensor] = []
  private let network: Network
  private let deployment: Deployment
  private let shape: Shape
  private let forms: [AttentionForm]
  private let recipes: Recipes

  package init(
    _ network: Network, _ deployment: Deployment, shape: Shape, forms: [AttentionForm]
  ) {
    (self.network, self.deployment) = (network, deployment)
    (self.shape, self.forms) = (shape, forms)
    recipes = Recipes(network: network, deployment: deployment, shape: shape)
  }

  /// What has been laid out.
  package var layout: PackedLayout {
    PackedLayout(tensors: tensors, unread: UnreadTensor.all(of: network, packed: tensors))
  }

  /// What the forms need of tensors, whatever tokens are.
  package mutating func build() {
    switch network.source {
    case .controlSteps(let steps): build(steps)
    case .embeddings(let embeddings): build(embeddings)
    }
  }

  private mutating func build(_ steps: ControlSteps) {
    let hidden = shape.hiddenSize
    if let frames = steps.state.frames {
      append(frames)
    } else {
      append("embed.stateMean", .stateMean, .rows(rows: 1, columns: shape.stateDimension))
    }
    for input in steps.tokens
    where input != .action || shape.pastTokenCount > 0 || shape.asksEveryToken {
      let layers = shape.layers(of: input, steps)
      for (layer, size) in layers.dropLast().enumerated() {
        append(
          "embed.\(input.rawValue)Layer\(layer)", .encoder(layer),
          .strips(depth: size.depth, columns: size.columns))
      }
      append(
        "embed.\(input.rawValue)", .embed(input),
        .strips(depth: layers.last!.depth, columns: hidden))
      if forms[0] == .carried { appendEntry(input) }
    }
    if steps.embeddingNorm != nil {
      append("embed.normGain", .embedNormGain, .rows(rows: 1, columns: hidden))
      append("embed.normShift", .embedNormShift, .rows(rows: 1, columns: hidden))
    }
    for (layer, form) in forms.enumerated() { appendBlock(layer: layer, form: form) }
    append("heads.action", .predictAction, .strips(depth: hidden, columns: shape.actionDimension))
    if steps.scalesComponents {
      append("heads.actionScale", .actionScale, .rows(rows: 1, columns: shape.actionDimension))
    }
    if steps.offsetsComponents {
      append("heads.actionOffset", .actionOffset, .rows(rows: 1, columns: shape.actionDimension))
    }
    if steps.minimaDiffer {
      append("heads.actionMinimum", .actionMinimum, .rows(rows: 1, columns: shape.actionDimension))
    }
    if steps.maximaDiffer {
      append("heads.actionMaximum", .actionMaximum, .rows(rows: 1, columns: shape.actionDimension))
    }
    appendOutputs(Set(network.outputs))
    if steps.slots != nil {
      append("embed.slots", .slots, .rows(rows: steps.slotCount, columns: hidden))
    }
    append("embed.timesteps", .timesteps, .rows(rows: shape.maximumEpisodeLength, columns: hidden))
  }

  /// The convolutions of frames, in the order of use from an older frame on.
  private mutating func append(_ frames: Frames) {
    for layer in frames.convolutions.indices {
      for part in layer == 0 ? frames.parts : [.all] {
        let shape = frames.shape(of: layer, part)
        append(
          "convolution.layer\(layer)\(part.suffix)",
          .convolution(layer, part), .strips(depth: shape.depth, columns: shape.filters))
      }
    }
  }

  /// Block 0 in terms of an input, for the carried form: behind the input's embedding, in the order of use.
  private mutating func appendEntry(_ input: EntryInput) {
    let depth = shape.dimension(of: input)
    append(
      "entry.\(input.rawValue)Value", .entryValue(input),
      .strips(depth: depth + 2, columns: shape.carriedStride))
    append(
      "entry.\(input.rawValue)Query", .entryQuery(input),
      .strips(depth: depth + 2, columns: shape.hiddenSize))
    append(
      "entry.\(input.rawValue)Inner", .entryInner(input),
      .strips(depth: depth + 1, columns: shape.innerSize))
  }

  /// What only `forward` and the predictions of the preparation phase need.
  private mutating func appendOutputs(_ outputs: Set<ModelOutput>) {
    let (hidden, states) = (shape.hiddenSize, shape.stateDimension)
    if outputs.contains(.state) {
      append("heads.state", .predictState, .strips(depth: hidden, columns: states))
    }
    if outputs.contains(.return) {
      append("heads.return", .predictReturn, .strips(depth: hidden, columns: 1))
    }
    if network.finalNorm != nil, !outputs.isDisjoint(with: [.lastHiddenState, .hiddenStates]) {
      append("final.normGain", .finalNormGain, .rows(rows: 1, columns: hidden))
      append("final.normShift", .finalNormShift, .rows(rows: 1, columns: hidden))
    }
    if !outputs.isEmpty {
      append("embed.stateDeviation", .stateDeviation, .rows(rows: 1, columns: states))
      append("embed.stateMeanRemainder", .stateMeanRemainder, .rows(rows: 1, columns: states))
    }
  }

  /// Every row of wpe, blocks, ln_f.
  private mutating func build(_ embeddings: Network.GivenEmbeddings) {
    let hidden = shape.hiddenSize
    for (layer, form) in forms.enumerated() {
      appendBlock(layer: layer, form: form)
      append("layer\(layer).unattended", .unattended(layer: layer), .rows(rows: 1, columns: hidden))
    }
    append("final.normGain", .finalNormGain, .rows(rows: 1, columns: hidden))
    append("final.normShift", .finalNormShift, .rows(rows: 1, columns: hidden))
    append("embed.positions", .positions, .rows(rows: embeddings.positionCount, columns: hidden))
  }

  private mutating func appendBlock(layer: Int, form: AttentionForm) {
    let hidden = shape.hiddenSize
    appendAttention(layer: layer, form: form)
    appendNorm(.attention, layer: layer)
    append(
      matrix: "layer\(layer).inner", .inner(layer: layer), depth: hidden, columns: shape.innerSize)
    append(
      matrix: "layer\(layer).outer", .outer(layer: layer), depth: shape.innerSize, columns: hidden)
    appendNorm(.mlp, layer: layer)
  }

  /// A norm behind a part of a block.
  private mutating func appendNorm(_ part: PackedTensor.BlockPart, layer: Int) {
    guard network.blocks[layer].normPlacement == .after else { return }
    let rows = PackedTensor.Arrangement.rows(rows: 1, columns: shape.hiddenSize)
    let name = "layer\(layer).norm\(part == .attention ? 1 : 2)"
    append("\(name)Gain", .normGain(layer: layer, part), rows)
    append("\(name)Shift", .normShift(layer: layer, part), rows)
  }

  private mutating func appendAttention(layer: Int, form: AttentionForm) {
    let (hidden, attention) = (shape.hiddenSize, shape.attentionStride)
    let name = "layer\(layer)"
    switch form {
    case .fused, .carried:
      append(matrix: "\(name).query", .fusedQuery(layer: layer), depth: hidden, columns: hidden)
      append(matrix: "\(name).output", .fusedOutput(layer: layer), depth: hidden, columns: hidden)
    case .standard:
      append(matrix: "\(name).query", .query(layer: layer), depth: hidden, columns: attention)
      append(matrix: "\(name).key", .key(layer: layer), depth: hidden, columns: attention)
      append(matrix: "\(name).value", .value(layer: layer), depth: hidden, columns: attention)
      append(
        matrix: "\(name).projection", .projection(layer: layer), depth: attention, columns: hidden)
    case .absorbed:
      append(matrix: "\(name).query", .query(layer: layer), depth: hidden, columns: attention)
      for head in 0..<shape.headCount {
        append(
          matrix: "\(name).key\(head)", .absorbedKey(layer: layer, head: head),
          depth: shape.headSize, columns: hidden)
      }
      for head in 0..<shape.headCount {
        append(
          matrix: "\(name).value\(head)", .absorbedValue(layer: layer, head: head), depth: hidden,
          columns: shape.headSize)
      }
      append(
        matrix: "\(name).projection", .projection(layer: layer), depth: attention, columns: hidden)
    }
  }

  /// A matrix of a block, in the format asked for.
  private mutating func append(
    matrix name: String, _ content: PackedTensor.Content, depth: Int, columns: Int
  ) {
    append(
      name, content,
      .strips(depth: depth, columns: columns, format: deployment.format(of: name)))
  }

  private mutating func append(
    _ name: String, _ content: PackedTensor.Content, _ arrangement: PackedTensor.Arrangement
  ) {
    tensors.append(
      PackedTensor(
        name: name, content: content, arrangement: arrangement,
        offset: tensors.last.map { $0.offset + $0.floatCount } ?? 0,
        recipe: recipes.recipe(of: content)))
  }
}
