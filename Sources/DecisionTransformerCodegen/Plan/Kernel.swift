/// A function of fixed shape that the generated file contains once and calls from several places.
public enum Kernel: Hashable, Sendable, Codable {
  /// What happens to a sum before it is stored.
  public enum Epilogue: Hashable, Sendable, Codable {
    case store
    /// The same where the sum begins with zero instead of the bias: the linear part of the map.
    case storeUnbiased
    case activation(Activation)
    /// Added to the residual stream.
    case add
    /// Added to a part of the sum that is there, then activated.
    case addActivated(Activation)
  }

  /// y[row] = epilogue(x[row] · w + b), weights in strips of this format.
  case linear(
    rows: Int, depth: Int, columns: Int, epilogue: Epilogue, format: WeightFormat,
    strides: RowStrides)
  /// scores[head, row, key] = mask[key] + q[row, head] · k[key, head], keys in panels. With `causal`
  /// only the panels that a tile's last row can see are computed.
  case scores(rows: Int, heads: Int, depth: Int, queryStride: Int, keyStride: Int, causal: Bool)
  /// The same for one head and one or two rows, keys in rows of `rowStride`: without a mask, only `keys` of them.
  case rowScores(
    rows: Int, depth: Int, keys: Int, queryStride: Int, rowStride: Int, keyStride: Int)
  /// mixed[row, head] = Σ over keys of p[head, row, key] · v[key, head]. With `causal` a tile stops at its last row.
  /// `rowStride` is that of values, results and, with `addsResidual`, of the rows that are added to these. Values in
  /// strips have one of `slots` rows each.
  case mix(
    rows: Int, heads: Int, keys: Int, columns: Int, keyStride: Int, rowStride: Int,
    strips: ValueStrips? = nil, causal: Bool, addsResidual: Bool)
  /// y[place] = epilogue(window[place] · w + b), windows of a line at a time.
  case convolve(ConvolutionShape, epilogue: Epilogue)
  /// Copies rows into key panels, transposed.
  case storeKeys(heads: Int, depth: Int, rowStride: Int, keyStride: Int)
}

/// Values in strips of `width` columns, each of `slots` rows.
public struct ValueStrips: Hashable, Sendable, Codable {
  public var width: Int
  public var slots: Int
}

extension Kernel {
  /// Panels whose weights are widened together: no tile is wider.
  public static let widenedPanelCount = 4

  /// Whether the product widens its weights before it uses them: from three rows on it pays to do so once
  /// instead of in every tile.
  public var widensWeights: Bool {
    if case .linear(let rows, _, _, _, let format, _) = self {
      rows > 2 && format.needsWidening
    } else {
      false
    }
  }

  /// What the product makes of its operands first, in memory; nil where it takes them as they are.
  package var conversion: Conversion? {
    guard case .linear(let rows, let depth, let columns, _, let format, _) = self else {
      return nil
    }
    switch format.inputs {
    case .integers:
      return .ofRows(format, count: rows, depth: depth)
    case .floats:
      guard widensWeights else { return nil }
      let panels = min(Shape.stride(columns) / Shape.lanes, Self.widenedPanelCount)
      let words = format.wordRowCount(depth: depth) * format.rowsPerWord
      return .ofWeights(format, vectors: panels * (format.headRowCount + words))
    }
  }

  /// Numbers of a product in another format than they have in memory.
  package enum Conversion: Hashable {
    /// A few panels of weights as float32, so many vectors of them.
    case ofWeights(WeightFormat, vectors: Int)
    /// Rows as integers.
    case ofRows(WeightFormat, count: Int, depth: Int)

    /// The floats that it takes at most, on any target.
    package var floatCount: Int {
      switch self {
      case .ofWeights(_, let vectors): vectors * Shape.lanes
      case .ofRows(_, let count, let depth):
        count * (Self.rowHeadCount + Shape.stride(depth) / Self.fewestPerWord)
      }
    }

    package var purpose: String {
      switch self {
      case .ofWeights(let format, _): "\(format.name) weights as float32"
      case .ofRows(let format, _, _): "rows as \(format.name) numbers"
      }
    }

    /// Floats in front of a row's integers: its scale, what its sums begin with.
    package static let rowHeadCount = 4
    /// Integers of a row that share a word: four of 8 bits, or two where the target multiplies pairs of 16 bits.
    private static let fewestPerWord = 2
  }
}

extension Kernel {
  /// What it does with its sums, where there is a choice.
  package var epilogue: Epilogue? {
    switch self {
    case .linear(_, _, _, let epilogue, _, _), .convolve(_, let epilogue): epilogue
    case .scores, .rowScores, .mix, .storeKeys: nil
    }
  }
}

extension Kernel.Epilogue {
  /// Whether something else is added to the sum.
  package var addsResidual: Bool {
    switch self {
    case .add, .addActivated: true
    case .store, .storeUnbiased, .activation: false
    }
  }

  package var suffix: String {
    switch self {
    case .store: ""
    case .storeUnbiased: "_unbiased"
    case .activation(let activation): "_\(activation.rawValue)"
    case .add: "_add"
    case .addActivated(let activation): "_add_\(activation.rawValue)"
    }
  }
}
