import CDecisionTransformer

/// Instructions that a user may build for: the flags, and whether this machine has them.
struct Level: CustomStringConvertible, Sendable {
  let name: String
  let flags: [String]

  var description: String { name }

  /// Those of this machine: what users' programs are built for, and the tiles of every vector level that the machine
  /// cannot run natively, chosen by hand and made of what instructions there are.
  static let all: [Level] = {
    var levels = [Level(name: "no flag", flags: [])]
    #if arch(x86_64)
      func march(_ name: String) -> [String] { ["-Xcc", "-march=\(name)"] }
      let best = has(1 << 5) && hasFusedMultiplyAdd ? march("x86-64-v3") : []
      if !best.isEmpty { levels.append(Level(name: "x86-64-v3", flags: best)) }
      let avx512: UInt32 = 1 << 16 | 1 << 17 | 1 << 28 | 1 << 30 | 1 << 31
      if has(avx512) {
        levels.append(Level(name: "x86-64-v4", flags: march("x86-64-v4")))
      } else {
        levels.append(
          Level(
            name: "tiles of x86-64-v4, instructions of \(best.last ?? "this machine")",
            flags: best + ["-Xcc", "-DDT_VECTOR_LEVEL=2"]))
      }
      levels.append(Level(name: "native", flags: march("native")))
    #else
      for level in 0...2 {
        levels.append(
          Level(name: "tiles of level \(level)", flags: ["-Xcc", "-DDT_VECTOR_LEVEL=\(level)"]))
      }
    #endif
    return levels
  }()

  #if arch(x86_64)
    private static func has(_ bits: UInt32) -> Bool {
      let processor = dt_running_processor()
      let registers: UInt32 = bits >> 16 == 0 ? 0x06 : 0xe6
      return processor.leaf7_ebx & bits == bits && processor.kept_registers & registers == registers
    }

    private static var hasFusedMultiplyAdd: Bool { dt_running_processor().leaf1_ecx & 1 << 12 != 0 }
  #endif
}
