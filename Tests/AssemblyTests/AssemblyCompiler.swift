import DecisionTransformerCodegen
import Foundation
import Testing
import Toolchain

/// Compiles generated code the way a release build does, to assembly.
struct AssemblyCompiler {
  let target: AssemblyTarget

  /// The listing of generated sources, as one module.
  func listing(of sources: [OutputFile]) throws -> AssemblyListing {
    let runtime = try RuntimeModule.compiled(with: target.flags + ["-O"])
    _ = try runtime.output.success()
    let folder = ScratchFolder(named: "assembly")
    let files = try sources.map { try folder.write($0.name, $0.contents).path }
    _ = try SwiftCompiler.run(
      target.flags + ["-O", "-wmo", "-parse-as-library", "-swift-version", "6"] + runtime.flags
        + ["-module-name", "Model", "-emit-assembly", "-o", "Model.s"] + files, in: folder.url
    ).success()
    return AssemblyListing(
      try String(contentsOf: folder.url.appending(path: "Model.s"), encoding: .utf8),
      comment: target.comment)
  }
}
