/// The packed weights as a map: tensors by layer, in the order of memory, each in proportion to its bytes.
package struct LayoutMap: Equatable, Sendable {
  /// Consecutive tensors of one part of the model: a row of the map.
  package struct Group: Equatable, Sendable {
    package var title: String
    package var regions: [Region]
    /// Whether the row, or a field of it, would be too thin to point at: it is drawn again, enlarged.
    package var isEnlarged = false

    package var bytes: Int { regions.reduce(0) { $0 + $1.bytes } }
  }

  package struct Region: Equatable, Sendable {
    package var name: String
    /// In numbers.
    package var shape: String
    /// How they are arranged: `panels`.
    package var arrangement: String
    /// In bytes.
    package var offset: Int
    package var bytes: Int
    /// Tensors of the checkpoint and numbers of codegen.json.
    package var sources: String
    /// What happens to them on the way.
    package var transform: String
    package var role: Role
  }

  /// What a tensor or an operation is for: a colour of the page, the same in the map and in the timeline.
  package enum Role: String, CaseIterable, Sendable {
    case embedding, query, attention, output, inner, outer, head, timesteps, other
  }

  package var groups: [Group] = []
  package var bytes: Int

  /// Rows under this part of the largest one are enlarged, and others than blocks with a field under this part
  /// of the row.
  private static let (smallestShare, smallestField) = (1.0 / 4, 1.0 / 200)

  package init(_ plan: Plan) {
    bytes = plan.weights.byteCount
    var blocks: Set<String> = []
    for tensor in plan.weights.tensors {
      let title = Self.title(tensor.content, forms: plan.forms)
      if tensor.content.layer != nil { blocks.insert(title) }
      if groups.last?.title != title { groups.append(Group(title: title, regions: [])) }
      groups[groups.count - 1].regions.append(
        Region(tensor, plan.network))
    }
    let largest = Double(groups.map(\.bytes).max() ?? 0)
    for index in groups.indices {
      let bytes = Double(groups[index].bytes)
      let smallest = Double(groups[index].regions.map(\.bytes).min() ?? 0)
      groups[index].isEnlarged =
        bytes < Self.smallestShare * largest
        || (!blocks.contains(groups[index].title) && smallest < Self.smallestField * bytes)
    }
  }

  /// The rows that are enlarged, all on one scale.
  package var enlarged: [Group] { groups.filter(\.isEnlarged) }

  private static func title(_ content: PackedTensor.Content, forms: [AttentionForm]) -> String {
    if let layer = content.layer { return "block \(layer) · \(forms[layer].rawValue) attention" }
    return switch content {
    case .timesteps, .slots: "timesteps"
    case .positions: "positions"
    case .stateMean, .embedReturn, .embedState, .embedAction, .embedNormGain, .embedNormShift,
      .entryValue, .entryQuery, .entryInner, .encoder, .convolution:
      "embedding"
    default: "head"
    }
  }
}

extension LayoutMap.Region {
  fileprivate init(_ tensor: PackedTensor, _ network: Network) {
    name = tensor.name
    (shape, arrangement) = (tensor.shapeText, tensor.arrangementText)
    offset = tensor.offset * MemoryLayout<Float>.stride
    bytes = tensor.byteCount
    sources = tensor.sourceText
    transform =
      tensor.content.transform(in: network)
      + (tensor.format != .float32
        ? "; rounded to \(tensor.format.name), \(tensor.format.rowsPerWord == 2 ? "two" : "\(tensor.format.rowsPerWord)") rows in a word\(tensor.format.inputs == .integers ? ", rows quantized" : "")"
        : "")
    role = tensor.content.role
  }
}

