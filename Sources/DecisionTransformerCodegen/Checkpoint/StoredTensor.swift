/// One tensor of a checkpoint file: what it is, and where its elements lie.
///
/// Making a value reads no element; whoever makes it has checked that all of them lie in the file.
public struct StoredTensor: Sendable {
  public let header: TensorHeader
  /// The file as messages name it.
  public let path: String
  package let bytes: FileBytes
  /// Position of the first element in the file, in bytes; not aligned.
  package let start: Int
  /// How many elements lie from one index to the next, for each axis.
  package let strides: [Int]

  /// A tensor of row-major elements, one after the other.
  package init(_ header: TensorHeader, path: String, bytes: FileBytes, start: Int) {
    self.init(
      header, path: path, bytes: bytes, start: start, strides: Self.rowMajorStrides(header.shape))
  }

  package init(_ header: TensorHeader, path: String, bytes: FileBytes, start: Int, strides: [Int]) {
    self.header = header
    self.path = path
    self.bytes = bytes
    self.start = start
    self.strides = strides
  }

  public var name: String { header.name }

  /// The number of elements.
  public var count: Int {
    // Sizes beside a zero may be anything.
    header.shape.contains(0) ? 0 : header.shape.reduce(1, *)
  }

  /// The strides of elements of `shape` that lie one after the other, the last index fastest.
  package static func rowMajorStrides(_ shape: [Int]) -> [Int] {
    if shape.contains(0) { return shape.map { _ in 0 } }
    var strides: [Int] = []
    var stride = 1
    for size in shape.reversed() {
      strides.append(stride)
      stride *= size
    }
    return strides.reversed()
  }

  /// Whether the elements lie one after the other; the stride of an axis of one index is not used.
  package var isRowMajor: Bool {
    count == 0
      || zip(header.shape, zip(strides, Self.rowMajorStrides(header.shape))).allSatisfy {
        $0 == 1 || $1.0 == $1.1
      }
  }
}
