/// Rows of Doubles, one after the other: the tokens or steps of a window, or a weight.
struct Matrix {
  let rowCount: Int
  let columnCount: Int
  var values: [Double]

  init(rowCount: Int, columnCount: Int, values: [Double]) {
    precondition(
      values.count == rowCount * columnCount,
      "a matrix of \(rowCount) x \(columnCount) needs as many values, not \(values.count)")
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.values = values
  }

  init(rowCount: Int, columnCount: Int) {
    self.init(
      rowCount: rowCount, columnCount: columnCount,
      values: Array(repeating: 0, count: rowCount * columnCount))
  }

  init(_ rows: [[Double]]) {
    self.init(
      rowCount: rows.count, columnCount: rows.first?.count ?? 0, values: Array(rows.joined()))
  }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * columnCount + column] }
    set { values[row * columnCount + column] = newValue }
  }

  subscript(row row: Int) -> ArraySlice<Double> {
    values[row * columnCount..<(row + 1) * columnCount]
  }

  /// The rows as nested arrays.
  var rows: [[Double]] { (0..<rowCount).map { Array(self[row: $0]) } }

  /// Every `stride`-th row, beginning with `first`.
  func rows(from first: Int, stride: Int) -> Matrix {
    let chosen = Swift.stride(from: first, to: rowCount, by: stride)
    let values = chosen.flatMap { self[row: $0] }
    return Matrix(rowCount: values.count / columnCount, columnCount: columnCount, values: values)
  }

  var transposed: Matrix {
    var result = Matrix(rowCount: columnCount, columnCount: rowCount)
    for row in 0..<rowCount {
      for column in 0..<columnCount { result[column, row] = self[row, column] }
    }
    return result
  }

  func map(_ transform: (Double) -> Double) -> Matrix {
    Matrix(rowCount: rowCount, columnCount: columnCount, values: values.map(transform))
  }

  static func + (left: Matrix, right: Matrix) -> Matrix {
    precondition(left.rowCount == right.rowCount && left.columnCount == right.columnCount)
    return Matrix(
      rowCount: left.rowCount, columnCount: left.columnCount,
      values: zip(left.values, right.values).map { $0 + $1 })
  }
}
