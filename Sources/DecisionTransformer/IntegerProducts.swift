public import CDecisionTransformer

/// Sixteen integers: of products' sums, of packed weights.
public typealias Integers = SIMD16<Int32>

// Products of rows that are quantized as they come with weights of 8 or 16 bits. Everything here is exact, or one rounding
// that every processor does alike: the same row gives the same integers, and the same sums, everywhere.
//
// A quantized row: its scale, what its sums begin with (the bits of an integer), two floats of nothing; then its integers in
// groups of four, as the target multiplies them, or in pairs.
extension VectorMath {
  /// Floats of a group of four integers: 1 where the target adds up four products at once, else 2. A constant when
  /// optimised.
  @inlinable @inline(__always)
  public static var groupWords: Int { @_noAllocation @_noLocks get { dt_group_words() } }

  /// Floats of a row of `count` numbers that is quantized to groups.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func quantizedStride(_ count: Int) -> Int { 4 &+ count / 4 &* groupWords }

  /// Floats of a row of `count` numbers that is quantized to pairs.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func quantizedPairStride(_ count: Int) -> Int { 4 &+ count / 2 }

  /// Rounds a row to integers from -127 to 127, to nearest, ties to even: each number times 127 / the largest magnitude,
  /// as float32. The scale is the largest magnitude / 127; not a number where any number is none.
  ///
  /// - Parameters:
  ///   - x: The row.
  ///   - count: How many numbers, padding of zeros included: a multiple of 16.
  ///   - y: Where the result goes, at a multiple of 16 bytes: `quantizedStride(count)` floats.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func quantize(_ x: Floats, count: Int, to y: Floats) {
    let largestMagnitude = largestMagnitude(x, count: count)
    let inverse = Vector(repeating: 127 / larger(largestMagnitude, 1e-30))
    var sum = Integers(repeating: 0), to = y + 4, index = 0
    while index < count {
      let integers = wholeNumbers(Vector(at: x + index) * inverse)
      sum &+= integers
      unsafe dt_store_groups(to.base, integers)
      to += 4 &* groupWords
      index &+= 16
    }
    y[0] = largestMagnitude / 127
    y[1] = Float(
      bitPattern: UInt32(bitPattern: 0 &- dt_weight_offset() &* dt_sum_of_integers(sum)))
  }

  /// The same to integers from -`largest` to `largest`, in pairs.
  ///
  /// - Parameters:
  ///   - x: The row.
  ///   - count: How many numbers, padding of zeros included: a multiple of 16.
  ///   - largest: At most 32767, and so small that 32 bits hold the sum of all products.
  ///   - y: Where the result goes, at a multiple of 16 bytes: `quantizedPairStride(count)` floats.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func quantizeToPairs(_ x: Floats, count: Int, largest: Float, to y: Floats) {
    let largestMagnitude = largestMagnitude(x, count: count)
    let inverse = Vector(repeating: largest / larger(largestMagnitude, 1e-30))
    var index = 0
    while index < count {
      let integers = wholeNumbers(Vector(at: x + index) * inverse)
      unsafe dt_store_pairs((y + 4 + index / 2).base, integers)
      index &+= 16
    }
    y[0] = largestMagnitude / largest
    y[1] = 0
  }

  /// The largest magnitude of `count` numbers; not a number where any is none.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func largestMagnitude(_ x: Floats, count: Int) -> Float {
    let magnitude = Integers(repeating: 0x7fff_ffff)
    var largest = Integers(repeating: 0), index = 0
    // The order of magnitudes is that of their bits, and what is no number is the largest.
    while index < count {
      largest = dt_larger_integers(largest, Integers(at: x + index) & magnitude)
      index &+= 16
    }
    return Float(bitPattern: UInt32(truncatingIfNeeded: dt_largest_integer(largest)))
  }

  /// Numbers of a magnitude below 2^22 rounded to nearest, ties to even.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func wholeNumbers(_ x: Vector) -> Integers {
    // 1.5 · 2^23: a float32 of this size has no digits behind the point, and its lowest bits are the integer.
    let shifted = x + Vector(repeating: 12_582_912)
    return unsafe unsafeBitCast(shifted, to: Integers.self) &- Integers(repeating: 0x4b40_0000)
  }

  /// `sums` + x · w, for four rows of sixteen columns.
  ///
  /// - Parameters:
  ///   - sums: Of each column what there is already.
  ///   - x: A group of four integers of a quantized row.
  ///   - w: Of each column the four numbers, each with 128 added.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func addProducts(_ sums: Integers, _ x: Floats, _ w: Integers) -> Integers {
    unsafe dt_add_products(sums, w, x.base)
  }

  /// The same for two rows, of which each column has its two numbers in two's complement, and a pair of integers.
  ///
  /// - Parameters:
  ///   - sums: Of each column what there is already.
  ///   - x: A pair of integers of a quantized row.
  ///   - w: Of each column the two numbers.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func addPairProducts(_ sums: Integers, _ x: Floats, _ w: Integers) -> Integers {
    unsafe dt_add_pair_products(sums, w, x.base)
  }

  /// Sums of integer products as numbers: times `scale`, that of the row and the column, plus `bias`. Each step is rounded by
  /// itself, so that it is the same number with and without a fused multiply-add.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func dequantize(_ sums: Integers, scale: Vector, bias: Vector) -> Vector {
    dt_floats_of(sums) * scale + bias
  }
}

extension SIMD16<Int32> {
  /// The sixteen integers at `place`, a multiple of 16 bytes.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public init(at place: Floats) {
    self = unsafe dt_load_integers(place.base)
  }

  /// What the sums of the quantized row at `place` begin with, sixteen times.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public init(startOf place: Floats) {
    self.init(repeating: Int32(bitPattern: place[1].bitPattern))
  }
}
