extension VectorMath {
  /// eˣ. At most 1.1 ulp from the exact value for x between −87.3365 and 88.7228.
  ///
  /// Exactly 0 for every x below −87.3365, where the exact value is no longer a normal number: the
  /// result is never denormal. Infinite above 88.7228.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func exponential(_ x: Vector) -> Vector {
    let value = exponentialInRange(x)
    // x + ∞ is infinite for a number that is too large, and keeps what is not a number.
    let above = x + Vector(repeating: .infinity)
    let bounded = choose(value, or: above, where: .!(x .<= Vector(repeating: 0x1.62e42ep+6)))
    return choose(
      bounded, or: Vector(repeating: 0), where: x .< Vector(repeating: -0x1.5d589ep+6))
  }

  /// eˣ for x in the range where the result is a normal number; anything else gives nonsense.
  ///
  /// x = n·ln 2 + r with |r| ≤ ½·ln 2, and eˣ = 2ⁿ·(1 + r + r²·q(r)); q is a minimax polynomial that
  /// leaves a relative error of 2⁻²⁸ in eʳ.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func exponentialInRange(_ x: Vector) -> Vector {
    // Adding 1.5·2²³ rounds to an integer, which is then the lowest bits of the sum.
    let shift = Vector(repeating: 0x1.8p+23)
    let shifted = multiplyAdd(x, Vector(repeating: 0x1.715476p+0), shift)
    let n = shifted - shift
    // The high part of ln 2 has 15 bits, so that n times it is exact without a fused multiply-add.
    var r = multiplyAdd(n, Vector(repeating: -0x1.62e4p-1), x)
    r = multiplyAdd(n, Vector(repeating: -0x1.7f7d1cp-20), r)

    var q = Vector(repeating: 0x1.6ad158p-10)
    q = multiplyAdd(q, r, Vector(repeating: 0x1.123f3p-7))
    q = multiplyAdd(q, r, Vector(repeating: 0x1.55584ep-5))
    q = multiplyAdd(q, r, Vector(repeating: 0x1.55548ap-3))
    q = multiplyAdd(q, r, Vector(repeating: 0x1.fffffcp-2))
    let power = multiplyAdd(r * r, q, r) + Vector(repeating: 1)

    // n moves to the exponent; the bits of the shift constant itself fall off the left end.
    let exponent = unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &<< SIMD16(repeating: 23)
    return unsafeBitCast(
      unsafeBitCast(power, to: SIMD16<UInt32>.self) &+ exponent, to: Vector.self)
  }
}
