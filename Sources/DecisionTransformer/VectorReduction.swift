public import CDecisionTransformer

extension VectorMath {
  /// The sum of the sixteen lanes, added in the same order on every target: halves onto each other
  /// until one number is left. Error at most 4 roundings: `4 · 2⁻²⁴ · Σ|xᵢ|`, about.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func sum(of x: Vector) -> Float {
    let eight = x.lowHalf + x.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }

  /// The largest of the sixteen lanes, exactly. Lanes that are not numbers give no promise: the result
  /// may be one of the others.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func maximum(of x: Vector) -> Float {
    dt_largest_lane(x)
  }

  /// The larger of two numbers in each lane; `a` where either is not a number.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func maximum(_ a: Vector, _ b: Vector) -> Vector {
    dt_maximum(a, b)
  }
}
