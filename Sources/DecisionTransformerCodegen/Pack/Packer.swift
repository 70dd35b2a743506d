import DecisionTransformer

/// Writes a checkpoint's numbers into the plan's layout.
public enum Packer {
  /// The packed weights' payload in floats, exactly as the plan lays it out.
  ///
  /// Throws where folding leaves the range of float32, naming the tensors.
  public static func payload(
    _ plan: Plan, model: Model, checkpoint: Checkpoint, path: String
  ) throws(InvalidInput) -> [Float] {
    let folded = FoldedWeights(model: model, shape: plan.shape, checkpoint: checkpoint)
    var payload = [Float](repeating: 0, count: plan.weights.floatCount)
    for tensor in plan.weights.tensors {
      switch tensor.arrangement {
      case .panels(let depth, let columns):
        let map = folded.map(tensor.content)
        precondition(map.weights.rowCount == depth && map.weights.columnCount == columns)
        write(map, to: &payload, at: tensor.offset)
      case .rows(let rows, let columns):
        let values = folded.rows(tensor.content)
        precondition(values.count == rows * columns)
        let stride = Shape.stride(columns)
        for row in 0..<rows {
          for column in 0..<columns {
            payload[tensor.offset + row * stride + column] = Float(values[row * columns + column])
          }
        }
      }
    }
    let problems = plan.weights.tensors.compactMap { tensor in
      overflow(in: payload[tensor.offset..<tensor.offset + tensor.floatCount], tensor, path)
    }
    guard problems.isEmpty else { throw InvalidInput(problems) }
    return payload
  }

  private static func overflow(
    in values: ArraySlice<Float>, _ tensor: PackedTensor, _ path: String
  ) -> Diagnostic? {
    guard values.contains(where: { !$0.isFinite }) else { return nil }
    return Diagnostic(
      path: path, key: tensor.sources,
      "folded into \(tensor.name) it leaves the range of float32; smaller values are accepted")
  }

  /// Panels of 16 columns: the biases, then each row.
  private static func write(_ map: AffineMap, to payload: inout [Float], at offset: Int) {
    let (depth, lanes) = (map.weights.rowCount, Shape.lanes)
    for column in 0..<map.weights.columnCount {
      let panel = offset + column / lanes * (depth + 1) * lanes + column % lanes
      payload[panel] = Float(map.bias[column])
      for row in 0..<depth {
        payload[panel + (row + 1) * lanes] = Float(map.weights[row, column])
      }
    }
  }
}
