import CDecisionTransformer

/// What states that are pictures need besides matrix products. Generated code knows all counts.
public enum FrameMath {
  /// Makes numbers of `count` bytes, which `bytes` has.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func widen(_ bytes: Span<UInt8>, count: Int, to numbers: Floats) {
    var index = 0
    while index < count {
      // By way of Int: smaller integers go a longer way where words have 32 bits.
      unsafe numbers[index] = Float(Int(bytes[unchecked: index]))
      index += 1
    }
  }

  /// Moves `count` numbers to the front, from `distance` behind it.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func move(_ numbers: Floats, by distance: Int, count: Int) {
    var index = 0
    while index < count {
      numbers[index] = numbers[index + distance]
      dt_keep_loop()
      index += 1
    }
  }

  /// Copies `count` numbers, eight at a time.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func copy(_ numbers: Floats, count: Int, to place: Floats) {
    var index = 0
    while index + 8 <= count {
      unsafe dt_copy8((numbers + index).base, (place + index).base)
      index += 8
    }
    while index < count {
      place[index] = numbers[index]
      dt_keep_loop()
      index += 1
    }
  }
}
