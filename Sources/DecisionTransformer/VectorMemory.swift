extension SIMD16<Float> {
  /// The sixteen numbers at `place`, a multiple of 16 bytes (fastest at a multiple of 64).
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public init(at place: UnsafePointer<Float>) {
    self = UnsafeRawPointer(place).load(as: Self.self)
  }

  /// Stores the sixteen numbers at `place`, a multiple of 16 bytes (fastest at a multiple of 64).
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public func store(at place: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(place).storeBytes(of: self, as: Self.self)
  }
}
