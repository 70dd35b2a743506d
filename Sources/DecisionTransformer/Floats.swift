/// The numbers of a controller's memory, or of packed weights, from one place on: what generated code reads, writes and
/// counts offsets from, as C does with a pointer.
///
/// Nothing is checked when a number is read or written. Generated code stays inside: its offsets are the plan's, and
/// `init` has refused memory and weights of another size. That is what `@safe` stands for here, so that a target with
/// strict memory safety takes generated code as it is. Nobody else should make one.
@safe @frozen
public struct Floats {
  @usableFromInline let base: UnsafeMutablePointer<Float>

  /// The numbers from `base` on. As long as they are used, they must be there.
  @unsafe @_noAllocation @_noLocks @inlinable @inline(__always)
  public init(_ base: UnsafeMutablePointer<Float>) {
    unsafe self.base = base
  }

  /// The same where nobody may write: with a constant `base` they are only read.
  @unsafe @_noAllocation @_noLocks @inlinable @inline(__always)
  public init(_ base: UnsafePointer<Float>) {
    unsafe self.base = UnsafeMutablePointer(mutating: base)
  }

  /// The numbers `offset` further on.
  @_noAllocation @_noLocks @_transparent
  public static func + (floats: Floats, offset: Int) -> Floats {
    unsafe Floats(floats.base + offset)
  }

  /// Goes on to the numbers `offset` further on.
  @_noAllocation @_noLocks @_transparent
  public static func += (floats: inout Floats, offset: Int) {
    floats = floats + offset
  }

  /// The number at `index`.
  @inlinable
  public subscript(index: Int) -> Float {
    @_noAllocation @_noLocks @_transparent get { unsafe base[index] }
    @_noAllocation @_noLocks @_transparent nonmutating set { unsafe base[index] = newValue }
  }

  /// Lends the first `count` numbers to `body`.
  @inlinable @inline(__always)
  public func withSpan<Result, Failure>(
    count: Int, _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(UnsafeBufferPointer(start: base, count: count).span)
  }
}

extension AlignedMemory {
  /// The memory as numbers. Valid as long as this value.
  public var floats: Floats { unsafe Floats(base.assumingMemoryBound(to: Float.self)) }
}

extension PackedWeights {
  /// The payload as numbers, if it has the given layout and size; see `payload(layoutDigest:byteCount:)`.
  ///
  /// - Throws: `wrongLayout`, `wrongByteCount`.
  public func floats(layoutDigest: UInt64, byteCount: Int) throws(InitializationError) -> Floats {
    let payload = try payload(layoutDigest: layoutDigest, byteCount: byteCount)
    return unsafe Floats(payload.assumingMemoryBound(to: Float.self))
  }
}
