public import CDecisionTransformer

extension SIMD16<Float> {
  /// The sixteen numbers at `place`, a multiple of 16 bytes (fastest at a multiple of 64).
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public init(at place: Floats) {
    self = unsafe UnsafeRawPointer(place.base).load(as: Self.self)
  }

  /// Stores the sixteen numbers at `place`, a multiple of 16 bytes (fastest at a multiple of 64).
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public func store(at place: Floats) {
    unsafe dt_store(place.base, self)
  }
}

extension VectorMath {
  /// Asks the memory for the line at `place`, which a later instruction will want. Never faults, wherever that is, and
  /// changes nothing but time.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func prefetch(_ place: Floats) {
    unsafe dt_prefetch(place.base)
  }

  /// Reads `count` numbers, so that they lie in the nearest cache that holds them when they are wanted. Changes nothing
  /// but time; does nothing on 32-bit targets, whose caches hold too little.
  ///
  /// - Parameters:
  ///   - place: The first number, at a multiple of 64 bytes.
  ///   - count: How many.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func read(_ place: Floats, count: Int) {
    var index = 0
    while index < count {
      unsafe dt_read(place.base + index)
      index += 16
    }
  }

  /// Reads `count` numbers, or as many as are left.
  ///
  /// - Parameters:
  ///   - place: The first number, at a multiple of 64 bytes.
  ///   - count: How many.
  ///   - left: How many at most; none are read where it is not above zero.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func read(_ place: Floats, count: Int, of left: Int) {
    read(place, count: count < left ? count : left)
  }

  /// Transposes sixteen rows of sixteen floats. Rows and columns begin at multiples of 64 bytes.
  ///
  /// - Parameters:
  ///   - rows: The first row.
  ///   - rowStride: Floats from a row to the next, a multiple of 16.
  ///   - columns: Where the first column goes.
  ///   - columnStride: Floats from a column to the next, a multiple of 16.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func transpose(
    _ rows: Floats, stride rowStride: Int,
    to columns: Floats, stride columnStride: Int
  ) {
    unsafe dt_transpose(rows.base, rowStride, columns.base, columnStride)
  }
}
