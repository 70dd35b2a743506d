public import CDecisionTransformer

/// Rows of numbers, each padded with zeros to whole vectors: `count` numbers take `count` rounded up to a multiple of 16.
/// Rows begin at multiples of 16 bytes. As for vectors: no branches on values, no allocation.
extension VectorMath {
  /// The numbers of the lanes, 0 to 15.
  @inlinable @inline(__always)
  public static var lanes: SIMD16<Int32> {
    @_noAllocation @_noLocks get { SIMD16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) }
  }

  /// The score of a key that must not be seen: its probability is exactly zero.
  @inlinable @inline(__always)
  public static var hiddenScore: Float { @_noAllocation @_noLocks get { -3e38 } }

  /// y = (x - mean) / √(variance + epsilon), with the variance of all numbers (not of a sample). Padding stays zero.
  ///
  /// - Parameters:
  ///   - x: The row.
  ///   - y: Where the result goes; may be `x`.
  ///   - count: How many numbers.
  ///   - epsilon: Keeps the divisor of a constant row from being zero.
  ///   - divides: If false, y = x - mean.
  /// - Returns: 1 / √(variance + epsilon). Not a number, like the row, where the variance is infinite: for numbers
  ///   beyond some 1e19.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func normalize(
    _ x: Floats, _ y: Floats, count: Int, epsilon: Float,
    divides: Bool = true
  ) -> Float {
    let stride = (count + 15) / 16 * 16, share = 1 / Float(count)
    var total = Vector(repeating: 0), squares = total, index = 0
    while index < stride {
      total += Vector(at: x + index)
      index += 16
    }
    let mean = Vector(repeating: sum(of: total) * share)
    index = 0
    while index < stride {
      var difference = Vector(at: x + index) - mean
      if count & 15 != 0 {
        let isPadding =
          lanes &+ Int32(truncatingIfNeeded: index)
          .>= SIMD16(repeating: Int32(truncatingIfNeeded: count))
        difference = choose(difference, or: Vector(repeating: 0), where: isPadding)
      }
      squares = multiplyAdd(difference, difference, squares)
      difference.store(at: y + index)
      index += 16
    }
    let variance = sum(of: squares) * share
    // The difference is zero, or not a number where squares overflow: the row would be zero, and look sound.
    let factor = reciprocalSquareRoot(variance + epsilon) + (variance - variance)
    scale(y, by: divides ? factor : 1, y, count: stride)
    return factor
  }

  /// y = x · `factor`, for `count` numbers: a multiple of 16. `y` may be `x`.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func scale(
    _ x: Floats, by factor: Float, _ y: Floats, count: Int
  ) {
    let factors = Vector(repeating: factor)
    var index = 0
    while index < count {
      (Vector(at: x + index) * factors).store(at: y + index)
      index += 16
    }
  }

  /// Moves `count` numbers to the front, from `distance` behind it. Both are multiples of 16.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func move(_ rows: Floats, by distance: Int, count: Int) {
    var index = 0
    while index < count {
      Vector(at: rows + distance + index).store(at: rows + index)
      dt_keep_loop()
      index += 16
    }
  }
}
