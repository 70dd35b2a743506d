import Foundation

// A stand-in with the interface of the compiler core: it reads no values and computes nothing.

public struct Plan: Equatable, Sendable {}

/// Everything that one run of the compiler produces.
public struct Compilation: Sendable {
  public var model: Model
  public var plan: Plan
  public var files: [OutputFile]
  /// Warnings and notes; errors are thrown.
  public var remarks: [Diagnostic]
}

/// From a model folder to generated files.
public enum Compiler {
  public static let version = "0.1.0"

  public static func compile(
    folder: String, codeOnly: Bool = false
  ) throws(InvalidInput) -> Compilation {
    let url = URL(fileURLWithPath: folder)
    let name = url.deletingPathExtension().lastPathComponent
    func bytes(_ file: String) -> Data? { try? Data(contentsOf: url.appendingPathComponent(file)) }
    guard let config = bytes("config.json") else {
      throw InvalidInput([
        Diagnostic(path: "\(name).dtmodel/config.json", "is missing; a Hugging Face config is needed")
      ])
    }
    let options = bytes("codegen.json").map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    let model = Model(
      name: name, config: ModelConfig(), options: GenerationOptions(), configDigest: "")
    var files = [
      OutputFile(
        name: "\(name).swift",
        text: "// \(config.count) \(options.count)\npublic struct \(name): ~Copyable {}\n")
    ]
    if !codeOnly, let checkpoint = bytes("model.safetensors") {
      if options.contains("\"file\"") {
        files.append(OutputFile(name: "\(name).weights", contents: Array(checkpoint.prefix(64))))
      } else {
        let text = "// \(checkpoint.count)\nextension \(name) { public init() throws {} }\n"
        files.append(OutputFile(name: "\(name)Weights.swift", text: text))
      }
    }
    return Compilation(
      model: model, plan: Plan(), files: files,
      remarks: [Diagnostic(.note, path: "\(name).dtmodel/config.json", "a remark")])
  }
}
