/// One region of a controller's memory.
public struct ControllerBuffer: Equatable, Sendable {
  /// What the region holds. A name followed by a layer is one region per layer.
  public enum Name: Hashable, Sendable {
    /// Inputs of the embeddings: the return-to-go; the raw state minus its mean; the action in model units.
    case returnInput, stateInput, actionInput
    /// Embedded tokens of the window: the rows that enter block 0.
    case tokens
    /// Normalised rows before ln_1's gain, cached as keys and values of the fused and absorbed forms.
    case normalized(layer: Int)
    /// Query rows of block 0, which a slide does not change.
    case query
    /// Key rows of block 0 in the standard form.
    case key
    /// Value rows in the standard form.
    case value(layer: Int)
    /// Keys as panels of 16: their mask, then one row per element.
    case keyPanels(layer: Int)
    /// The residual stream.
    case stream
    /// Normalised rows that no later step needs.
    case scratch
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
    /// bfloat16 weights as float32, a few panels at a time, for products of many rows.
    case widened
    /// The predicted action in model units.
    case prediction
  }

  public var name: Name
  public var rows: Int
  /// Floats from one row to the next.
  public var stride: Int
  /// Position in floats; a multiple of 16.
  public var offset: Int
  /// What the layout table says.
  public var purpose: String

  public var floatCount: Int { rows * stride }
}

extension ControllerBuffer.Name {
  /// The identifier in generated code.
  public var identifier: String {
    switch self {
    case .returnInput: "returnInput"
    case .stateInput: "stateInput"
    case .actionInput: "actionInput"
    case .tokens: "tokens"
    case .normalized(let layer): "normalized\(layer)"
    case .query: "query0"
    case .key: "key0"
    case .value(let layer): "value\(layer)"
    case .keyPanels(let layer): "keys\(layer)"
    case .stream: "stream"
    case .scratch: "scratch"
    case .queries: "queries"
    case .keyRows: "keyRows"
    case .headQuery: "headQuery"
    case .absorbedQueries: "absorbedQueries"
    case .absorbedMixed: "absorbedMixed"
    case .headValues: "headValues"
    case .scores: "scores"
    case .mixed: "mixed"
    case .inner: "inner"
    case .widened: "widened"
    case .prediction: "prediction"
    }
  }
}
