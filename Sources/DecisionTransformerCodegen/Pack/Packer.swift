import DecisionTransformer

/// Writes a checkpoint's numbers into the plan's layout.
public enum Packer {
  /// The packed weights' payload in 32-bit words, exactly as the plan lays it out.
  ///
  /// Throws where folding leaves the range of float32, naming the tensors.
  public static func payload(
    _ plan: Plan, model: Model, checkpoint: Checkpoint, path: String
  ) throws(InvalidInput) -> [Float] {
    let folded = FoldedWeights(model: model, shape: plan.shape, checkpoint: checkpoint)
    var payload = [Float](repeating: 0, count: plan.weights.floatCount)
    var problems: [Diagnostic] = []
    for tensor in plan.weights.tensors {
      var isFinite = true
      switch tensor.arrangement {
      case .panels, .pairedPanels:
        let panels = Panels(folded.map(tensor.content), isPaired: tensor.isPaired)
        isFinite = panels.isFinite
        panels.write(to: &payload, at: tensor.offset)
      case .rows(_, let columns):
        let values = folded.rows(tensor.content).map { Float($0) }
        isFinite = values.allSatisfy(\.isFinite)
        for (index, value) in values.enumerated() {
          payload[tensor.offset + index / columns * Shape.stride(columns) + index % columns] = value
        }
      }
      if !isFinite {
        problems.append(
          Diagnostic(
            path: path, key: tensor.sources,
            "folded into \(tensor.name) it leaves the range of float32; accepted: smaller values"))
      }
    }
    guard problems.isEmpty else { throw InvalidInput(problems) }
    return payload
  }
}

/// A map as panels of 16 columns: the float32 biases, then the rows, one by one as float32 or in pairs as bfloat16.
private struct Panels {
  private let depth: Int
  private let columns: Int
  private let weights: [Float]
  private let bias: [Float]
  private let isPaired: Bool

  init(_ map: AffineMap, isPaired: Bool) {
    depth = map.weights.rowCount
    columns = map.weights.columnCount
    weights = map.weights.values.map { Float($0) }
    bias = map.bias.map { Float($0) }
    self.isPaired = isPaired
  }

  var isFinite: Bool { weights.allSatisfy(\.isFinite) && bias.allSatisfy(\.isFinite) }

  func write(to payload: inout [Float], at offset: Int) {
    let (lanes, step) = (Shape.lanes, isPaired ? 2 : 1)
    let panelRows = (depth + step - 1) / step + 1
    for column in 0..<columns {
      let panel = offset + column / lanes * panelRows * lanes + column % lanes
      payload[panel] = bias[column]
      for row in stride(from: 0, to: depth, by: step) {
        payload[panel + (row / step + 1) * lanes] = word(row, column)
      }
    }
  }

  /// The number of `row`, or the pair that begins with it; a missing last row is zero.
  private func word(_ row: Int, _ column: Int) -> Float {
    let even = weights[row * columns + column]
    guard isPaired else { return even }
    let odd = row + 1 < depth ? weights[(row + 1) * columns + column] : 0
    return Float(bitPattern: BFloat16.word(even: even, odd: odd))
  }
}
