/// x·W + b for every row x.
package struct Linear {
  /// [in, out], whichever way the file has it.
  package let weight: Matrix
  /// [out]
  package let bias: [Double]

  package func callAsFunction(_ input: Matrix) -> Matrix {
    input * weight + Matrix(Array(repeating: bias, count: input.rowCount))
  }
}
