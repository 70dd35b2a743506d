import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing
import Toolchain

/// Compiles generated code the way a release build does, to assembly.
struct AssemblyCompiler {
  let target: AssemblyTarget

  /// The listing of one generated source.
  func listing(of source: OutputFile) throws -> AssemblyListing {
    let runtime = try RuntimeModule.compiled(with: target.flags + ["-O"])
    _ = try runtime.output.success()
    let folder = ScratchFolder(named: "assembly")
    let file = try folder.write(source.name, source.contents)
    _ = try SwiftCompiler.run(
      target.flags + ["-O", "-wmo", "-parse-as-library", "-swift-version", "6"] + runtime.flags
        + ["-module-name", "Model", "-emit-assembly", "-o", "Model.s", file.path], in: folder.url
    ).success()
    return AssemblyListing(
      try String(contentsOf: folder.url.appending(path: "Model.s"), encoding: .utf8),
      comment: target.comment)
  }
}
