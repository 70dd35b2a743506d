import Foundation
import TestFolders

/// Compiles sources as one module that imports the runtime, both with the same flags.
public struct ModuleCompiler {
  /// What is asked for.
  public enum Product {
    case object, assembly

    fileprivate var flags: [String] {
      switch self {
      case .object: ["-c", "-o", file]
      case .assembly: ["-emit-assembly", "-o", file]
      }
    }

    fileprivate var file: String {
      switch self {
      case .object: "Model.o"
      case .assembly: "Model.s"
      }
    }
  }

  /// What a run of the compiler left.
  public struct Result {
    /// How it ended, with its errors and warnings.
    public let output: ProcessOutput
    /// The product, nil if there is none.
    public let product: Data?
  }

  private let flags: [String]

  public init(flags: [String]) { self.flags = flags }

  /// The runtime alone.
  public func compileRuntime() throws -> Result {
    let runtime = try RuntimeModule.compiled(with: flags)
    return Result(
      output: runtime.output, product: try? Data(contentsOf: URL(fileURLWithPath: runtime.object)))
  }

  /// A module of these sources, for example the files of a generated model; the runtime's own result where that
  /// cannot be compiled.
  public func compile(_ sources: [URL], to product: Product = .object) throws -> Result {
    let runtime = try RuntimeModule.compiled(with: flags)
    guard runtime.output.status == 0 else { return Result(output: runtime.output, product: nil) }
    let folder = ScratchFolder(named: "module")
    let output = try SwiftCompiler.run(
      flags + runtime.flags + [
        "-wmo", "-parse-as-library", "-swift-version", "6", "-module-name", "Model",
      ] + product.flags + sources.map(\.path), in: folder.url)
    return Result(
      output: output, product: try? Data(contentsOf: folder.url.appending(path: product.file)))
  }

  /// The same for one file with this text.
  public func compile(_ text: String, to product: Product = .object) throws -> Result {
    let folder = ScratchFolder(named: "source")
    return try compile([folder.write("Source.swift", text)], to: product)
  }
}
