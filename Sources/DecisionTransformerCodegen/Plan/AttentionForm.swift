/// How one layer's attention is computed. All forms are equal in real arithmetic; they differ in what
/// is cached for a past token and in what a token costs (semantics: n is the normalised row before
/// ln_1's gain, or the row itself where no norm is in front of attention, H the hidden size, h the number of heads).
public enum AttentionForm: String, Equatable, Sendable, Codable {
  /// Query, key and value rows as in the checkpoint. A token costs 4·H² multiplications.
  case standard
  /// One query, and the cached row n_j serves as key and value: q·Wkᵀ and Wv move to the query's side.
  /// A past token costs nothing, a query 4·H², a score H per head. For the last layer, which has one query.
  case absorbed
  /// The absorbed form of a single head with Wq·Wkᵀ and Wv·Wo multiplied out: a query costs 2·H².
  case fused
  /// The fused form of block 0 with its values carried through Wv·Wo and c_fc once, when their token enters the
  /// window: mixing them gives the MLP's inner rows at once. Block 0's rows depend on their own token alone, and
  /// are affine in its few inputs: no product of depth H is left before the MLP's second one. (Only with norms in front
  /// of attention and MLP.)
  case carried
}

extension Network {
  /// Whether what block 0 computes of a token in front of ln_2 is linear in its input, up to the factors of its norms.
  fileprivate var entersLinearly: Bool {
    guard !normalizesStream, let steps = controlSteps else { return !normalizesStream }
    return steps.state.encoder.isEmpty && steps.embeddingActivation == .linear
      && steps.embeddingNorm != nil
  }
}

extension [AttentionForm] {
  /// The rows that enter a block. Where norms are behind, and the rows themselves are keys and values of later steps,
  /// the block in front leaves them at once where they are kept.
  package func input(of layer: Int, _ network: Network) -> ControllerBuffer.Name {
    if layer == 0 { return .tokens }
    return network.normalizesStream && self[layer] != .standard
      ? .normalized(layer: layer) : .stream
  }

  /// The rows that leave a block.
  package func output(of layer: Int, _ network: Network) -> ControllerBuffer.Name {
    layer + 1 < count ? input(of: layer + 1, network) : .stream
  }
}

extension AttentionForm {
  /// Whether one or two tokens are scored against key rows as they lie, not against panels: their weighted sum reads the
  /// same rows next, and they need not store their own keys column by column.
  package func scoresRows(_ shape: Shape) -> Bool {
    (self == .fused || self == .carried) && shape.tokenCapacity == nil && shape.keyCount >= 4
  }

  /// Whether somebody asks for keys of `layer` in panels: single tokens where they are not scored against rows, and a
  /// window whose answers are computed anew when it has moved.
  package func needsPanels(layer: Int, shape: Shape, _ network: Network) -> Bool {
    !scoresRows(shape)
      || (layer + 1 < shape.layerCount && !network.survivesSlide(enteringBlock: layer + 1))
  }

  /// How many multiplications of the preparation phase one of the feedback phase, the critical path, is worth.
  package static let feedbackWeight = 8

  /// The cheapest form for a layer. Scores and weighted sums are float32 in every format.
  ///
  /// With one head the fused form always wins, or in layer 0 the carried one. With more, only the last layer, where a
  /// single token asks, can gain: absorbing saves the keys and values of all past tokens and of one token in the feedback
  /// phase, if there is a return token, and pays with wider scores.
  package static func cheapest(
    layer: Int, shape: Shape, _ network: Network, format: WeightFormat = .float32
  ) -> AttentionForm {
    let productsPerFloat = format.productsPerFloat
    if shape.headCount == 1 {
      let isAlone = network.dependencies(enteringBlock: layer) == .ownToken
      return isAlone && network.entersLinearly
        && carryingPays(
          shape, slides: network.asksAgain(inBlock: layer), productsPerFloat: productsPerFloat)
        ? .carried : .fused
    }
    guard layer == shape.layerCount - 1, !shape.asksEveryToken else { return .standard }
    let hidden = shape.hiddenSize
    // Where rows are kept from step to step, one new token a step is all that is saved.
    let isKept = network.survivesSlide(enteringBlock: layer)
    let pastTokens = isKept ? min(1, shape.pastTokenCount) : shape.pastTokenCount
    let saved = (pastTokens + feedbackWeight * (newTokens(shape) - 1)) * 2 * hidden * hidden
    let widerScores = 2 * (shape.headCount - 1) * hidden * shape.keyCount
    return saved > feedbackWeight * widerScores * productsPerFloat ? .absorbed : .standard
  }

  /// Tokens that `act` computes: return and state, or the state alone.
  private static func newTokens(_ shape: Shape) -> Int { max(1, shape.tokensPerStep - 1) }

  /// Whether block 0 costs less with its values carried. Where there is no other block or no past, nothing would
  /// be mixed more than once. Where the window does not slide, only what enters it is computed.
  private static func carryingPays(
    _ shape: Shape, slides: Bool, productsPerFloat: Int
  ) -> Bool {
    let past = shape.pastTokenCount
    guard past > 0, shape.layerCount > 1 else { return false }
    let (hidden, inner) = (shape.hiddenSize, shape.innerSize)
    let columns = hidden + inner
    let (rows, pairs) = slides ? (past, past * (past + 1) / 2) : (1, shape.keyCount)
    func entry(_ inputs: Int) -> Int { (inputs + 2) * (hidden + columns) + (inputs + 1) * inner }
    let count = newTokens(shape)
    let fusedProducts =
      feedbackWeight * count * hidden * (hidden + columns) + rows * hidden * columns
      + hidden * hidden
    let fused =
      fusedProducts / productsPerFloat
      + feedbackWeight * count * hidden * shape.keyCount + pairs * hidden
    let carried =
      feedbackWeight
      * ((count == 2 ? entry(1) : 0) + entry(shape.stateDimension)
        + count * shape.keyCount * columns)
      + pairs * columns + entry(shape.actionDimension) + 2 * hidden * columns / productsPerFloat
    return carried < fused
  }
}
