import Testing
import Toolchain

/// A target without an operating system.
struct EmbeddedTarget: CustomTestStringConvertible {
  let triple: String
  let flags: [String]
  var testDescription: String { triple }

  static let all = [
    EmbeddedTarget(triple: "x86_64-unknown-none-elf", flags: []),
    // A Cortex-M7 with its floating-point unit.
    EmbeddedTarget(
      triple: "armv7em-none-none-eabi",
      flags: ["-Xcc", "-mcpu=cortex-m7", "-Xcc", "-mfloat-abi=hard", "-Xcc", "-mfpu=fpv5-d16"]),
  ]

  /// Makes Embedded Swift that may not allocate.
  var compiler: ModuleCompiler {
    ModuleCompiler(
      flags: ["-target", triple] + flags + [
        "-enable-experimental-feature", "Embedded", "-Xfrontend", "-no-allocations", "-O",
      ])
  }
}
