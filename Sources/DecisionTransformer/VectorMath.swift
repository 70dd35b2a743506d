public import CDecisionTransformer

/// Sixteen numbers, the unit of all arithmetic here and in generated code: one AVX-512 register,
/// two AVX registers, four of SSE or NEON, sixteen of a scalar unit.
///
/// All functions on vectors work lane by lane, without branches and with the same instructions for
/// every input; none allocates, locks or calls anything. Their error bounds hold with and without a
/// fused multiply-add. "ulp" is the spacing of the 24-bit numbers at the exact result.
/// A lane that is not a number stays one, unless the function says otherwise.
public typealias Vector = SIMD16<Float>

/// Arithmetic on vectors: the functions that generated code calls.
public enum VectorMath {
  /// Which register tiles suit the instructions of this build: 2 for AVX-512, 1 for AVX2 with FMA or NEON,
  /// 0 for anything else. A constant when optimised.
  @inlinable @inline(__always)
  public static var level: Int32 { @_noAllocation @_noLocks get { dt_vector_level() } }

  /// `a * b + c`: rounded once where the target fuses the two (FMA on x86-64, Arm), else twice.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    dt_multiply_add(a, b, c)
  }

  /// The square root, correctly rounded (0.5 ulp). Not a number for numbers below zero.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func squareRoot(_ x: Vector) -> Vector {
    dt_square_root(x)
  }

  /// The square root, correctly rounded (0.5 ulp). Not a number for numbers below zero.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func squareRoot(_ x: Float) -> Float {
    dt_square_root_of_scalar(x)
  }

  /// The larger of two numbers, `a` where either is none. Like all of this, without a branch.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func larger(_ a: Float, _ b: Float) -> Float {
    dt_larger(a, b)
  }

  /// The smaller of two numbers, `a` where either is none.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func smaller(_ a: Float, _ b: Float) -> Float {
    dt_smaller(a, b)
  }

  /// `1 / x`, a plain division (0.5 ulp). Estimate instructions differ between processors.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func reciprocal(_ x: Vector) -> Vector {
    Vector(repeating: 1) / x
  }

  /// `1 / √x`, a square root and a division, each correctly rounded (together 1.5 ulp).
  /// Infinite at zero, not a number below.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func reciprocalSquareRoot(_ x: Vector) -> Vector {
    reciprocal(squareRoot(x))
  }

  /// `1 / √x`, a square root and a division, each correctly rounded (together 1.5 ulp).
  /// Infinite at zero, not a number below.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func reciprocalSquareRoot(_ x: Float) -> Float {
    1 / squareRoot(x)
  }
}
