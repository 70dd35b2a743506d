/// y = x · weights + bias, in double precision.
struct AffineMap: Equatable {
  var weights: Matrix
  var bias: [Double]

  init(_ weights: Matrix, bias: [Double]? = nil) {
    self.weights = weights
    self.bias = bias ?? Array(repeating: 0, count: weights.columns)
  }
}

extension AffineMap {
  /// The map of a normalised row n that equals this map of n∘gain + shift.
  func afterNorm(gain: [Double], shift: [Double]) -> AffineMap {
    let carried = weights.multiplied(byRow: shift)
    return AffineMap(weights.scalingRows(by: gain), bias: zip(bias, carried).map { $0 + $1 })
  }

  func scaled(by factor: Double) -> AffineMap {
    AffineMap(weights.scaled(by: factor), bias: bias.map { $0 * factor })
  }

  /// Columns of each head moved apart to multiples of `headStride`; zero between.
  func paddingHeads(headSize: Int, headStride: Int) -> AffineMap {
    let heads = weights.columns / headSize
    var result = AffineMap(Matrix(rows: weights.rows, columns: heads * headStride))
    for column in 0..<weights.columns {
      let target = column / headSize * headStride + column % headSize
      for row in 0..<weights.rows { result.weights[row, target] = weights[row, column] }
      result.bias[target] = bias[column]
    }
    return result
  }

  /// Rows of each head moved apart to multiples of `headStride`; zero between.
  func paddingInputHeads(headSize: Int, headStride: Int) -> AffineMap {
    let heads = weights.rows / headSize
    var result = AffineMap(Matrix(rows: heads * headStride, columns: weights.columns), bias: bias)
    for row in 0..<weights.rows {
      let target = row / headSize * headStride + row % headSize
      for column in 0..<weights.columns { result.weights[target, column] = weights[row, column] }
    }
    return result
  }
}
