extension StoredTensor {
  /// The values in row-major order as float32: F32 as it is, F16 and BF16 exactly, F64 rounded to
  /// the nearest.
  ///
  /// The tensor must have one of these types (`TensorDataType.isReadable`). Allocates the result and
  /// nothing else; pages of a mapped file are given back afterwards.
  public func values() -> [Float] {
    values { $0 }
  }

  /// What `values()` gives, widened to float64; no array of float32 is made on the way.
  public func widenedValues() -> [Double] {
    values { Double($0) }
  }

  /// The values in row-major order as float64, exactly.
  ///
  /// The tensor must have a type that `values()` reads.
  public func doubles() -> [Double] {
    guard header.dataType == .float64 else { return widenedValues() }
    return converted { (bits: UInt64) in Double(bitPattern: bits) }
  }

  @inline(__always)
  private func values<Value>(_ value: (Float) -> Value) -> [Value] {
    switch header.dataType {
    case .float32: converted { (bits: UInt32) in value(Float(bitPattern: bits)) }
    case .float16: converted { value(HalfPrecision.float(float16: $0)) }
    case .bfloat16: converted { value(HalfPrecision.float(bfloat16: $0)) }
    case .float64: converted { (bits: UInt64) in value(Float(Double(bitPattern: bits))) }
    default: preconditionFailure("\(name) has dtype \(header.dataType.rawValue)")
    }
  }

  @inline(__always)
  private func converted<Bits: FixedWidthInteger & BitwiseCopyable, Value>(
    _ value: (Bits) -> Value
  ) -> [Value] {
    let count = count
    guard count > 0 else { return [] }
    let size = MemoryLayout<Bits>.size
    guard isRowMajor else {
      let range = start..<start + span * size
      defer { bytes.release(range) }
      return bytes.withBytes { bytes in
        gather(UnsafeRawBufferPointer(rebasing: bytes[range]), header.shape, strides, value)
      }
    }
    // Piece by piece: a large tensor is not held beside its values.
    let piece = 1 << 18
    return Array(unsafeUninitializedCapacity: count) { target, initializedCount in
      initializedCount = count
      for first in stride(from: 0, to: count, by: piece) {
        let end = min(first + piece, count)
        let range = start + first * size..<start + end * size
        bytes.withBytes { bytes in
          convert(
            UnsafeRawBufferPointer(rebasing: bytes[range]),
            to: UnsafeMutableBufferPointer(rebasing: target[first..<end]), value)
        }
        bytes.release(range)
      }
    }
  }

  /// Elements from the first to the last one in the file; there must be one.
  private var span: Int {
    1 + zip(header.shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
  }
}

/// Elements that lie one after the other, at any byte: no format guarantees their alignment.
///
/// This and the conversions are in one file, because debug builds do not inline across files, and a
/// call for each element would cost more than everything else.
@inline(__always)
private func convert<Bits: FixedWidthInteger & BitwiseCopyable, Value>(
  _ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableBufferPointer<Value>,
  _ value: (Bits) -> Value
) {
  guard let source = bytes.baseAddress, let target = target.baseAddress else { return }
  for index in 0..<bytes.count / MemoryLayout<Bits>.size {
    let bits = source.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
    (target + index).initialize(to: value(Bits(littleEndian: bits)))
  }
}

/// Elements that are `strides` apart, in row-major order; there must be one.
@inline(__always)
private func gather<Bits: FixedWidthInteger & BitwiseCopyable, Value>(
  _ bytes: UnsafeRawBufferPointer, _ shape: [Int], _ strides: [Int], _ value: (Bits) -> Value
) -> [Value] {
  let count = shape.reduce(1, *)
  var position = Array(repeating: 0, count: shape.count)
  var element = 0
  return Array(unsafeUninitializedCapacity: count) { target, initializedCount in
    initializedCount = count
    for index in 0..<count {
      let bits = bytes.loadUnaligned(
        fromByteOffset: element * MemoryLayout<Bits>.size, as: Bits.self)
      target.initializeElement(at: index, to: value(Bits(littleEndian: bits)))
      // The next index: the last axis first, with a carry.
      for axis in shape.indices.reversed() {
        position[axis] += 1
        element += strides[axis]
        if position[axis] < shape[axis] { break }
        element -= position[axis] * strides[axis]
        position[axis] = 0
      }
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
  package static func float(float16 bits: UInt16) -> Float {
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
  package static func float(bfloat16 bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }
}
