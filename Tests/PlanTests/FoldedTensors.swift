import DecisionTransformerCodegen

/// What a plan's recipes make of a checkpoint.
struct FoldedTensors {
  let plan: Plan
  private let evaluator: RecipeEvaluator

  init(_ plan: Plan, _ checkpoint: Checkpoint) {
    self.plan = plan
    evaluator = RecipeEvaluator(checkpoint)
  }

  func map(_ content: PackedTensor.Content) -> AffineMap {
    evaluator.map(plan.weights.tensor(content).recipe)
  }

  func rows(_ content: PackedTensor.Content) -> [Double] {
    evaluator.rows(plan.weights.tensor(content).recipe)
  }

  /// A map with weights as they are stored: rounded.
  func stored(_ content: PackedTensor.Content) -> AffineMap {
    let format = plan.weights.tensor(content).format
    if format.inputs == .integers { return map(content).rounded(to: format) }
    let isRounded = format == .bfloat16
    var map = map(content)
    for row in 0..<map.weights.rowCount {
      for column in 0..<map.weights.columnCount {
        let value = Float(map.weights[row, column])
        map.weights[row, column] = Double(isRounded ? bfloat16(value) : value)
      }
    }
    return map
  }

  /// The nearest bfloat16; ties go to the even one.
  private func bfloat16(_ value: Float) -> Float {
    let bits = value.bitPattern
    return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
  }
}

extension AffineMap {
  /// Weights in 8 bits, each column of its largest magnitude.
  fileprivate func rounded(to format: WeightFormat) -> AffineMap {
    var map = self
    for column in 0..<weights.columnCount {
      let numbers = (0..<weights.rowCount).map { Float(weights[$0, column]) }
      let largest =
        format == .int8
        ? 127 : min(32767, (Double(Int32.max) / Double(numbers.count)).squareRoot().rounded(.down))
      let scale = numbers.map(\.magnitude).max()! / Float(largest)
      for (row, number) in numbers.enumerated() where scale > 0 {
        let integer = (Double(number) / Double(scale)).rounded(.toNearestOrEven)
        map.weights[row, column] = Double(Float(integer) * scale)
      }
    }
    return map
  }
}
