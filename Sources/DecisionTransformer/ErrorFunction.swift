extension VectorMath {
  /// erf x = 2/√π · ∫₀ˣ exp(−t²) dt. At most 1.5 ulp from the exact value, everywhere; odd;
  /// exactly ±1 for |x| above 4.
  ///
  /// Below 0.875 the odd polynomial x + x·p(x²), minimax, relative error 2⁻²⁶; above it
  /// 1 − exp(q(x)), where q is a minimax polynomial for ln erfc that leaves a relative error of
  /// 2⁻²⁸. Both are computed for every lane.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func errorFunction(_ x: Vector) -> Vector {
    let magnitude = magnitude(of: x)
    let square = x * x
    var p = Vector(repeating: 0x1.1e03b6p-15)
    p = multiplyAdd(p, square, Vector(repeating: -0x1.78f19ep-11))
    p = multiplyAdd(p, square, Vector(repeating: 0x1.50e3aap-8))
    p = multiplyAdd(p, square, Vector(repeating: -0x1.b7dea8p-6))
    p = multiplyAdd(p, square, Vector(repeating: 0x1.ce2f62p-4))
    p = multiplyAdd(p, square, Vector(repeating: -0x1.812762p-2))
    p = multiplyAdd(p, square, Vector(repeating: 0x1.06ebaap-3))
    let near = multiplyAdd(p, magnitude, magnitude)

    // erf 4 is 1 in 24 bits, and so is everything beyond.
    let four = Vector(repeating: 4)
    let clamped = choose(magnitude, or: four, where: magnitude .> four)
    var q = Vector(repeating: 0x1.a582c2p-13)
    q = multiplyAdd(q, clamped, Vector(repeating: -0x1.954f5ap-9))
    q = multiplyAdd(q, clamped, Vector(repeating: 0x1.6f550cp-6))
    q = multiplyAdd(q, clamped, Vector(repeating: -0x1.ab534cp-4))
    q = multiplyAdd(q, clamped, Vector(repeating: -0x1.46026cp-1))
    q = multiplyAdd(q, clamped, Vector(repeating: -0x1.20c06cp+0))
    q = multiplyAdd(q, clamped, Vector(repeating: -0x1.18224ap-13))
    let far = Vector(repeating: 1) - exponentialInRange(q)
    return copySign(
      of: x, to: choose(near, or: far, where: magnitude .>= Vector(repeating: 0.875)))
  }
}
