import Foundation
import TestFolders
import Toolchain

/// A program of the runtime and some sources, compiled and run in a folder of its own.
struct ScratchProgram {
  /// Files beside the program.
  var sources: [String: String]
  var data: [String: [UInt8]]

  /// What the program prints; `main.swift` is one of the sources.
  func output() throws -> String {
    let runtime = try RuntimeModule.compiled(with: ["-O"])
    _ = try runtime.output.success()
    let folder = ScratchFolder(named: "scratch")
    for (name, text) in sources { try folder.write(name, text) }
    for (name, bytes) in data { try folder.write(name, bytes) }
    _ = try SwiftCompiler.run(
      ["-Onone", "-swift-version", "6", "-module-name", "Scratch", "-o", "program"]
        + runtime.flags + [runtime.object] + sources.keys.sorted(), in: folder.url
    ).success()
    return try RunningProcess(["./program"], in: folder.url).finish().success()
  }
}
