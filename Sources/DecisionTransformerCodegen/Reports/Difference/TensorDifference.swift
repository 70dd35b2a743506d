/// How far the numbers of one packed tensor lie apart on two sides.
package struct TensorDifference: Equatable, Encodable, Sendable {
  package var name: String
  /// Numbers, biases included and padding not.
  package var values: Int
  /// Those that differ.
  package var differing = 0
  package var largest = 0.0
  /// Over all values.
  package var mean = 0.0
  /// The mean difference over the mean magnitude of the old values; 0 where these are all zero.
  package var relative = 0.0

  /// Compares tensors of the same shape; the formats of their numbers may differ.
  package init(
    _ old: Manifest.Tensor, in oldWords: UnsafeBufferPointer<Float>,
    _ new: Manifest.Tensor, in newWords: UnsafeBufferPointer<Float>
  ) {
    let (rows, columns) = (old.arrangement.rowCount, old.arrangement.columnCount)
    precondition(
      rows == new.arrangement.rowCount && columns == new.arrangement.columnCount,
      "tensors of one shape are compared")
    name = new.name
    values = rows * columns
    let (oldOffset, newOffset) = (
      old.offset / MemoryLayout<Float>.stride, new.offset / MemoryLayout<Float>.stride
    )
    var (sum, magnitude) = (0.0, 0.0)
    for row in 0..<rows {
      for column in 0..<columns {
        let before = old.arrangement.number(row: row, column: column, at: oldOffset, in: oldWords)
        let after = new.arrangement.number(row: row, column: column, at: newOffset, in: newWords)
        magnitude += abs(Double(before))
        guard before != after else { continue }
        let difference = abs(Double(after) - Double(before))
        differing += 1
        sum += difference
        largest = max(largest, difference)
      }
    }
    mean = sum / Double(max(1, values))
    relative = magnitude == 0 ? 0 : sum / magnitude
  }
}
