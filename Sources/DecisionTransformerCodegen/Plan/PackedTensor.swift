/// One entry of the packed weights: what it is, where it lies, what it is made of.
public struct PackedTensor: Equatable, Sendable, Codable {
  /// What the numbers are. `Pack` knows the formula of each.
  public enum Content: Equatable, Sendable, Codable {
    /// `state_mean`, subtracted from the raw state.
    case stateMean
    /// embed_return, embed_action; embed_state with 1/`state_std` folded in.
    case embedReturn, embedState, embedAction
    /// A convolution of the state's frames, or its part of some of them; 1/255 is folded into the first.
    case convolution(Int, FramePart)
    /// A layer of the state's encoder in front of the last, which is `embedState`; `state_std` is folded into the first.
    case encoder(Int)
    /// embed_timestep, one row per timestep.
    case timesteps
    /// embed_slot, one row for each step of the window, or for each of its tokens.
    case slots
    /// embed_ln's gain; embed_ln's shift plus wpe[0].
    case embedNormGain, embedNormShift
    /// ln_1's gain and shift and the attention scale folded into the query columns of c_attn.
    case query(layer: Int)
    /// Key columns of c_attn with ln_1's gain. (Its biases add the same to every score of a row: softmax cancels them.)
    case key(layer: Int)
    /// Value columns of c_attn with ln_1's gain. (Its biases move into the projection's.)
    case value(layer: Int)
    /// attn.c_proj with the value biases carried through it.
    case projection(layer: Int)
    /// Per head: transposed key columns, so that a query is scored against normalised rows.
    case absorbedKey(layer: Int, head: Int)
    /// Per head: value columns, applied to the mixed normalised row.
    case absorbedValue(layer: Int, head: Int)
    /// From an input and the factors of its norms to a token's value and that value's inner row; to its query. From an
    /// input and embed_ln's factor to the token's inner row.
    case entryValue(EntryInput), entryQuery(EntryInput), entryInner(EntryInput)
    /// diag(g)·Wq·Wkᵀ·diag(g)·scale
    case fusedQuery(layer: Int)
    /// diag(g)·Wv·Wo
    case fusedOutput(layer: Int)
    /// mlp.c_fc with ln_2 folded in.
    case inner(layer: Int)
    /// mlp.c_proj
    case outer(layer: Int)
    /// predict_action, predict_state, predict_return with ln_f folded in.
    case predictAction, predictState, predictReturn
    /// Gain and shift of a norm behind a part of a block: the rows in front of it go on.
    case normGain(layer: Int, BlockPart), normShift(layer: Int, BlockPart)
    /// ln_f's gain and shift, for the last hidden state.
    case finalNormGain, finalNormShift
    /// `action_scale`: from model units to environment units.
    case actionScale
    /// `action_offset`: environment units, added behind the factor.
    case actionOffset
    /// `action_minimum`, `action_maximum`: where actions are clamped, environment units.
    case actionMinimum, actionMaximum
    /// `state_std`: from normalised states to raw ones.
    case stateDeviation
    /// What rounding leaves out of `state_mean`: for states that come normalised.
    case stateMeanRemainder
    /// wpe, one row per position, of a trunk.
    case positions
    /// What the projection adds for value biases, negative: for rows of a trunk that see no key at all.
    case unattended(layer: Int)
  }

  /// What a block adds to its rows.
  public enum BlockPart: String, CaseIterable, Equatable, Sendable, Codable {
    case attention, mlp

    /// Its norm.
    package func norm(layer: Int) -> ModuleName {
      .block(layer, self == .attention ? "ln_1" : "ln_2")
    }
  }

  /// How the numbers are arranged.
  public enum Arrangement: Equatable, Sendable, Codable {
    /// Strips of as many columns as the format says, the last one as narrow as it can be; each holds its biases, its
    /// scales if there are any, then its columns of every row of words: one stream for a tile that is as wide. A
    /// tile's panels of 16 columns lie side by side in it.
    case strips(depth: Int, columns: Int, format: WeightFormat = .float32)
    /// `rows` rows of `columns` numbers, each padded to whole vectors.
    case rows(rows: Int, columns: Int)
  }

  public var name: String
  public var content: Content
  public var arrangement: Arrangement
  /// Position in floats from the start of the packed weights; a multiple of 16.
  public var offset: Int
  /// How it is made of the checkpoint's tensors.
  public var recipe: TensorRecipe
}

