/// Reads maps back from a packed payload: the numbers that the generated code computes with.
struct Unpacker {
  let plan: Plan
  let payload: [Float]

  /// The affine map behind a tensor in panels, exactly as stored.
  func map(_ content: PackedTensor.Content) -> AffineMap {
    let tensor = plan.weights.tensor(content)
    let arrangement = tensor.arrangement
    if case .rows = arrangement { preconditionFailure("\(content) is not a map") }
    func number(_ row: Int, _ column: Int) -> Double {
      Double(arrangement.number(row: row, column: column, at: tensor.offset, in: payload))
    }
    let (depth, columns) = (arrangement.rowCount - 1, arrangement.columnCount)
    var result = AffineMap(Matrix(rowCount: depth, columnCount: columns))
    for column in 0..<columns {
      result.bias[column] = number(0, column)
      for row in 0..<depth { result.weights[row, column] = number(row + 1, column) }
    }
    return result
  }

  /// A tensor of one row.
  func row(_ content: PackedTensor.Content) -> [Double] {
    let tensor = plan.weights.tensor(content)
    guard case .rows(1, let columns) = tensor.arrangement else {
      preconditionFailure("\(content) is not one row")
    }
    return payload[tensor.offset..<tensor.offset + columns].map(Double.init)
  }
}
