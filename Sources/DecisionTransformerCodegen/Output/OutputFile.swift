/// One file of generated output: its name inside the output folder, and its bytes.
public struct OutputFile: Equatable, Sendable {
  /// For example `Hopper.swift`, `HopperWeights.swift` or `Hopper.weights`.
  public var name: String
  public var contents: [UInt8]

  public init(name: String, contents: [UInt8]) {
    self.name = name
    self.contents = contents
  }

  /// A text file in UTF-8.
  public init(name: String, text: String) {
    self.init(name: name, contents: Array(text.utf8))
  }
}
