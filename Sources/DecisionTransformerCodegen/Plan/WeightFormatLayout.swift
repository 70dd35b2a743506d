extension WeightFormat {
  /// Rows of float32 numbers before the words: biases, and scales if there are any.
  public var headRowCount: Int { scales == .none ? 1 : 2 }

  /// Rows of words of a map of `depth` rows.
  public func wordRowCount(depth: Int) -> Int { (depth + rowsPerWord - 1) / rowsPerWord }

  /// Rows of a strip: biases, scales, words.
  public func rowCount(depth: Int) -> Int { headRowCount + wordRowCount(depth: depth) }

  /// How many multiplications of such weights take as long as one of float32: of integers several, with instructions that
  /// add up four products, or two, and a quarter of the bytes, or half.
  package var productsPerFloat: Int {
    switch inputs {
    case .floats: 1
    case .integers: rowsPerWord == 4 ? 5 : 2
    }
  }

  /// How the panels of a map of `depth` rows lie.
  public func order(depth: Int) -> PanelOrder {
    .strips(width: stripPanels, panel: rowCount(depth: depth) * Shape.lanes)
  }
}

extension Plan {
  /// The formats of the blocks' matrices, with how many have each where there are several: `int8 (9), bfloat16 (3)`.
  public var precisionText: String {
    let names = matrices.map(\.format.name)
    let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    guard counts.count > 1 else { return names.first ?? deployment.format.name }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
  }

  /// The format of matrices that generated code widens; nil where all weights are float32.
  public var widenedFormat: WeightFormat? {
    weights.tensors.lazy.map(\.format).first(where: \.needsWidening)
  }
}
