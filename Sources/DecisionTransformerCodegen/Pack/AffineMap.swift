/// y = x · weights + bias, in double precision.
package struct AffineMap {
  package var weights: Matrix
  package var bias: [Double]

  package init(_ weights: Matrix, bias: [Double]? = nil) {
    self.weights = weights
    self.bias = bias ?? Array(repeating: 0, count: weights.columnCount)
  }
}
