extension VectorMath {
  /// tanh x. At most 1.6 ulp from the exact value, everywhere; odd; exactly ±1 for |x| above 9.02.
  ///
  /// Below 0.5625 the odd polynomial x + x³·p(x²), minimax, relative error 2⁻²⁷; above it
  /// 1 − 2 / (e²ˣ + 1). Both are computed for every lane.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func hyperbolicTangent(_ x: Vector) -> Vector {
    let magnitude = magnitude(of: x)
    let square = x * x
    var p = Vector(repeating: -0x1.9421fp-8)
    p = multiplyAdd(p, square, Vector(repeating: 0x1.5825ccp-6))
    p = multiplyAdd(p, square, Vector(repeating: -0x1.b91692p-5))
    p = multiplyAdd(p, square, Vector(repeating: 0x1.110db8p-3))
    p = multiplyAdd(p, square, Vector(repeating: -0x1.555556p-2))
    let near = multiplyAdd(p * square, magnitude, magnitude)

    let one = Vector(repeating: 1)
    let power = exponential(magnitude + magnitude)
    let far = one - Vector(repeating: 2) / (power + one)
    return copySign(
      of: x, to: choose(near, or: far, where: magnitude .>= Vector(repeating: 0.5625)))
  }

  /// tanh x. At most 1.6 ulp from the exact value, everywhere.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func hyperbolicTangent(_ x: Float) -> Float {
    hyperbolicTangent(Vector(repeating: x))[0]
  }

  /// |x|: the sign bit cleared.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func magnitude(of x: Vector) -> Vector {
    let bits = unsafeBitCast(x, to: SIMD16<UInt32>.self)
    return unsafeBitCast(bits & SIMD16(repeating: 0x7fff_ffff), to: Vector.self)
  }

  /// `magnitude`, which has no sign bit, with the sign bit of `x`.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func copySign(of x: Vector, to magnitude: Vector) -> Vector {
    let sign = unsafeBitCast(x, to: SIMD16<UInt32>.self) & SIMD16(repeating: 0x8000_0000)
    return unsafeBitCast(
      unsafeBitCast(magnitude, to: SIMD16<UInt32>.self) | sign, to: Vector.self)
  }
}
