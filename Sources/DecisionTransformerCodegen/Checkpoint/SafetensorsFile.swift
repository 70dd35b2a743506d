/// A safetensors file: its checked header, and its values, converted when they are asked for.
///
/// The layout is an 8-byte little-endian header length, a JSON header, and the tensors' bytes with
/// neither gap nor overlap (https://github.com/huggingface/safetensors). Everything that the format
/// demands is checked here, as the format's own library does, and names that occur twice are refused
/// besides; which tensors and types a model accepts is not.
public struct SafetensorsFile: Sendable {
  /// One tensor of the file.
  public struct Entry: Equatable, Sendable {
    public var header: TensorHeader
    /// Position in the whole file.
    public var byteRange: Range<Int>

    public var name: String { header.name }
    public var dataType: TensorDataType { header.dataType }
    public var shape: [Int] { header.shape }
    /// The number of elements.
    public var count: Int { byteRange.count * 8 / dataType.bitWidth }
  }

  /// The format's own limit on the length of the header, in bytes.
  public static let maximumHeaderLength = 100_000_000

  /// The file as messages name it.
  public let path: String
  /// The tensors' names in the order of their data.
  public let names: [String]
  public let tensors: [String: Entry]
  /// The strings under `__metadata__`.
  public let metadata: [String: String]
  package let bytes: FileBytes

  /// Reads a file that is already in memory.
  public init(bytes: [UInt8], path: String) throws(InvalidInput) {
    try self.init(.memory(bytes), path: path)
  }

  /// Reads a mapped file, which stays mapped as long as this value or a copy of it lives.
  public init(mapped file: MappedFile, path: String) throws(InvalidInput) {
    try self.init(.mapped(file), path: path)
  }

  /// Maps and reads the file at `path`.
  public init(path: String) throws(InvalidInput) {
    try self.init(try FileBytes(path: path), path: path)
  }

  private init(_ bytes: FileBytes, path: String) throws(InvalidInput) {
    let header = try bytes.withBytes { (bytes) throws(InvalidInput) in
      try SafetensorsHeader(bytes, path: path)
    }
    self.path = path
    self.bytes = bytes
    names = header.entries.map(\.name)
    tensors = Dictionary(header.entries.map { ($0.name, $0) }) { first, _ in first }
    metadata = header.metadata
  }
}
