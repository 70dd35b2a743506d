/// Frames of a self test: bytes that follow from a number, the same on every machine, so that they need not lie beside the
/// weights.
public struct FramePattern: Equatable, Sendable {
  private let seed: UInt32

  /// - Parameter seed: Any number; its bits are used.
  @_noAllocation @_noLocks
  public init(seed: Float) { self.seed = seed.bitPattern }

  /// Byte `index`: the upper bits of a multiplicative hash of place and seed.
  @_noAllocation @_noLocks
  public subscript(index: Int) -> UInt8 {
    var word = UInt32(truncatingIfNeeded: index) &* 0x1e37_79b9 &+ seed &* 0x45eb_ca6b
    word = (word ^ word &>> 15) &* 0x2c1b_3c6d
    word = (word ^ word &>> 12) &* 0x297a_2d39
    return UInt8(truncatingIfNeeded: (word ^ word &>> 15) &>> 24)
  }
}
