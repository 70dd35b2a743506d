// What folding one linear map into another needs.

extension Matrix {
  /// The row vector `vector` times this matrix.
  func multiplied(byRow vector: [Double]) -> [Double] {
    (Matrix(rowCount: 1, columnCount: rowCount, values: vector) * self).values
  }

  /// Each row multiplied by its factor: diag(factors) · self.
  func scalingRows(by factors: [Double]) -> Matrix {
    var result = self
    result.scaleRows(by: factors)
    return result
  }

  /// The same in place.
  mutating func scaleRows(by factors: [Double]) {
    for row in 0..<rowCount {
      for column in 0..<columnCount { self[row, column] *= factors[row] }
    }
  }

  func scaled(by factor: Double) -> Matrix { map { $0 * factor } }
}
