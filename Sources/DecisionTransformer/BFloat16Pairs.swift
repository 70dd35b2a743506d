// Weights in bfloat16, the upper half of a float32: two rows share sixteen words, and widening is a
// shift or a mask. (Widening sixteen 16-bit numbers is scalar code in Swift 6.3.)

extension VectorMath {
  /// The even row of a pair: the lower half of each word, widened exactly.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func evenRow(of pair: Vector) -> Vector {
    let words = unsafeBitCast(pair, to: SIMD16<UInt32>.self)
    return unsafeBitCast(words &<< SIMD16(repeating: 16), to: Vector.self)
  }

  /// The odd row of a pair: the upper half of each word, widened exactly.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func oddRow(of pair: Vector) -> Vector {
    let words = unsafeBitCast(pair, to: SIMD16<UInt32>.self)
    return unsafeBitCast(words & SIMD16(repeating: 0xffff_0000), to: Vector.self)
  }
}
