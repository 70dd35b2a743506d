/// Rows of Doubles, one after the other: the tokens or steps of a window, or a weight.
package struct Matrix {
  package let rowCount: Int
  package let columnCount: Int
  package var values: [Double]

  package init(rowCount: Int, columnCount: Int, values: [Double]) {
    precondition(
      values.count == rowCount * columnCount,
      "a matrix of \(rowCount) x \(columnCount) needs as many values, not \(values.count)")
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.values = values
  }

  package init(rowCount: Int, columnCount: Int) {
    self.init(
      rowCount: rowCount, columnCount: columnCount,
      values: Array(repeating: 0, count: rowCount * columnCount))
  }

  package init(_ rows: [[Double]]) {
    self.init(
      rowCount: rows.count, columnCount: rows.first?.count ?? 0, values: Array(rows.joined()))
  }

  package subscript(row: Int, column: Int) -> Double {
    get { values[row * columnCount + column] }
    set { values[row * columnCount + column] = newValue }
  }

  package subscript(row row: Int) -> ArraySlice<Double> {
    values[row * columnCount..<(row + 1) * columnCount]
  }

  /// The rows as nested arrays.
  package var rows: [[Double]] { (0..<rowCount).map { Array(self[row: $0]) } }

  /// Some of the columns.
  package func columns(_ range: Range<Int>) -> Matrix {
    var chosen: [Double] = []
    chosen.reserveCapacity(rowCount * range.count)
    for row in 0..<rowCount {
      chosen += values[row * columnCount + range.lowerBound..<row * columnCount + range.upperBound]
    }
    return Matrix(rowCount: rowCount, columnCount: range.count, values: chosen)
  }

  /// Some of the rows.
  package func rows(_ range: Range<Int>) -> Matrix {
    Matrix(
      rowCount: range.count, columnCount: columnCount,
      values: Array(values[range.lowerBound * columnCount..<range.upperBound * columnCount]))
  }

  /// The rows from `first` on.
  package func rows(from first: Int) -> Matrix { rows(first..<rowCount) }

  /// Overwrites as many rows as `other` has.
  package mutating func replaceRows(from first: Int, _ other: Matrix) {
    let place = first * columnCount
    values.replaceSubrange(place..<place + other.values.count, with: other.values)
  }

  /// Every `stride`-th row, beginning with `first`.
  package func rows(from first: Int, stride: Int) -> Matrix {
    let chosen = Swift.stride(from: first, to: rowCount, by: stride)
    let values = chosen.flatMap { self[row: $0] }
    return Matrix(rowCount: values.count / columnCount, columnCount: columnCount, values: values)
  }

  package var transposed: Matrix {
    var result = Matrix(rowCount: columnCount, columnCount: rowCount)
    for row in 0..<rowCount {
      for column in 0..<columnCount { result[column, row] = self[row, column] }
    }
    return result
  }

  package func map(_ transform: (Double) -> Double) -> Matrix {
    Matrix(rowCount: rowCount, columnCount: columnCount, values: values.map(transform))
  }

  package static func + (left: Matrix, right: Matrix) -> Matrix {
    precondition(left.rowCount == right.rowCount && left.columnCount == right.columnCount)
    return Matrix(
      rowCount: left.rowCount, columnCount: left.columnCount,
      values: zip(left.values, right.values).map { $0 + $1 })
  }

  /// The matrix product.
  package static func * (left: Matrix, right: Matrix) -> Matrix {
    precondition(left.columnCount == right.rowCount)
    var result = Matrix(rowCount: left.rowCount, columnCount: right.columnCount)
    let (inner, width) = (right.rowCount, right.columnCount)
    // Without bounds checks: nearly all of the interpreter's time is spent here.
    result.values.withUnsafeMutableBufferPointer { result in
      left.values.withUnsafeBufferPointer { left in
        right.values.withUnsafeBufferPointer { right in
          for row in 0..<left.count / max(inner, 1) {
            let sums = UnsafeMutableBufferPointer(rebasing: result[row * width..<(row + 1) * width])
            for i in 0..<inner {
              let factor = left[row * inner + i]
              let terms = UnsafeBufferPointer(rebasing: right[i * width..<(i + 1) * width])
              for j in 0..<width { sums[j] += factor * terms[j] }
            }
          }
        }
      }
    }
    return result
  }
}
