// What recipes compute of matrices.

extension Matrix {
  /// Each row multiplied by its factor: diag(factors) · self.
  package mutating func scaleRows(by factors: [Double]) {
    for row in 0..<rowCount {
      for column in 0..<columnCount { self[row, column] *= factors[row] }
    }
  }

  /// Each column multiplied by its factor: self · diag(factors).
  package mutating func scaleColumns(by factors: [Double]) {
    for row in 0..<rowCount {
      for column in 0..<columnCount { self[row, column] *= factors[column] }
    }
  }

  /// Each row minus its mean.
  package mutating func centreRows() {
    for row in 0..<rowCount {
      let mean = (0..<columnCount).reduce(0) { $0 + self[row, $1] } / Double(columnCount)
      for column in 0..<columnCount { self[row, column] -= mean }
    }
  }

  /// The rows of both, one below the other.
  package func appending(_ other: Matrix) -> Matrix {
    Matrix(
      rowCount: rowCount + other.rowCount, columnCount: columnCount, values: values + other.values)
  }

  /// The columns of both, side by side.
  package func besides(_ other: Matrix) -> Matrix {
    var result = Matrix(rowCount: rowCount, columnCount: columnCount + other.columnCount)
    for row in 0..<rowCount {
      for column in 0..<columnCount { result[row, column] = self[row, column] }
      for column in 0..<other.columnCount { result[row, columnCount + column] = other[row, column] }
    }
    return result
  }

  /// With columns of zeros up to whole vectors.
  package var padded: Matrix {
    spreadingColumns(size: columnCount, stride: Shape.stride(columnCount))
  }

  /// The columns of each head moved apart to multiples of `stride`; zeros between.
  package func spreadingColumns(size: Int, stride: Int) -> Matrix {
    var result = Matrix(rowCount: rowCount, columnCount: columnCount / size * stride)
    for row in 0..<rowCount {
      for column in 0..<columnCount {
        result[row, column / size * stride + column % size] = self[row, column]
      }
    }
    return result
  }

  /// Rows that lie channel by channel, place by place; zeros up to whole vectors of channels.
  package func placeByPlace(channels: Int) -> Matrix {
    let (places, stride) = (rowCount / channels, Shape.stride(channels))
    var result = Matrix(rowCount: places * stride, columnCount: columnCount)
    for row in 0..<rowCount {
      result.replaceRows(from: row % places * stride + row / places, rows(row..<row + 1))
    }
    return result
  }

  /// The same of rows.
  package func spreadingRows(size: Int, stride: Int) -> Matrix {
    var result = Matrix(rowCount: rowCount / size * stride, columnCount: columnCount)
    for row in 0..<rowCount {
      result.replaceRows(from: row / size * stride + row % size, rows(row..<row + 1))
    }
    return result
  }
}
