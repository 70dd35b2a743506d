/// The bytes of a pickle and a position in them.
package struct PickleScanner {
  private let bytes: UnsafeRawBufferPointer
  /// Of the next byte.
  package private(set) var position: Int

  package init(_ bytes: UnsafeRawBufferPointer, position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  /// The number of bytes that were not read.
  package var remaining: Int { bytes.count - position }

  package mutating func byte() throws(PickleError) -> UInt8 {
    guard position < bytes.count else { throw truncated() }
    defer { position += 1 }
    return bytes[position]
  }

  /// A little-endian number.
  package mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _: Value.Type
  ) throws(PickleError) -> Value {
    let start = position
    try skip(MemoryLayout<Value>.size)
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Value.self))
  }

  /// Text of `count` bytes.
  package mutating func text(_ count: Int) throws(PickleError) -> String {
    String(decoding: try slice(count), as: UTF8.self)
  }

  package mutating func bytes(_ count: Int) throws(PickleError) -> [UInt8] {
    Array(try slice(count))
  }

  private mutating func slice(_ count: Int) throws(PickleError) -> UnsafeRawBufferPointer {
    let start = position
    try skip(count)
    return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
  }

  /// Text up to a line feed, which is stepped over.
  package mutating func line(maximumLength: Int) throws(PickleError) -> String {
    let start = position
    let end = min(bytes.count, start + maximumLength + 1)
    guard let length = bytes[start..<end].firstIndex(of: 0x0A).map({ $0 - start }) else {
      throw end == bytes.count
        ? truncated() : PickleError(at: start, "a name of more than \(maximumLength) bytes")
    }
    let line = try text(length)
    position += 1
    return line
  }

  /// A number of `count` bytes in two's complement, of which eight are enough.
  package mutating func longInteger(_ count: Int) throws(PickleError) -> Int {
    guard count <= 8 else {
      throw PickleError(at: position, "an integer of \(count) bytes; accepted: at most 8")
    }
    let start = position
    try skip(count)
    guard count > 0 else { return 0 }
    let sign: Int = bytes[position - 1] >= 0x80 ? -1 : 0
    return bytes[start..<position].reversed().reduce(sign) { $0 << 8 | Int($1) }
  }

  private mutating func skip(_ count: Int) throws(PickleError) {
    guard count <= bytes.count - position else { throw truncated() }
    position += count
  }

  private func truncated() -> PickleError {
    PickleError(at: bytes.count, "the pickle ends in the middle; the file is truncated or damaged")
  }
}
