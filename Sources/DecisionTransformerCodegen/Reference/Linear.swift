/// x·W + b for every row x.
struct Linear {
  /// [in, out], whichever way the file has it.
  let weight: Matrix
  /// [out]
  let bias: [Double]

  func callAsFunction(_ input: Matrix) -> Matrix {
    precondition(input.columnCount == weight.rowCount, "the input is as wide as the weight is high")
    let inputs = weight.rowCount
    let outputs = weight.columnCount
    var result = Matrix(rowCount: input.rowCount, columnCount: outputs)
    result.values.withUnsafeMutableBufferPointer { result in
      input.values.withUnsafeBufferPointer { input in
        weight.values.withUnsafeBufferPointer { weight in
          for row in 0..<(input.count / inputs) {
            let sums = UnsafeMutableBufferPointer(
              rebasing: result[row * outputs..<(row + 1) * outputs])
            for j in 0..<outputs { sums[j] = bias[j] }
            for i in 0..<inputs {
              let x = input[row * inputs + i]
              let weights = UnsafeBufferPointer(rebasing: weight[i * outputs..<(i + 1) * outputs])
              for j in 0..<outputs { sums[j] += x * weights[j] }
            }
          }
        }
      }
    }
    return result
  }
}
