import DecisionTransformerCodegen
import TestFolders
import Testing

@Suite struct ValueConversionTests {
  /// The value that a binary floating-point format gives to `bits`, by the definition of IEEE 754.
  private func value(
    _ bits: UInt16, exponentBits: Int, fractionBits: Int
  ) -> (value: Double, nanPayload: UInt16?) {
    let sign = bits >> 15 == 1 ? -1.0 : 1.0
    let fraction = bits & (1 << fractionBits - 1)
    let exponent = Int(bits >> fractionBits) & (1 << exponentBits - 1)
    let bias = 1 << (exponentBits - 1) - 1
    func scaled(_ significand: Int, _ power: Int) -> Double {
      sign * Double(sign: .plus, exponent: power - fractionBits, significand: Double(significand))
    }
    switch exponent {
    case 0: return (scaled(Int(fraction), 1 - bias), nil)
    case 1 << exponentBits - 1: return (sign * .infinity, fraction == 0 ? nil : fraction)
    default: return (scaled(1 << fractionBits + Int(fraction), exponent - bias), nil)
    }
  }

  @Test(arguments: [("F16", 5, 10), ("BF16", 8, 7)])
  func everySixteenBitPatternIsWidenedExactly(
    dtype: String, exponentBits: Int, fractionBits: Int
  ) throws {
    let patterns = Array(UInt16.min...UInt16.max)
    var writer = SafetensorsWriter()
    writer.add("all", dtype, [256, 256], SafetensorsWriter.bytes(patterns))
    let file = try SafetensorsFile(bytes: writer.file(), path: "F")
    let values = file.values(of: "all")
    #expect(values.count == 65_536)
    #expect(file.doubles(of: "all").map(\.bitPattern) == values.map { Double($0).bitPattern })
    var wrong: [UInt16] = []
    for (bits, actual) in zip(patterns, values) {
      let expected = value(bits, exponentBits: exponentBits, fractionBits: fractionBits)
      if let payload = expected.nanPayload {
        let fraction = actual.bitPattern & 0x7F_FFFF
        let isSame =
          actual.isNaN && fraction == UInt32(payload) << (23 - fractionBits)
          && (actual.sign == .minus) == (bits >> 15 == 1)
        if !isSame { wrong.append(bits) }
      } else if Double(actual).bitPattern != expected.value.bitPattern {
        wrong.append(bits)
      }
    }
    #expect(wrong == [])
  }

  @Test func float64IsRoundedToTheNearestWithTiesToEven() throws {
    let ulp = 0x1p-23
    let cases: [(Double, Float)] = [
      (1 + ulp / 2, 1), (1 + 3 * ulp / 2, 1 + 2 * Float(ulp)),
      ((1 + ulp / 2).nextUp, 1 + Float(ulp)),
      ((1 + ulp / 2).nextDown, 1), (-0.0, -0.0), (0.1, 0.1), (0x1p-149, .leastNonzeroMagnitude),
      (0x1p-150, 0), (3.5e38, .infinity), (-.infinity, -.infinity),
      (Double(Float.greatestFiniteMagnitude), .greatestFiniteMagnitude),
    ]
    var writer = SafetensorsWriter()
    writer.add(
      "a", "F64", [cases.count], SafetensorsWriter.bytes(cases.map(\.0.bitPattern)))
    let file = try SafetensorsFile(bytes: writer.file(), path: "F")
    #expect(file.values(of: "a").map(\.bitPattern) == cases.map(\.1.bitPattern))
    #expect(file.doubles(of: "a").map(\.bitPattern) == cases.map(\.0.bitPattern))
  }

  /// The format does not align data: every offset from a multiple of eight occurs here, in memory
  /// and in a mapped file.
  @Test(arguments: 0..<8)
  func dataMayStartAtAnyByte(shift: Int) throws {
    let bits = (0..<37).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 & 0x3FFF_FFFF_FFFF_FFFF }
    var writer = SafetensorsWriter()
    writer.add("shift", "U8", [shift], Array(repeating: 1, count: shift))
    writer.add("f64", "F64", [37], SafetensorsWriter.bytes(bits))
    writer.add("f32", "F32", [37], SafetensorsWriter.bytes(bits.map { UInt32($0 >> 32) }))
    writer.add("bf16", "BF16", [37], SafetensorsWriter.bytes(bits.map { UInt16($0 >> 48) }))
    let unpadded = writer.file()
    let bytes = writer.file(padding: 8 - (unpadded.count - writer.data.count) % 8)
    let folder = ScratchFolder(named: "checkpoint")
    try folder.write("f.safetensors", bytes)
    for file in [
      try SafetensorsFile(bytes: bytes, path: "F"),
      try SafetensorsFile(path: folder.path("f.safetensors")),
    ] {
      #expect(file.tensors["f64"].map { $0.byteRange.lowerBound % 8 } == shift)
      #expect(file.doubles(of: "f64").map(\.bitPattern) == bits)
      #expect(file.values(of: "f32").map(\.bitPattern) == bits.map { UInt32($0 >> 32) })
      #expect(
        file.values(of: "bf16").map(\.bitPattern) == bits.map { UInt32($0 >> 48) << 16 })
    }
  }
}
