/// A return to go of which the model is told whole numbers.
public enum WholeReturn {
  /// `value` without what is behind its decimal point, as a cast to an integer has it: toward zero. What is no number, or
  /// infinite, stays so.
  ///
  /// By its bits, with the same instructions whatever the value; `rounded(_:)` takes a value of a type that may need metadata
  /// where nothing is optimised.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func towardZero(_ value: Double) -> Double {
    let bits = value.bitPattern
    // How many bits of the significand are in front of the point; below zero the value is less than one.
    let exponent = Int64(bitPattern: bits &>> 52 & 0x7ff) &- 1023
    let isSmall = exponent &>> 63
    // From 52 on nothing is behind the point.
    let behind = 52 &- exponent
    let count = behind & ~(behind &>> 63)
    let kept = UInt64.max &<< UInt64(bitPattern: count)
    let whole = bits & kept & UInt64(bitPattern: ~isSmall)
    return Double(bitPattern: whole | bits & (1 &<< 63))
  }
}
