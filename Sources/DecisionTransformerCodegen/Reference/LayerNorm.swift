/// (x − mean) / √(variance + ε) · gain + shift for every row x, with the biased variance.
package struct LayerNorm {
  package let gain: [Double]
  package let shift: [Double]
  package let epsilon: Double

  package func callAsFunction(_ input: Matrix) -> Matrix {
    let width = Double(input.columnCount)
    var result = input
    for row in 0..<input.rowCount {
      let values = input[row: row]
      let mean = values.reduce(0, +) / width
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / width
      let deviation = (variance + epsilon).squareRoot()
      for column in 0..<input.columnCount {
        result[row, column] =
          (input[row, column] - mean) / deviation * gain[column] + shift[column]
      }
    }
    return result
  }
}
