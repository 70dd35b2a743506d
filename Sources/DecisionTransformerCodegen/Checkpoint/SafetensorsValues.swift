extension SafetensorsFile {
  /// The values of tensor `name` in row-major order as float32: F32 as it is, F16 and BF16 exactly,
  /// F64 rounded to the nearest.
  ///
  /// The tensor must exist and have one of these types (`TensorDataType.isReadable`).
  public func values(of name: String) -> [Float] {
    withElements(of: name) { dataType, bytes in
      switch dataType {
      case .float32: convert(bytes) { (bits: UInt32) in Float(bitPattern: bits) }
      case .float16: convert(bytes) { HalfPrecision.float(float16: $0) }
      case .bfloat16: convert(bytes) { HalfPrecision.float(bfloat16: $0) }
      case .float64: convert(bytes) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
      default: preconditionFailure("\(name) has dtype \(dataType.rawValue)")
      }
    }
  }

  /// The values of tensor `name` in row-major order as float64, exactly.
  ///
  /// The tensor must exist and have a type that `values(of:)` reads.
  public func doubles(of name: String) -> [Double] {
    guard tensors[name]?.dataType == .float64 else { return values(of: name).map { Double($0) } }
    return withElements(of: name) { _, bytes in
      convert(bytes) { (bits: UInt64) in Double(bitPattern: bits) }
    }
  }

  private func withElements<Result>(
    of name: String, _ body: (TensorDataType, UnsafeRawBufferPointer) -> Result
  ) -> Result {
    guard let entry = tensors[name] else { preconditionFailure("\(path) has no tensor \(name)") }
    return withBytes { bytes in
      body(entry.dataType, UnsafeRawBufferPointer(rebasing: bytes[entry.byteRange]))
    }
  }
}

/// Elements may lie at any byte: the format does not align them.
///
/// This and the conversions are in one file, because debug builds do not inline across files, and a
/// call for each element would cost more than everything else.
@inline(__always)
private func convert<Bits: FixedWidthInteger & BitwiseCopyable, Value>(
  _ bytes: UnsafeRawBufferPointer, _ value: (Bits) -> Value
) -> [Value] {
  let count = bytes.count / MemoryLayout<Bits>.size
  return Array(unsafeUninitializedCapacity: count) { target, initializedCount in
    initializedCount = count
    guard let source = bytes.baseAddress, let target = target.baseAddress else { return }
    for index in 0..<count {
      let bits = source.loadUnaligned(
        fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
      (target + index).initialize(to: value(Bits(littleEndian: bits)))
    }
  }
}

/// Exact widening of the 16-bit floating-point formats, from their bits.
///
/// `Float16` does not exist on every platform this runs on, and the floating-point mode must not
/// matter; so no step here rounds or meets a denormal.
private enum HalfPrecision {
  /// IEEE 754 binary16: 1 sign, 5 exponent (bias 15) and 10 fraction bits. A NaN keeps its payload.
  @inline(__always)
  static func float(float16 bits: UInt16) -> Float {
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
  static func float(bfloat16 bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }
}
