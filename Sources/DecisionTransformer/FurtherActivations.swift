// The rest of Hugging Face's table of activation functions (`ACT2FN`), its names in front: those that work number by
// number and have no parameters to learn.

extension VectorMath {
  /// `linear`: x.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func identity(_ x: Vector) -> Vector { x }

  /// `leaky_relu`: x, or 0.01·x below 0. At most 1 ulp from the exact value.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func leakyRectified(_ x: Vector) -> Vector {
    maximum(x, x * Vector(repeating: 0x1.47ae14p-7))
  }

  /// `relu6`: max(x, 0), but at most 6, exactly.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func clippedRectified(_ x: Vector) -> Vector {
    bounded(rectified(x), by: Vector(repeating: 6))
  }

  /// `relu2`: max(x, 0)², rounded once (0.5 ulp). Infinite above 1.8e19.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func squaredRectified(_ x: Vector) -> Vector {
    let rectified = rectified(x)
    return rectified * rectified
  }

  /// `hardswish`: x · min(max(x + 3, 0), 6) / 6. Error at most 1.5e-7 · max(1, |x|); exactly 0 below -3, x from 3 on.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func hardSigmoidLinear(_ x: Vector) -> Vector {
    let line = multiplyAdd(
      x, Vector(repeating: 0x1.555556p-3), Vector(repeating: 0.5))
    return x * bounded(rectified(line), by: Vector(repeating: 1))
  }

  /// `sigmoid`: 1 / (1 + e⁻ˣ). At most 4 ulp from the exact value; exactly 0 below −87.3365.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func sigmoid(_ x: Vector) -> Vector {
    // eˣ / (1 + eˣ) below zero: no intermediate number is denormal.
    let power = exponential(-magnitude(of: x))
    let above = reciprocal(power + Vector(repeating: 1))
    return choose(above, or: power * above, where: x .< Vector(repeating: 0))
  }

  /// `quick_gelu`: x · sigmoid(1.702·x). Error at most 1.5e-7 · max(1, |x|).
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func gaussianErrorLinearSigmoid(_ x: Vector) -> Vector {
    let power = exponential(x * Vector(repeating: -0x1.b3b646p+0))
    return x / (power + Vector(repeating: 1))
  }

  /// `gelu_10`: `gaussianErrorLinear`, but at most 10. (The other bound, -10, is never reached.) Error at most
  /// 1.5e-7 · max(1, |x|).
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func clippedGaussianErrorLinear(_ x: Vector) -> Vector {
    bounded(gaussianErrorLinear(x), by: Vector(repeating: 10))
  }

  /// `laplace`: ½ · (1 + erf((x − 0.707107) / (0.282095·√2))). Error at most 1.5e-7.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func laplace(_ x: Vector) -> Vector {
    let deviations =
      (x - Vector(repeating: 0x1.6a09eep-1)) * Vector(repeating: 0x1.40d922p+1)
    let half = Vector(repeating: 0.5)
    return multiplyAdd(errorFunction(deviations), half, half)
  }

  /// `mish`: x · tanh(ln(1 + eˣ)), computed as the same function x · n / (n + 2) with n = eˣ·(eˣ + 2). Error at most
  /// 2e-7 · max(1, |x|).
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func mish(_ x: Vector) -> Vector {
    // Above 20 the factor of x is 1 in 24 bits.
    let power = exponential(bounded(x, by: Vector(repeating: 20)))
    let n = power * (power + Vector(repeating: 2))
    return x * (n / (n + Vector(repeating: 2)))
  }

  /// `sqrtsoftplus`: √ln(1 + eˣ). At most 3 ulp from the exact value; exactly 0 below −87.3365.
  ///
  /// ln(1 + eˣ) = max(x, 0) + ln(1 + w) with w = exp(−|x|), and ln(1 + w) = 2·artanh(w / (2 + w)), whose series goes by
  /// squares; p is a minimax polynomial that leaves a relative error of 2⁻²⁷.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func squareRootSoftplus(_ x: Vector) -> Vector {
    let power = exponential(-magnitude(of: x))
    let factor = Vector(repeating: 2) / (power + Vector(repeating: 2))
    // A square that is too small to matter must not become denormal.
    let ratio =
      maximum(power, Vector(repeating: 0x1p-30)) * factor * Vector(repeating: 0.5)
    let square = ratio * ratio
    var p = Vector(repeating: 0x1.1ed9fap-3)
    p = multiplyAdd(p, square, Vector(repeating: 0x1.1ebc98p-3))
    p = multiplyAdd(p, square, Vector(repeating: 0x1.99d21p-3))
    p = multiplyAdd(p, square, Vector(repeating: 0x1.555502p-2))
    let logarithm = power * multiplyAdd(p * square, factor, factor)
    return squareRoot(rectified(x) + logarithm)
  }

  /// The smaller of two numbers in each lane; `x` where it is not a number.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func bounded(_ x: Vector, by bound: Vector) -> Vector {
    choose(x, or: bound, where: x .> bound)
  }
}
