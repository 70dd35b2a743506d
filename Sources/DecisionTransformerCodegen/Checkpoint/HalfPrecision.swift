/// Exact widening of the 16-bit floating-point formats, from their bits.
///
/// `Float16` does not exist on every platform this runs on, and the floating-point mode must not
/// matter; so no step here rounds or meets a denormal.
public enum HalfPrecision {
  /// IEEE 754 binary16: 1 sign, 5 exponent (bias 15) and 10 fraction bits. A NaN keeps its payload.
  @inline(__always)
  public static func float(float16 bits: UInt16) -> Float {
    let magnitude = UInt32(bits & 0x7FFF)
    let sign = UInt32(bits & 0x8000) << 16
    let subnormal = (Float(Int32(magnitude)) * 0x1p-24).bitPattern
    // Exponent 31 (infinity and NaN) becomes 255, every other one moves from bias 15 to bias 127.
    let rebias: UInt32 = magnitude >= 0x7C00 ? (255 - 31) << 23 : (127 - 15) << 23
    let normal = magnitude << 13 + rebias
    return Float(bitPattern: sign | (magnitude < 0x0400 ? subnormal : normal))
  }

  /// bfloat16: the upper half of a float32.
  @inline(__always)
  public static func float(bfloat16 bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }
}
