/// Reads maps back from a packed payload: the numbers that the generated code computes with.
struct Unpacker {
  let plan: Plan
  let payload: [Float]

  /// The affine map behind a tensor in panels, exactly as stored.
  func map(_ content: PackedTensor.Content) -> AffineMap {
    let tensor = plan.weights.tensor(content)
    let lanes = Shape.lanes
    switch tensor.arrangement {
    case .panels(let depth, let columns):
      return map(depth, columns) { row, column in
        payload[tensor.offset + (column / lanes * (depth + 1) + row) * lanes + column % lanes]
      }
    case .pairedPanels(let depth, let columns):
      let rows = (depth + 1) / 2 + 1
      return map(depth, columns) { row, column in
        let place = tensor.offset + column / lanes * rows * lanes + column % lanes
        guard row > 0 else { return payload[place] }
        let pair = BFloat16.pair(in: payload[place + ((row - 1) / 2 + 1) * lanes].bitPattern)
        return row % 2 == 1 ? pair.even : pair.odd
      }
    case .rows: preconditionFailure("\(content) is not a map")
    }
  }

  /// A tensor of one row.
  func row(_ content: PackedTensor.Content) -> [Double] {
    let tensor = plan.weights.tensor(content)
    guard case .rows(1, let columns) = tensor.arrangement else {
      preconditionFailure("\(content) is not one row")
    }
    return payload[tensor.offset..<tensor.offset + columns].map(Double.init)
  }

  /// `number(row, column)`: row 0 is the bias.
  private func map(_ depth: Int, _ columns: Int, _ number: (Int, Int) -> Float) -> AffineMap {
    var result = AffineMap(Matrix(rowCount: depth, columnCount: columns))
    for column in 0..<columns {
      result.bias[column] = Double(number(0, column))
      for row in 0..<depth { result.weights[row, column] = Double(number(row + 1, column)) }
    }
    return result
  }
}
