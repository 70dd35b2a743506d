/// Floats from row to row of a matrix product's input and output, where they are not the depth and the
/// columns rounded up to whole vectors: a head's part of rows that hold all heads.
public struct RowStrides: Hashable, Sendable, Codable {
  public var input: Int
  public var output: Int

  public init(input: Int, output: Int) {
    self.input = input
    self.output = output
  }

  /// Of rows that lie one behind the other.
  public init(depth: Int, columns: Int) {
    self.init(input: Shape.stride(depth), output: Shape.stride(columns))
  }

  /// Of a product in a schedule: the rows of `headQuery` and `headValues` hold all heads, and the absorbed
  /// form's products see one of them; the carried form's see a part of the timestep's rows. A single row has no
  /// next.
  package init(
    rows: Int, depth: Int, columns: Int, from input: Operand, to output: Operand, _ shape: Shape
  ) {
    self.init(depth: depth, columns: columns)
    guard rows > 1 else { return }
    if input.buffer == .headQuery { self.input = shape.attentionStride }
    if input.buffer == .time { self.input = shape.timeStride }
    if output.buffer == .headValues { self.output = shape.attentionStride }
    if output.buffer == .time { self.output = shape.timeStride }
  }

  /// Tells a kernel's name from that of the same product of whole rows.
  package func suffix(depth: Int, columns: Int) -> String {
    (input == Shape.stride(depth) ? "" : "_from\(input)")
      + (output == Shape.stride(columns) ? "" : "_to\(output)")
  }
}
