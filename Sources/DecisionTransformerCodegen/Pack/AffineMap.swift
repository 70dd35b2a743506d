/// y = x · weights + bias, in double precision.
package struct AffineMap {
  package var weights: Matrix
  package var bias: [Double]

  init(_ weights: Matrix, bias: [Double]? = nil) {
    self.weights = weights
    self.bias = bias ?? Array(repeating: 0, count: weights.columnCount)
  }
}

extension AffineMap {
  /// The map of a normalised row n that equals this map of n∘gain + shift.
  ///
  /// In place where nobody else holds the map: the largest ones decide how much memory packing takes.
  consuming func afterNorm(gain: [Double], shift: [Double]) -> AffineMap {
    let carried = weights.multiplied(byRow: shift)
    bias = zip(bias, carried).map { $0 + $1 }
    weights.scaleRows(by: gain)
    return self
  }

  func scaled(by factor: Double) -> AffineMap {
    AffineMap(weights.scaled(by: factor), bias: bias.map { $0 * factor })
  }

  /// Columns of each head moved apart to multiples of `headStride`; zero between.
  func paddingHeads(headSize: Int, headStride: Int) -> AffineMap {
    let heads = weights.columnCount / headSize
    var result = AffineMap(Matrix(rowCount: weights.rowCount, columnCount: heads * headStride))
    for column in 0..<weights.columnCount {
      let target = column / headSize * headStride + column % headSize
      for row in 0..<weights.rowCount { result.weights[row, target] = weights[row, column] }
      result.bias[target] = bias[column]
    }
    return result
  }

  /// Rows of each head moved apart to multiples of `headStride`; zero between.
  func paddingInputHeads(headSize: Int, headStride: Int) -> AffineMap {
    let heads = weights.rowCount / headSize
    var result = AffineMap(
      Matrix(rowCount: heads * headStride, columnCount: weights.columnCount), bias: bias)
    for row in 0..<weights.rowCount {
      let target = row / headSize * headStride + row % headSize
      for column in 0..<weights.columnCount {
        result.weights[target, column] = weights[row, column]
      }
    }
    return result
  }
}
