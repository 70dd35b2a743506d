/// x·W + b for every row x.
struct Linear {
  /// [in, out], whichever way the file has it.
  let weight: Matrix
  /// [out]
  let bias: [Double]

  func callAsFunction(_ input: Matrix) -> Matrix {
    input * weight + Matrix(Array(repeating: bias, count: input.rowCount))
  }
}