extension PackedTensor {
  /// Length in floats, padding included.
  public var floatCount: Int { arrangement.floatCount }

  /// What it is made of, in one line.
  public var sourceText: String { recipe.sourceText.joined(separator: ", ") }

  /// How its numbers are stored; rows and biases are float32 in any case.
  public var format: WeightFormat { arrangement.format }

  public var byteCount: Int { floatCount * MemoryLayout<Float>.stride }

  /// The shape as the layout table prints it.
  public var shapeText: String {
    switch arrangement {
    case .strips(let depth, let columns, _): "\(depth)x\(columns)"
    case .rows(let rows, let columns): rows == 1 ? "\(columns)" : "\(rows)x\(columns)"
    }
  }

  public var arrangementText: String {
    switch arrangement {
    case .strips(_, _, let format): format.tableName
    case .rows: "rows"
    }
  }
}

extension PackedTensor.Arrangement {
  /// How the numbers are stored.
  public var format: WeightFormat {
    if case .strips(_, _, let format) = self { format } else { .float32 }
  }

  /// Length in floats, padding included.
  package var floatCount: Int {
    switch self {
    case .strips(let depth, let columns, let format):
      Shape.stride(columns) * format.rowCount(depth: depth)
    case .rows(let rows, let columns): rows * Shape.stride(columns)
    }
  }

  /// Rows of numbers; of strips the first is that of the biases. Scales are none of them.
  package var rowCount: Int {
    switch self {
    case .strips(let depth, _, _): depth + 1
    case .rows(let rows, _): rows
    }
  }

  package var columnCount: Int {
    switch self {
    case .strips(_, let columns, _), .rows(_, let columns): columns
    }
  }

  /// Panels of 16 columns that lie side by side.
  package var stripPanelCount: Int {
    switch self {
    case .strips(_, _, let format): format.stripPanels
    case .rows(_, let columns): Shape.stride(columns) / Shape.lanes
    }
  }

  /// How its panels lie; nil for rows.
  package var order: PanelOrder? {
    if case .strips(let depth, _, let format) = self { format.order(depth: depth) } else { nil }
  }

  /// Where the word of a number is, from the tensor's start. Row 0 of strips holds the biases.
  package func place(row: Int, column: Int) -> Int {
    guard case .strips(_, _, let format) = self, row > 0 else {
      return place(wordRow: row, column: column)
    }
    return place(
      wordRow: format.headRowCount + (row - 1) / format.rowsPerWord, column: column)
  }

  /// Where the scale of a column is; nil where there is none.
  package func scalePlace(column: Int) -> Int? {
    format.scales == .none ? nil : place(wordRow: 1, column: column)
  }

  private func place(wordRow: Int, column: Int) -> Int {
    let (lanes, panelCount) = (Shape.lanes, Shape.stride(columnCount) / Shape.lanes)
    let panel = column / lanes
    let first = panel / stripPanelCount * stripPanelCount
    let width = min(stripPanelCount, panelCount - first)
    return first * wordRowCount * lanes + (wordRow * width + panel - first) * lanes + column % lanes
  }

  /// Rows of words, biases and scales included.
  private var wordRowCount: Int {
    switch self {
    case .strips(let depth, _, let format): format.rowCount(depth: depth)
    case .rows(let rows, _): rows
    }
  }

  /// A number of a tensor that begins at `offset` of the packed words.
  package func number<Words: RandomAccessCollection<Float>>(
    row: Int, column: Int, at offset: Int, in words: Words
  ) -> Float where Words.Index == Int {
    let word = words[offset + place(row: row, column: column)]
    guard case .strips(_, _, let format) = self, format != .float32, row > 0 else { return word }
    return format.decode(
      word.bitPattern, row: (row - 1) % format.rowsPerWord,
      scale: scalePlace(column: column).map { words[offset + $0] } ?? 1)
  }
}

extension PackedTensor.Content {
  /// The block it belongs to; nil for embeddings and heads.
  package var layer: Int? {
    switch self {
    case .query(let layer), .key(let layer), .value(let layer), .projection(let layer),
      .absorbedKey(let layer, _), .absorbedValue(let layer, _), .fusedQuery(let layer),
      .fusedOutput(let layer), .inner(let layer), .outer(let layer), .unattended(let layer),
      .normGain(let layer, _), .normShift(let layer, _):
      layer
    default: nil
    }
  }
}
