#if arch(riscv64) || arch(riscv32)
  public import CDecisionTransformer
#endif

extension VectorMath {
  /// `b` in the lanes that `mask` marks, `a` in the others: the same instructions whatever it marks.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func choose(
    _ a: Vector, or b: Vector, where mask: SIMDMask<SIMD16<Int32>>
  ) -> Vector {
    #if arch(riscv64) || arch(riscv32)
      // Compilers make branches of `replacing` where there are no vectors.
      dt_choose(a, b, unsafeBitCast(mask, to: SIMD16<Int32>.self))
    #else
      a.replacing(with: b, where: mask)
    #endif
  }
}
