import Foundation
import TestFolders

/// The toolchain's compiler, run as a process. Tests compile with it what no target of this package can be: other
/// flags, other processors, a user's own settings.
public enum SwiftCompiler {
  /// Finds the C module, whose map lies beside its headers.
  public static let headerFlags = [
    "-I", TestData.package.appending(path: "Sources/CDecisionTransformer/include").path,
  ]

  /// Runs `swiftc` to its end.
  public static func run(_ arguments: [String], in directory: URL) throws -> ProcessOutput {
    try start(arguments, in: directory).finish()
  }

  /// Starts `swiftc`, beside others.
  public static func start(_ arguments: [String], in directory: URL) throws -> RunningProcess {
    #if os(macOS)
      try RunningProcess(["xcrun", "swiftc"] + arguments, in: directory)
    #else
      try RunningProcess(["swiftc"] + arguments, in: directory)
    #endif
  }

  /// Whether the toolchain has the standard library of Embedded Swift (Xcode's has not), for the given target or
  /// for any.
  public static func hasEmbeddedLibrary(for triple: String? = nil) -> Bool {
    guard let resources = resourceFolder else { return false }
    var library = "\(resources)/embedded/Swift.swiftmodule"
    if let triple { library += "/\(triple).swiftmodule" }
    return FileManager.default.fileExists(atPath: library)
  }

  private static let resourceFolder: String? = {
    guard
      let output = try? run(["-print-target-info"], in: FileManager.default.temporaryDirectory),
      let information = try? JSONSerialization.jsonObject(with: Data(output.text.utf8)),
      let paths = (information as? [String: Any])?["paths"] as? [String: Any]
    else { return nil }
    return paths["runtimeResourcePath"] as? String
  }()
}
