/// Hugging Face's `DecisionTransformerGPT2Model.forward` in double precision, with `inputs_embeds`,
/// `position_ids`, `attention_mask`, `past_key_values` and `use_cache`.
///
/// Keys and values are functions of the rows that enter a block, so the cache is these rows, and every call computes
/// all tokens' keys and values anew.
public struct ReferenceTrunk: Sendable {
  public let config: ModelConfig

  /// [`n_positions`, H]
  private let positions: Matrix
  private let blocks: [ReferenceBlock]
  private let finalLayerNorm: LayerNorm
  /// For each block, the rows of the cached tokens that entered it.
  private var past: [[[Double]]]

  /// The checkpoint as it is.
  public init(config: ModelConfig, checkpoint: Checkpoint) {
    let tensors = ReferenceTensors(config: config, checkpoint: checkpoint)
    self.config = config
    positions = tensors.matrix("encoder.wpe.weight")
    blocks = (0..<config.layerCount).map { ReferenceBlock(layer: $0, of: config, tensors) }
    finalLayerNorm = tensors.layerNorm("encoder.ln_f", epsilon: config.layerNormEpsilon)
    past = Array(repeating: [], count: config.layerCount)
  }

  /// Tokens in the cache.
  public var pastLength: Int { past[0].count }

  /// Keeps the first `length` tokens of the cache.
  public mutating func crop(to length: Int) {
    past = past.map { Array($0.prefix(length)) }
  }

  /// The last hidden state of T new tokens, T × H.
  ///
  /// - Parameters:
  ///   - inputsEmbeds: T × H.
  ///   - positionIDs: T, each in 0 ..< `n_positions`; nil counts on from the cached tokens.
  ///   - attentionMask: one flag for each cached and each new token; nil shows all.
  ///   - usesCache: whether later calls see the new tokens.
  public mutating func forward(
    inputsEmbeds: [[Double]], positionIDs: [Int]? = nil, attentionMask: [Bool]? = nil,
    usesCache: Bool = true
  ) -> [[Double]] {
    let (first, count) = (pastLength, inputsEmbeds.count)
    let ids = positionIDs ?? Array(first..<first + count)
    precondition(count > 0 && ids.count == count, "every token has a position")
    precondition(
      attentionMask.map { $0.count == first + count } ?? true,
      "the mask has a flag for each cached and each new token")
    let embeddings = Matrix(ids.map { Array(positions[row: $0]) })
    var x = Matrix(inputsEmbeds) + embeddings
    for (layer, block) in blocks.enumerated() {
      let rows = past[layer] + x.rows
      if usesCache { past[layer] = rows }
      x = block(Matrix(rows), from: first, visible: attentionMask)
    }
    return finalLayerNorm(x).rows
  }
}