extension PackedTensor.Content {
  package var role: LayoutMap.Role {
    switch self {
    case .stateMean, .embedReturn, .embedState, .embedAction, .embedNormGain, .embedNormShift,
      .entryValue, .entryQuery, .entryInner, .encoder, .convolution:
      .embedding
    case .query, .key, .absorbedKey, .fusedQuery: .query
    case .value, .absorbedValue: .attention
    case .projection, .fusedOutput: .output
    case .inner: .inner
    case .outer: .outer
    case .predictAction, .predictState, .predictReturn, .finalNormGain, .finalNormShift,
      .stateDeviation, .stateMeanRemainder, .actionScale, .actionOffset, .actionMinimum,
      .actionMaximum:
      .head
    case .timesteps, .slots, .positions: .timesteps
    case .unattended, .normGain, .normShift: .other
    }
  }

  /// How the packed numbers come from the sources, in words.
  package func transform(in network: Network) -> String {
    let foldsNorms = !network.normalizesStream
    let isEncoded = (network.controlSteps?.state.encoder.count ?? 0) > 1
    return switch self {
    case .stateMean: "as given; subtracted from the raw state"
    case .actionScale: "as given; times the action in model units"
    case .actionOffset: "as given; added to the scaled action"
    case .actionMinimum: "as given; the least action that is returned"
    case .actionMaximum: "as given; the largest action that is returned"
    case .embedReturn, .embedAction: "as in the checkpoint"
    case .embedState:
      isEncoded ? "as in the checkpoint" : firstMap(network)
    case .timesteps: "as in the checkpoint, a row for each timestep"
    case .positions: "as in the checkpoint, a row for each position"
    case .slots:
      "as in the checkpoint, a row for each \(network.controlSteps?.slots == .tokens ? "token" : "step") of the window"
    case .convolution(let layer, let part):
      (layer > 0 ? "its channels side by side" : "divided by 255, the largest byte")
        + (part == .all
          ? "" : "; the part of the \(part == .older ? "older frames" : "newest frame")")
    case .encoder(let layer):
      layer == 0 ? firstMap(network) : "as in the checkpoint"
    case .embedNormGain: "as in the checkpoint"
    case .embedNormShift: "the norm's shift plus row 0 of wpe, which every token gets"
    case .query:
      foldsNorms
        ? "query columns; ln_1's gain and shift and the scores' scale folded in"
        : "query columns; the scores' scale folded in"
    case .key:
      "key columns; \(foldsNorms ? "ln_1's gain folded in; " : "")the biases cancel in softmax"
    case .value:
      "value columns; \(foldsNorms ? "ln_1's gain folded in; " : "")the biases move into the projection's"
    case .projection: "the projection; the value biases carried through it"
    case .absorbedKey:
      "key columns of a head, transposed: queries meet \(foldsNorms ? "normalised " : "")rows"
    case .absorbedValue:
      "value columns of a head, for the mixed \(foldsNorms ? "normalised " : "")row"
    case .fusedQuery:
      "queries and keys multiplied out: \(foldsNorms ? "gain · Wq · Wkᵀ · gain" : "Wq · Wkᵀ") · scale"
    case .fusedOutput: "values and projection multiplied out: \(foldsNorms ? "gain · " : "")Wv · Wo"
    case .entryValue: "embedding, norms, block 0's value and that through mlp.c_fc, multiplied out"
    case .entryQuery: "embedding, norms and block 0's query, multiplied out"
    case .entryInner: "embedding, norms and mlp.c_fc of block 0, multiplied out"
    case .inner: foldsNorms ? "ln_2's gain and shift folded in" : "as in the checkpoint"
    case .outer: "as in the checkpoint"
    case .predictAction, .predictState, .predictReturn:
      foldsNorms ? "ln_f's gain and shift folded in" : "as in the checkpoint"
    case .finalNormGain, .finalNormShift, .normGain, .normShift: "as in the checkpoint"
    case .stateDeviation: "as given; from normalised states to raw ones"
    case .stateMeanRemainder:
      "what float32 leaves out of the mean; added to states that are normalised"
    case .unattended: "the value biases through the projection, taken out where a row sees no key"
    }
  }

  /// What becomes of the first linear map of a state.
  private func firstMap(_ network: Network) -> String {
    network.controlSteps?.state.frames == nil
      ? "each row divided by the deviation of its number"
      : "rows in the order of the last convolution's numbers, its channels side by side"
  }
}
