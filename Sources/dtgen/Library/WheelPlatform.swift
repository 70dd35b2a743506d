import DTGenCommands
import DTGenReports

/// The machines that a shared library can be loaded on, as pip names them.
struct WheelPlatform: Equatable {
  /// `manylinux_2_17_x86_64`: Linux on x86-64 with the C library of GNU, 2.17 or later.
  let tag: String

  /// pip's names of processors for those of compilers.
  private static let processors = [
    "x86_64": "x86_64", "i686": "i686", "aarch64": "aarch64", "arm64": "aarch64",
    "riscv64": "riscv64", "powerpc64le": "ppc64le", "s390x": "s390x", "armv7": "armv7l",
  ]

  /// The oldest C library for which pip takes wheels of every processor.
  private static let oldest = 17

  /// - Parameters:
  ///   - triple: the library's target.
  ///   - symbolVersions: of the functions that it needs, `GLIBC_2.2.5` for example.
  init(triple: String, symbolVersions: [String]) throws(InvalidInput) {
    func refusal(_ reason: String, _ accepted: String) -> InvalidInput {
      InvalidInput([
        Diagnostic(
          path: triple, key: "--package \(PackageKind.wheel.rawValue)",
          "\(reason); accepted: \(accepted)")
      ])
    }
    let first = triple.split(separator: "-").first.map(String.init) ?? triple
    guard let processor = Self.processors[first] else {
      throw refusal(
        "pip has no name for the processor \(first)",
        Self.processors.keys.sorted().joined(separator: ", "))
    }
    let minors = symbolVersions.map { version -> Int? in
      guard version.hasPrefix("GLIBC_2.") else { return nil }
      return version.dropFirst("GLIBC_2.".count).split(separator: ".").first.flatMap { Int($0) }
    }
    guard !minors.isEmpty, !minors.contains(nil) else {
      throw refusal(
        "the shared library was linked with another C library than GNU's",
        "a target with GNU's (x86_64-unknown-linux-gnu, for example) and its C library installed")
    }
    let minor = max(Self.oldest, minors.compactMap(\.self).max() ?? 0)
    tag = "manylinux_2_\(minor)_\(processor)"
  }
}
