/// A dense matrix in double precision, rows first.
struct Matrix: Equatable {
  let rows: Int
  let columns: Int
  var elements: [Double]

  init(rows: Int, columns: Int, _ elements: [Double]) {
    precondition(elements.count == rows * columns)
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, Array(repeating: 0, count: rows * columns))
  }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }
}

extension Matrix {
  var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns { result[column, row] = self[row, column] }
    }
    return result
  }

  /// The matrix product, summed in a fixed order.
  static func * (left: Matrix, right: Matrix) -> Matrix {
    precondition(left.columns == right.rows)
    var result = Matrix(rows: left.rows, columns: right.columns)
    let width = right.columns
    left.elements.withUnsafeBufferPointer { a in
      right.elements.withUnsafeBufferPointer { b in
        result.elements.withUnsafeMutableBufferPointer { c in
          for row in 0..<left.rows {
            for inner in 0..<left.columns {
              let factor = a[row * left.columns + inner]
              for column in 0..<width {
                c[row * width + column] += factor * b[inner * width + column]
              }
            }
          }
        }
      }
    }
    return result
  }

  /// The row vector `vector` times this matrix.
  func multiplied(byRow vector: [Double]) -> [Double] {
    (Matrix(rows: 1, columns: rows, vector) * self).elements
  }

  /// Each row multiplied by its factor: diag(factors) · self.
  func scalingRows(by factors: [Double]) -> Matrix {
    var result = self
    for row in 0..<rows {
      for column in 0..<columns { result[row, column] *= factors[row] }
    }
    return result
  }

  func scaled(by factor: Double) -> Matrix {
    Matrix(rows: rows, columns: columns, elements.map { $0 * factor })
  }

  func columns(_ range: Range<Int>) -> Matrix {
    var result = Matrix(rows: rows, columns: range.count)
    for row in 0..<rows {
      for column in range { result[row, column - range.lowerBound] = self[row, column] }
    }
    return result
  }
}
