/// How one layer's attention is computed. All forms are equal in real arithmetic; they differ in what
/// is cached for a past token and in what a token costs (semantics: n is the normalised row before
/// ln_1's gain, H the hidden size, h the number of heads).
public enum AttentionForm: String, Equatable, Sendable {
  /// Query, key and value rows as in the checkpoint. A token costs 4·H² multiplications.
  case standard
  /// One query, and the cached row n_j serves as key and value: q·Wkᵀ and Wv move to the query's side.
  /// A past token costs nothing, a query 4·H², a score H per head. For the last layer, which has one query.
  case absorbed
  /// The absorbed form of a single head with Wq·Wkᵀ and Wv·Wo multiplied out: a query costs 2·H².
  case fused
}

extension AttentionForm {
  /// How many multiplications of the preparation phase one of the feedback phase, the critical path, is worth.
  package static let feedbackWeight = 8

  /// The cheapest form for a layer.
  ///
  /// With one head the fused form always wins. With more, only the last layer, where a single token asks,
  /// can gain: absorbing saves the keys and values of all past tokens and of one token in the feedback
  /// phase, and pays with wider scores.
  static func cheapest(layer: Int, shape: Shape) -> AttentionForm {
    if shape.headCount == 1 { return .fused }
    guard layer == shape.layerCount - 1, !shape.asksEveryToken else { return .standard }
    let hidden = shape.hiddenSize
    // Layer 0 keeps its rows from step to step: there, one new token a step is all that is saved.
    let pastTokens = layer == 0 ? min(1, shape.pastTokenCount) : shape.pastTokenCount
    let saved = (pastTokens + feedbackWeight) * 2 * hidden * hidden
    let widerScores = 2 * (shape.headCount - 1) * hidden * shape.keyCount
    return saved > feedbackWeight * widerScores ? .absorbed : .standard
  }
}
