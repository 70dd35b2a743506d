/// One region of a controller's memory.
public struct ControllerBuffer: Equatable, Sendable, Codable {
  /// What the region holds. A name followed by a layer is one region per layer.
  public enum Name: Hashable, Sendable, Codable {
    /// Inputs of the embeddings: the return-to-go; the raw state minus its mean; the action in model units.
    case returnInput, stateInput, actionInput
    /// Behind a convolution of the state's frames; the part of the first one that older frames have; windows as rows.
    case frameMap(layer: Int)
    case frameSums, patches
    /// Embedded tokens of the window: the rows that enter block 0.
    case tokens
    /// Numbers behind a layer of the state's encoder.
    case encoded(layer: Int)
    /// The same, normalised, where the layer behind it reads it so.
    case encodedNorm(layer: Int)
    /// Embedded inputs without positions, where these move.
    case embedded
    /// Normalised rows before ln_1's gain, cached as keys and values of the fused and absorbed forms; with norms behind,
    /// the rows that enter the block.
    case normalized(layer: Int)
    /// Query rows of block 0, which a slide does not change.
    case query
    /// Key rows in the standard form, of blocks whose rows a slide does not change.
    case key(layer: Int)
    /// Value rows in the standard form.
    case value(layer: Int)
    /// Keys as panels of 16: a row of zeros, of `forward` the mask, then one row per element.
    case keyPanels(layer: Int)
    /// The residual stream.
    case stream
    /// Normalised rows that no later step needs.
    case scratch
    /// The carried form, of each token: its value and that value in terms of inner rows. `tokens` holds the token and
    /// its inner row, so that mixed values are added to both at once, as `carriedSums`.
    case carried, carriedSums
    /// The carried form: an input of the network times the factors of its norms, in front of them; a second time for
    /// the inner row, which ln_1 is not part of.
    case entry
    /// The carried form, what the current timestep adds to every token: its centred row, its query, its inner row; then
    /// its centred value, its value, the value's inner row.
    case time
    /// Query rows of blocks after the first.
    case queries
    /// Key rows of blocks after the first, before they are stored as panels.
    case keyRows
    /// The absorbed form: the query of all heads; per head that query in terms of normalised rows;
    /// per head the mixed normalised row; the values of all heads.
    case headQuery, absorbedQueries, absorbedMixed, headValues
    /// Attention scores, then probabilities: one row per head and query.
    case scores
    /// Attention's weighted sums.
    case mixed
    /// The MLP's inner rows.
    case inner
    /// For products with matrices that are not float32: their weights as float32, a few panels at a time, where there are
    /// many rows; or the rows as integers.
    case converted
    /// The predicted action in model units.
    case prediction
    /// What the model expects after the latest prepared action: the normalised next state, the scaled next return.
    case nextState, nextReturn
    /// `forward`: the keys of one layer as panels, its values in the standard form, the mask of the tokens, the
    /// rows of one head.
    case forwardKeys, forwardValues, tokenMask, headRows
    /// What `forward` returns, rows without padding.
    case output(ModelOutput)
    /// A trunk's attention mask: added to the scores of each key.
    case mask
    /// A trunk's last hidden state.
    case hiddenState
  }

  public var name: Name
  /// How the rows of several agents lie.
  public var agents: AgentRows
  /// Rows of one agent.
  public var rows: Int
  /// Whether there is one for each slot of the window, or of a trunk's cache.
  public var isPerSlot: Bool
  /// Floats of a row.
  public var stride: Int
  /// Floats of a row that lie together: all of them, or those of a strip, behind which its other rows come first.
  public var strip: Int
  /// Position in floats; a multiple of 16.
  public var offset: Int
  /// What the layout table says.
  public var purpose: String
  /// Whether all tokens use the same rows, one chunk after the other: a trunk's intermediate results.
  public var isShared = false
  /// Whether each group of agents has one of its own: this is the first group's.
  public var isOfGroup = false

  public var floatCount: Int { agents.count * rows * stride }
  public var stripCount: Int { stride / strip }
}

extension ControllerBuffer.Name {
  /// The identifier in generated code.
  public var identifier: String {
    switch self {
    case .returnInput: "returnInput"
    case .stateInput: "stateInput"
    case .actionInput: "actionInput"
    case .tokens: "tokens"
    case .frameMap(let layer): "frameMap\(layer)"
    case .frameSums: "frameSums"
    case .patches: "patches"
    case .encoded(let layer): "encoded\(layer)"
    case .encodedNorm(let layer): "encodedNorm\(layer)"
    case .embedded: "embedded"
    case .normalized(let layer): "normalized\(layer)"
    case .query: "query0"
    case .key(let layer): "key\(layer)"
    case .value(let layer): "value\(layer)"
    case .keyPanels(let layer): "keys\(layer)"
    case .stream: "stream"
    case .scratch: "scratch"
    case .carried: "carried"
    case .carriedSums: "carriedSums"
    case .entry: "factored"
    case .time: "time"
    case .queries: "queries"
    case .keyRows: "keyRows"
    case .headQuery: "headQuery"
    case .absorbedQueries: "absorbedQueries"
    case .absorbedMixed: "absorbedMixed"
    case .headValues: "headValues"
    case .scores: "scores"
    case .mixed: "mixed"
    case .inner: "inner"
    case .converted: "converted"
    case .prediction: "prediction"
    case .nextState: "nextStateRow"
    case .nextReturn: "nextReturnRow"
    case .forwardKeys: "forwardKeys"
    case .forwardValues: "forwardValues"
    case .tokenMask: "tokenMask"
    case .headRows: "headRows"
    case .output(let output): output.identifier
    case .mask: "mask"
    case .hiddenState: "output"
    }
  }
}

extension ModelOutput {
  /// The identifier in generated code: that of Hugging Face's output, spelled out.
  package var identifier: String {
    switch self {
    case .action: "actionPredictions"
    case .state: "statePredictions"
    case .return: "returnPredictions"
    case .lastHiddenState: "lastHiddenState"
    case .hiddenStates: "hiddenStates"
    case .attentions: "attentions"
    }
  }

  /// Floats for `steps` steps.
  package func floatCount(shape: Shape, steps: Int) -> Int {
    let tokens = shape.tokensPerStep * steps
    return switch self {
    case .action: steps * shape.actionDimension
    case .state: steps * shape.stateDimension
    case .return: steps
    case .lastHiddenState: tokens * shape.hiddenSize
    case .hiddenStates: (shape.layerCount + 1) * tokens * shape.hiddenSize
    case .attentions: shape.layerCount * shape.headCount * tokens * tokens
    }
  }

  /// The shape for T steps.
  package func shapeText(_ shape: Shape) -> String {
    switch self {
    case .action: "T x \(shape.actionDimension)"
    case .state: "T x \(shape.stateDimension)"
    case .return: "T"
    case .lastHiddenState: "3T x \(shape.hiddenSize)"
    case .hiddenStates: "\(shape.layerCount + 1) x 3T x \(shape.hiddenSize)"
    case .attentions: "\(shape.layerCount) x \(shape.headCount) x 3T x 3T"
    }
  }
}
