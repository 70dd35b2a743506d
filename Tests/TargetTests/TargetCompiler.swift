import Foundation
import TestFolders
import Toolchain

/// The toolchain's compiler, checking the sources of a user's target against the runtime.
enum TargetCompiler {
  /// What the compiler has to say about a target of these sources, by file name; nothing where it takes them as they are.
  static func diagnostics(
    _ sources: [String: String], settings: [String] = [], languageMode: String = "6"
  ) throws -> String {
    let runtime = try RuntimeModule.compiled(with: ["-Onone"])
    guard try runtime.output.success().isEmpty else { return runtime.output.text }
    let folder = ScratchFolder(named: "target")
    let files = try sources.sorted { $0.key < $1.key }.map {
      try folder.write($0.key, $0.value).path
    }
    let output = try SwiftCompiler.run(
      ["-typecheck", "-parse-as-library", "-wmo", "-swift-version", languageMode]
        + ["-module-name", "Robot", "-package-name", "robot"] + runtime.flags + settings + files,
      in: folder.url)
    // A compiler that ends badly without a word must not pass for one that has nothing to say.
    return output.text.isEmpty && output.status != 0
      ? "swiftc ends with status \(output.status)" : output.text
  }
}
