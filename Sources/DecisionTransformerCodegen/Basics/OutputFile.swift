/// A generated file in memory.
public struct OutputFile: Equatable, Sendable {
  /// The file's name, without a folder.
  public var name: String
  public var contents: [UInt8]

  public init(name: String, contents: [UInt8]) {
    self.name = name
    self.contents = contents
  }
}
