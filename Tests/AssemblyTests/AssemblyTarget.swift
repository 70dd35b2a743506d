import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing
import Toolchain

/// A processor that generated code is compiled for, and the vector arithmetic expected of it.
struct AssemblyTarget: CustomTestStringConvertible, Sendable {
  let name: String
  let flags: [String]
  /// What begins a remark in its assembly.
  var comment = "#"
  /// Whether an instruction multiplies vectors as wide as the processor's registers.
  let multiplies: @Sendable (Instruction) -> Bool
  /// The same for adding, where that is an instruction of its own.
  let adds: (@Sendable (Instruction) -> Bool)?

  var testDescription: String { name }

  /// Those that this toolchain can compile for.
  static let all = x86 + arm

  /// Of a plain `swift test` two that differ most: that for which most programs are built, and another processor.
  static let sample =
    TestExtent.isComplete ? all : all.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)

  private static let x86: [AssemblyTarget] = {
    #if os(Linux) && arch(x86_64)
      [
        AssemblyTarget(
          name: "x86-64 (SSE2)", flags: [],
          multiplies: { $0.mnemonic == "mulps" }, adds: { $0.mnemonic == "addps" }),
        AssemblyTarget(
          name: "x86-64-v3 (AVX2)", flags: ["-Xcc", "-march=x86-64-v3"],
          multiplies: { $0.isFused && $0.operands.contains("ymm") }, adds: nil),
        AssemblyTarget(
          name: "x86-64-v4 (AVX-512)", flags: ["-Xcc", "-march=x86-64-v4"],
          multiplies: { $0.isFused && $0.operands.contains("zmm") }, adds: nil),
      ]
    #else
      []
    #endif
  }()

  /// Without an operating system: the standard library of Embedded Swift comes with the toolchain.
  private static let arm: [AssemblyTarget] =
    SwiftCompiler.hasEmbeddedLibrary(for: "aarch64-none-none-elf")
    ? [
      AssemblyTarget(
        name: "aarch64 (NEON)",
        flags: ["-target", "aarch64-none-none-elf", "-enable-experimental-feature", "Embedded"],
        comment: "//",
        multiplies: { $0.mnemonic == "fmla" && $0.operands.contains(".4s") }, adds: nil)
    ] : []
}

extension AssemblyTarget {
  /// The listing of generated sources, compiled as one module the way a release build is.
  func listing(of sources: [OutputFile]) throws -> AssemblyListing {
    let folder = ScratchFolder(named: "generated")
    let result = try ModuleCompiler(flags: flags + ["-O"])
      .compile(sources.map { try folder.write($0.name, $0.contents) }, to: .assembly)
    _ = try result.output.success()
    return AssemblyListing(
      String(decoding: result.product ?? Data(), as: UTF8.self), comment: comment)
  }
}

extension Instruction {
  /// A multiply-add of x86-64.
  fileprivate var isFused: Bool { mnemonic.hasPrefix("vfmadd") && mnemonic.hasSuffix("ps") }
}
