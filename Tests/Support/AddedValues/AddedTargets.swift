import DecisionTransformerCodegen

/// Targets that no processor is: what one more of them takes. This file has the values, `TileTests` walks their tiles,
/// `TilingTests` holds them against their registers, `AddedValueTests` compiles and runs them: four files, and not
/// a line of the generator. (A processor's number comes from the C header, here from the compiler's flag.)
extension Target {
  /// A single vector of 16 floats leaves half of the registers.
  public static let eightRegisters = Target(
    name: "8 registers of 4 floats", registers: 8, lanes: 4, hasFusedMultiplyAdd: true, number: 3)

  /// Room for three vectors: tiles of one row and two panels, or of two rows.
  public static let eightWideRegisters = Target(
    name: "8 registers of 8 floats", registers: 8, lanes: 8, hasFusedMultiplyAdd: true, number: 4)

  public static let added: [Target] = [.eightRegisters, .eightWideRegisters]
}
