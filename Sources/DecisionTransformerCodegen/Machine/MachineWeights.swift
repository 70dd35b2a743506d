/// The numbers of a plan's packed tensors as a machine computes with them: rows one behind the other, without padding
/// to whole vectors. The first row of a map is its bias.
package struct MachineWeights<Scalar: BinaryFloatingPoint> {
  /// In the order of the layout.
  package let tensors: [[Scalar]]
  private let contents: [PackedTensor.Content]
  /// Whether rows are quantized where a matrix's format says so.
  package private(set) var quantizesInputs: Bool

  /// The same with rows as they are.
  package var withoutQuantizedInputs: Self {
    var weights = self
    weights.quantizesInputs = false
    return weights
  }

  /// As `payload` stores them: what generated code computes with.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package init(_ plan: Plan, payload: [Float]) {
    quantizesInputs = true
    contents = plan.weights.tensors.map(\.content)
    tensors = plan.weights.tensors.map { tensor in
      let arrangement = tensor.arrangement
      let (rows, columns) = (arrangement.rowCount, arrangement.columnCount)
      return (0..<rows * columns).map { index in
        Scalar(
          arrangement.number(
            row: index / columns, column: index % columns, at: tensor.offset, in: payload))
      }
    }
  }

  /// As the recipes say, with no rounding but that to `Scalar`, of weights and of rows. An `evaluator` that leaves out the roundings of recipes
  /// makes of a plan in double precision the published function.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package init(_ plan: Plan, _ evaluator: RecipeEvaluator) {
    quantizesInputs = false
    contents = plan.weights.tensors.map(\.content)
    tensors = plan.weights.tensors.map { tensor in
      // Rows have no order of panels.
      guard tensor.arrangement.order != nil else {
        return evaluator.rows(tensor.recipe).map { Scalar($0) }
      }
      let map = evaluator.map(tensor.recipe)
      return (map.bias + map.weights.values).map { Scalar($0) }
    }
  }

  /// The numbers of a tensor that the layout has.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package func numbers(of content: PackedTensor.Content) -> [Scalar] {
    guard let index = contents.firstIndex(of: content) else {
      preconditionFailure("\(content) is not part of the layout")
    }
    return tensors[index]
  }
}
