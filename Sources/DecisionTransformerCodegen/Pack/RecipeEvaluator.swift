/// Computes what recipes say from a checkpoint, in double precision.
package struct RecipeEvaluator {
  private let checkpoint: Checkpoint

  /// Whether `.rounded` rounds.
  private let rounds: Bool

  /// Without `rounds` it computes what the tensors would be if no precision ended anywhere: the plan's algebra alone.
  package init(_ checkpoint: Checkpoint, rounds: Bool = true) {
    (self.checkpoint, self.rounds) = (checkpoint, rounds)
  }

  /// The affine map of a tensor in strips.
  package func map(_ recipe: TensorRecipe) -> AffineMap {
    // First the bias, which may need the weights on its way: they are not held twice.
    let bias = recipe.bias.map { matrix($0).values }
    return AffineMap(matrix(recipe.weights), bias: bias)
  }

  /// The rows of a tensor in rows, one behind the other.
  package func rows(_ recipe: TensorRecipe) -> [Double] { matrix(recipe.weights).values }

  package func matrix(_ recipe: Recipe) -> Matrix {
    switch recipe {
    case .tensor(let name, let rows, let columns):
      return Matrix(
        rowCount: rows, columnCount: columns, values: checkpoint.widenedValues(name.description))
    case .constant(_, let numbers):
      return Matrix(rowCount: 1, columnCount: numbers.count, values: numbers)
    case .transposed(let recipe): return matrix(recipe).transposed
    case .rows(let recipe, let range): return matrix(recipe).rows(range)
    case .columns(let recipe, let range, _): return matrix(recipe).columns(range)
    case .product(let left, let right): return matrix(left) * matrix(right)
    case .sum(let left, let right): return matrix(left) + matrix(right)
    case .difference(let left, let right): return matrix(left) + matrix(right).map { -$0 }
    case .negated(let recipe): return matrix(recipe).map { -$0 }
    case .scaled(let recipe, let factor, _): return matrix(recipe).map { $0 * factor }
    case .scaledRows(let recipe, let factors):
      // In place: the largest matrices decide how much memory packing takes.
      var result = matrix(recipe)
      result.scaleRows(by: matrix(factors).values)
      return result
    case .scaledColumns(let recipe, let factors):
      var result = matrix(recipe)
      result.scaleColumns(by: matrix(factors).values)
      return result
    case .reciprocals(let recipe): return matrix(recipe).map { 1 / $0 }
    case .centred(let recipe):
      var result = matrix(recipe)
      result.centreRows()
      return result
    case .below(let upper, let lower): return matrix(upper).appending(matrix(lower))
    case .beside(let left, let right): return matrix(left).padded.besides(matrix(right).padded)
    case .spreadColumns(let recipe, let size, let stride):
      return matrix(recipe).spreadingColumns(size: size, stride: stride)
    case .spreadRows(let recipe, let size, let stride):
      return matrix(recipe).spreadingRows(size: size, stride: stride)
    case .placeByPlace(let recipe, let channels):
      return matrix(recipe).placeByPlace(channels: channels)
    case .named(_, let recipe): return matrix(recipe)
    case .rounded(let recipe, _) where !rounds: return matrix(recipe)
    case .rounded(let recipe, let format): return matrix(recipe).rounded(to: format)
    }
  }
}

extension Matrix {
  /// The numbers as a tensor of this format stores them.
  fileprivate func rounded(to format: WeightFormat) -> Matrix {
    guard format.scales == .perColumn else { return map { format.rounded([$0])[0] } }
    var result = self
    for column in 0..<columnCount {
      let numbers = format.rounded((0..<rowCount).map { self[$0, column] })
      for row in 0..<rowCount { result[row, column] = numbers[row] }
    }
    return result
  }
}
