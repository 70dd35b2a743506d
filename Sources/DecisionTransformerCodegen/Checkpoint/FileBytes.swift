/// The bytes of a checkpoint file, in memory or mapped; a mapped file stays mapped with any copy.
package enum FileBytes: Sendable {
  case memory([UInt8])
  case mapped(MappedFile)

  /// Maps the file at `path`.
  package init(path: String) throws(InvalidInput) {
    do {
      self = .mapped(try MappedFile(path: path))
    } catch {
      throw InvalidInput([error])
    }
  }

  /// Calls `body` with the bytes of the whole file; the pointer is valid only inside `body`.
  package func withBytes<Result, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch self {
    case .memory(let bytes):
      try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
        try body(UnsafeRawBufferPointer(buffer))
      }
    case .mapped(let file): try file.withBytes(body)
    }
  }

  /// Says that `range` was read and need not stay in memory; reading it again is allowed.
  package func release(_ range: Range<Int>) {
    if case .mapped(let file) = self { file.release(range) }
  }
}
