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
        text: "// \(config.count) \(options.count)\n\(body(of: name))")
    ]
    if !codeOnly, let checkpoint = bytes("model.safetensors") {
      if options.contains("\"file\"") {
        files.append(OutputFile(name: "\(name).weights", contents: Array(checkpoint.prefix(64))))
      } else {
        let text = "// \(checkpoint.count)\nextension \(name) { public init() throws { self.init(weights: 0) } }\n"
        files.append(OutputFile(name: "\(name)Weights.swift", text: text))
      }
    }
    return Compilation(
      model: model, plan: Plan(), files: files,
      remarks: [Diagnostic(.note, path: "\(name).dtmodel/config.json", "a remark")])
  }

  private static func body(of name: String) -> String {
    """
    public struct \(name): ~Copyable {
      public enum StepError: Error { case none }
      public typealias State = InlineArray<11, Float>
      public typealias Action = InlineArray<3, Float>
      public static let stateDimension = 11, actionDimension = 3, hiddenSize = 128, layerCount = 3
      public static let headCount = 1, window = 20, packedSize = 0, memorySize = 0, layoutDigest = 0
      public init(weights: Int) {}
      public mutating func reset(targetReturn: Float) {}
      public mutating func reset() {}
      public mutating func act(_ state: State, reward: Float = 0) throws(StepError) -> Action { [0, 0, 0] }
      public mutating func prepare() {}
    }

    """
  }
}
