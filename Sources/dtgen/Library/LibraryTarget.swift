/// The machine that a library is for.
struct LibraryTarget {
  /// As the compilers know it, `aarch64-none-none-elf` for example; nil means this machine.
  var triple: String?
  /// `-march` of the C compiler, `native` or `x86-64-v3` for example; nil means what every machine of the kind has.
  var architecture: String?
  /// More options of the C compiler that tell the processor: `-mcpu=cortex-m7` for example.
  var processorFlags: [String] = []

  /// What the C compiler is told; Swift's takes the processor's features from there. Freestanding: no header of the
  /// machine that builds belongs to the target.
  var clangFlags: [String] {
    ["-ffreestanding"] + (triple.map { ["-target", $0] } ?? [])
      + (architecture.map { ["-march=\($0)"] } ?? []) + processorFlags
  }

  var swiftFlags: [String] {
    (triple.map { ["-target", $0] } ?? [])
      + (["-ffreestanding"] + (architecture.map { ["-march=\($0)"] } ?? []) + processorFlags)
      .flatMap { ["-Xcc", $0] }
  }

  /// Whether programs there load shared libraries.
  var hasSharedLibraries: Bool { triple.map { $0.contains("linux") } ?? true }
}
