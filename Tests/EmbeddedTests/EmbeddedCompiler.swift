import Foundation
import TestFolders
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
}

/// What a run of the compiler left.
struct CompilerOutput {
  let status: Int32
  /// Errors and warnings.
  let diagnostics: String
  /// The object file, nil if there is none.
  let object: Data?

  init(_ output: ProcessOutput, object: URL) {
    (status, diagnostics) = (output.status, output.text)
    self.object = try? Data(contentsOf: object)
  }
}

/// The toolchain's compiler, making Embedded Swift that may not allocate.
struct EmbeddedCompiler {
  let target: EmbeddedTarget

  private var flags: [String] {
    ["-target", target.triple] + target.flags + [
      "-enable-experimental-feature", "Embedded", "-Xfrontend", "-no-allocations", "-O",
    ]
  }

  /// Compiles the runtime library alone.
  func compileRuntime() throws -> CompilerOutput {
    let runtime = try RuntimeModule.compiled(with: flags)
    return CompilerOutput(runtime.output, object: URL(fileURLWithPath: runtime.object))
  }

  /// Compiles the runtime library and, as one module that imports it, the given sources: for example
  /// the files of a generated model.
  func compile(_ sources: [URL]) throws -> CompilerOutput {
    let runtime = try RuntimeModule.compiled(with: flags)
    guard runtime.output.status == 0 else { return try compileRuntime() }
    let folder = ScratchFolder(named: "embedded")
    let output = try SwiftCompiler.run(
      flags + runtime.flags + [
        "-wmo", "-parse-as-library", "-swift-version", "6", "-module-name", "Model", "-c", "-o",
        "Model.o",
      ] + sources.map(\.path), in: folder.url)
    return CompilerOutput(output, object: folder.url.appending(path: "Model.o"))
  }

  /// The same for one file with this text.
  func compile(_ text: String) throws -> CompilerOutput {
    let folder = ScratchFolder(named: "source")
    return try compile([folder.write("Source.swift", text)])
  }
}
