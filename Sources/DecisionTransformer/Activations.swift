// The activation functions of the MLP that networks are usually trained with, under the field's names. Hugging Face's
// names are beside them. tanh is `hyperbolicTangent`; `FurtherActivations.swift` has the others of Hugging Face's table.

extension VectorMath {
  /// `relu`: max(x, 0), exactly.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func rectified(_ x: Vector) -> Vector {
    maximum(x, Vector(repeating: 0))
  }

  /// `silu`, `swish`: x · sigmoid(x) = x / (1 + e⁻ˣ). Error at most 1.5e-7 · max(1, |x|).
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func sigmoidLinear(_ x: Vector) -> Vector {
    x / (exponential(-x) + Vector(repeating: 1))
  }

  /// `gelu`: x · Φ(x) = x/2 · (1 + erf(x/√2)). Error at most 1.5e-7 · max(1, |x|).
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func gaussianErrorLinear(_ x: Vector) -> Vector {
    let half = x * Vector(repeating: 0.5)
    return multiplyAdd(half, errorFunction(x * Vector(repeating: 0x1.6a09e6p-1)), half)
  }

  /// `gelu_new`, `gelu_fast`: x/2 · (1 + tanh u) with u = √(2/π) · (x + 0.044715·x³), computed as the same function
  /// x / (1 + e⁻²ᵘ). Error at most 1.5e-7 · max(1, |x|).
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func gaussianErrorLinearTanh(_ x: Vector) -> Vector {
    // −2·√(2/π) and −2·√(2/π)·0.044715
    let linear = Vector(repeating: -0x1.988454p+0)
    let cubic = Vector(repeating: -0x1.2444f2p-4)
    let exponent = x * multiplyAdd(x * x, cubic, linear)
    return x / (exponential(exponent) + Vector(repeating: 1))
  }
}
