import Foundation
import Synchronization
import TestFolders

/// The runtime as a module and an object, compiled once for each set of flags that a test run asks for.
public struct RuntimeModule: Sendable {
  /// Holds `DecisionTransformer.swiftmodule` and `DecisionTransformer.o`, until the process ends.
  public let folder: URL
  /// What the compiler had to say, and whether it made them.
  public let output: ProcessOutput

  private static let compiled = Mutex<[[String]: Slot]>([:])
  private static let root: ScratchFolder = {
    atexit { try? FileManager.default.removeItem(at: RuntimeModule.root.url) }
    return ScratchFolder(named: "runtime")
  }()

  /// The runtime compiled with `flags`; seconds, the first time.
  public static func compiled(with flags: [String]) throws -> RuntimeModule {
    let slot = compiled.withLock { compiled in
      if compiled[flags] == nil { compiled[flags] = Slot() }
      return compiled[flags]!
    }
    return try slot.module { try RuntimeModule(flags) }
  }

  private init(_ flags: [String]) throws {
    folder = Self.root.url.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let sources = TestData.package.appending(path: "Sources/DecisionTransformer")
    let files = try FileManager.default.contentsOfDirectory(atPath: sources.path)
      .filter { $0.hasSuffix(".swift") }.sorted().map { sources.appending(path: $0).path }
    output = try SwiftCompiler.run(
      flags + SwiftCompiler.headerFlags + [
        "-wmo", "-parse-as-library", "-swift-version", "6", "-module-name", "DecisionTransformer",
        "-emit-module", "-emit-module-path", "DecisionTransformer.swiftmodule",
        "-c", "-o", "DecisionTransformer.o",
      ] + files, in: folder)
  }

  /// Flags with which another module finds this one and the C module.
  public var flags: [String] { SwiftCompiler.headerFlags + ["-I", folder.path] }

  /// The object, for linking.
  public var object: String { folder.appending(path: "DecisionTransformer.o").path }
}

/// A module that the first to ask compiles, while those who ask after it wait.
private final class Slot: Sendable {
  private let made = Mutex<RuntimeModule?>(nil)

  func module(_ make: () throws -> RuntimeModule) throws -> RuntimeModule {
    try made.withLock { made in
      if let module = made { return module }
      let module = try make()
      made = module
      return module
    }
  }
}
