/// Block 0 in terms of an input of the network, for the carried form: `CarriedOperations` has the formulas.
///
/// The block's maps are multiplied out as they are stored, so that this is the same function as theirs.
struct EntryMaps {
  /// To a token's value and the inner row of that, side by side, and to its query. The last rows belong to the
  /// embedding's bias and to embed_ln's shift.
  let value: AffineMap
  let query: AffineMap
  /// To the token's inner row; the last row belongs to the embedding's bias.
  let inner: AffineMap

  init(_ input: EntryInput, of folded: FoldedWeights) {
    let shape = folded.shape
    let embedding = folded.map(.embed(input))
    let (gain, shift) = (folded.rows(.embedNormGain), folded.rows(.embedNormShift))
    let queryMap = folded.stored(.fusedQuery(layer: 0))
    let output = folded.stored(.fusedOutput(layer: 0))
    let innerWeights = folded.stored(.inner(layer: 0)).weights
    let bias = Matrix(rowCount: 1, columnCount: shape.hiddenSize, values: embedding.bias)
    let rows = embedding.weights.appending(bias).centeringRows().scalingColumns(by: gain)
      .centeringRows()
    let shiftRow = Matrix(rowCount: 1, columnCount: shape.hiddenSize, values: shift)
      .centeringRows()
    let outputBias = Matrix(rowCount: 1, columnCount: shape.hiddenSize, values: output.bias)

    // A value, and that value as ln_2 without its deviation and c_fc without its biases see it.
    func carried(_ values: Matrix) -> Matrix {
      values.paddingColumns(to: shape.hiddenStride)
        .besides((values.centeringRows() * innerWeights).paddingColumns(to: shape.innerStride))
    }
    let entryRows = rows.appending(shiftRow)
    value = AffineMap(carried(entryRows * output.weights), bias: carried(outputBias).values)
    query = AffineMap(entryRows * queryMap.weights, bias: queryMap.bias)
    inner = AffineMap(rows * innerWeights, bias: (shiftRow * innerWeights).values)
  }
}

extension Matrix {
  /// Each row minus its mean.
  fileprivate func centeringRows() -> Matrix {
    var result = self
    for row in 0..<rowCount {
      let mean = (0..<columnCount).reduce(0) { $0 + self[row, $1] } / Double(columnCount)
      for column in 0..<columnCount { result[row, column] -= mean }
    }
    return result
  }

  fileprivate func scalingColumns(by factors: [Double]) -> Matrix {
    var result = self
    for row in 0..<rowCount {
      for column in 0..<columnCount { result[row, column] *= factors[column] }
    }
    return result
  }

  /// The rows of both, one below the other.
  fileprivate func appending(_ other: Matrix) -> Matrix {
    Matrix(
      rowCount: rowCount + other.rowCount, columnCount: columnCount, values: values + other.values)
  }

  /// The columns of both, side by side.
  fileprivate func besides(_ other: Matrix) -> Matrix {
    var result = paddingColumns(to: columnCount + other.columnCount)
    for row in 0..<rowCount {
      for column in 0..<other.columnCount { result[row, columnCount + column] = other[row, column] }
    }
    return result
  }

  /// With columns of zeros behind the last.
  fileprivate func paddingColumns(to count: Int) -> Matrix {
    var result = Matrix(rowCount: rowCount, columnCount: count)
    for row in 0..<rowCount {
      for column in 0..<columnCount { result[row, column] = self[row, column] }
    }
    return result
  }
}
