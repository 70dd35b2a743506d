/// Zeroed memory of a controller, at a multiple of 64 bytes: the size of a cache line and of the widest
/// vector register.
///
/// Either its own, given back when the value goes, or the caller's, which must outlive it.
public struct AlignedMemory: ~Copyable, @unchecked Sendable {
  /// 64 bytes.
  public static var alignment: Int { @_noAllocation @_noLocks get { 64 } }

  public let base: UnsafeMutableRawPointer
  public let byteCount: Int
  #if !hasFeature(Embedded)
    private let isOwned: Bool

    /// Allocates `byteCount` bytes.
    public init(byteCount: Int) {
      base = .allocate(byteCount: byteCount, alignment: Self.alignment)
      self.byteCount = byteCount
      isOwned = true
      base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }
  #endif

  /// Uses the first `byteCount` bytes of the caller's memory.
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
