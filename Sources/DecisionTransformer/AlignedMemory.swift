/// Zeroed memory of a controller, at a multiple of 64 bytes: the size of a cache line and of the widest
/// vector register.
///
/// Either its own, given back when the value goes, or the caller's, which must outlive it. Generated
/// types make their own; any other memory of that alignment serves their `init(weights:memory:)` as well.
public struct AlignedMemory: ~Copyable, @unchecked Sendable {
  /// 64 bytes.
  public static var alignment: Int { @_noAllocation @_noLocks get { 64 } }

  /// The first byte, at a multiple of `alignment`. Valid as long as this value.
  public let base: UnsafeMutableRawPointer
  /// Bytes that may be used from `base` on.
  public let byteCount: Int
  #if !hasFeature(Embedded)
    private let isOwned: Bool

    /// Allocates `byteCount` bytes and writes zeros to all of them, so that their pages are there before the
    /// first step.
    public init(byteCount: Int) {
      base = .allocate(byteCount: byteCount, alignment: Self.alignment)
      self.byteCount = byteCount
      isOwned = true
      base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }
  #endif

  /// Uses the first `byteCount` bytes of the caller's memory and writes zeros to them. Allocates nothing.
  ///
  /// - Parameters:
  ///   - memory: At least `byteCount` bytes at a multiple of `alignment`, nobody else's as long as this value exists.
  ///   - byteCount: Bytes that are needed.
  /// - Throws: `memoryTooSmall`, `misalignedMemory`; the memory is then as it was.
  public init(
    using memory: UnsafeMutableRawBufferPointer, byteCount: Int
  ) throws(InitializationError) {
    guard let base = memory.baseAddress, memory.count >= byteCount else {
      throw .memoryTooSmall(byteCount: memory.count, required: byteCount)
    }
    guard Int(bitPattern: base) % Self.alignment == 0 else {
      throw .misalignedMemory(required: Self.alignment)
    }
    self.base = base
    self.byteCount = byteCount
    #if !hasFeature(Embedded)
      isOwned = false
    #endif
    base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  deinit {
    #if !hasFeature(Embedded)
      if isOwned { base.deallocate() }
    #endif
  }
}
