/// What generated code is built for, as far as it decides how products are cut into tiles.
///
/// A value, and no step of a ladder: targets differ in registers and in instructions. One generated source serves them
/// all; it asks `VectorMath.level` for the number by which the C header knows the build's target.
public struct Target: Hashable, Sendable, Codable {
  /// Products of integers that one instruction adds up in lanes of 32 bits. For formats of integers; the kernels of today
  /// multiply float32, and choose nothing by it.
  public enum DotProducts: String, CaseIterable, Sendable, Codable {
    case none
    /// Of two 16-bit integers.
    case pairs
    /// Of four 8-bit integers.
    case quads
  }

  public var name: String
  /// Vector registers.
  public var registers: Int
  /// Floats of a register.
  public var lanes: Int
  public var hasFusedMultiplyAdd: Bool
  public var dotProducts: DotProducts
  /// `dt_vector_level` of the C header where code is built for it. Targets of one number get the same tiles.
  public var number: Int

  public init(
    name: String, registers: Int, lanes: Int, hasFusedMultiplyAdd: Bool,
    dotProducts: DotProducts = .none, number: Int
  ) {
    (self.name, self.registers, self.lanes) = (name, registers, lanes)
    (self.hasFusedMultiplyAdd, self.dotProducts) = (hasFusedMultiplyAdd, dotProducts)
    self.number = number
  }
}

extension Target {
  public static let sse2 = Target(
    name: "SSE2", registers: 16, lanes: 4, hasFusedMultiplyAdd: false, dotProducts: .pairs,
    number: 0)
  /// With FMA.
  public static let avx2 = Target(
    name: "AVX2", registers: 16, lanes: 8, hasFusedMultiplyAdd: true, dotProducts: .pairs,
    number: 1)
  /// F, BW, CD, DQ, VL: x86-64-v4.
  public static let avx512 = Target(
    name: "AVX-512", registers: 32, lanes: 16, hasFusedMultiplyAdd: true, dotProducts: .pairs,
    number: 2)
  /// Of 64-bit Arm. Twice AVX2's registers of half the size: the same tiles.
  public static let neon = Target(
    name: "NEON", registers: 32, lanes: 4, hasFusedMultiplyAdd: true, number: 1)
  public static let helium = Target(
    name: "Helium", registers: 8, lanes: 4, hasFusedMultiplyAdd: true, number: 0)
  /// Registers of at least 128 bits.
  public static let riscV = Target(
    name: "RVV", registers: 32, lanes: 4, hasFusedMultiplyAdd: true, number: 0)
  /// Vectors of 128 bits; the registers are those of the engine's processor, at least SSE2's.
  public static let webAssembly = Target(
    name: "WebAssembly", registers: 16, lanes: 4, hasFusedMultiplyAdd: false, dotProducts: .pairs,
    number: 0)

  /// Those that generated code tells apart, one for each number.
  public static let numbered: [Target] = [.sse2, .avx2, .avx512]

  public static let all: [Target] = numbered + [.neon, .helium, .riscV, .webAssembly]

  /// The target whose tiles code gets that is built for this one: generated code knows no more than the number.
  public var served: Target { Self.numbered.first { $0.number == number } ?? self }
}
