/// What generated output is, beside the code as `.<Name>.manifest.json`: the facts that a reviewer compares and that
/// other people's tools read. Nobody takes them out of Swift text.
public struct Manifest: Equatable, Sendable {
  /// The version of the file's form; a file of another one is refused.
  public static let format = 1

  /// A generated file.
  public struct File: Equatable, Sendable {
    public enum Content: String, CaseIterable, Sendable {
      case code
      /// For C.
      case header
      case weights
    }

    /// Without a folder.
    public var name: String
    public var content: Content
    /// SHA-256 in lower-case hexadecimal; of code and header.
    public var digest: String?
    /// Where the packed weights lie as base64, in bytes; of weights in Swift.
    public var base64: Range<Int>?
  }

  /// A phase with its cost.
  public struct Phase: Equatable, Sendable {
    public var name: String
    public var routines: [String]
    public var multiplyAdds: Int
    /// Bytes of weights read.
    public var weightBytes: Int
  }

  public struct Routine: Equatable, Sendable {
    public var name: String
    public var operationCount: Int
    public var multiplyAdds: Int
    public var weightBytes: Int
  }

  /// A packed tensor.
  public struct Tensor: Equatable, Sendable {
    public var name: String
    public var arrangement: PackedTensor.Arrangement
    /// In bytes from the start of the packed weights.
    public var offset: Int
    public var bytes: Int
    /// Of its rows, or of the weights of a map.
    public var formula: String
    /// Of the biases of a map; nil where they are zeros.
    public var bias: String?
    /// Formulas of names in these that are no packed tensors.
    public var definitions: [JSONMember]
    /// Tensors of the checkpoint and options, with the parts that are read in brackets.
    public var sources: [String]
  }

  /// Tensors of the checkpoint that nothing is made of, and why.
  public struct Unread: Equatable, Sendable {
    public var reason: String
    public var tensors: [String]
  }

  /// A region of a controller's memory.
  public struct Buffer: Equatable, Sendable {
    public var name: String
    public var shape: String
    /// In bytes.
    public var offset: Int
    public var bytes: Int
    public var purpose: String
  }

  /// What is known with the checkpoint alone.
  public struct PackedNumbers: Equatable, Sendable {
    public enum Place: String, CaseIterable, Sendable { case program, file }

    /// Of the payload.
    public var checksum: UInt64
    public var place: Place
    public var hasSelfTest: Bool

    package init(checksum: UInt64, place: Place, hasSelfTest: Bool) {
      self.checksum = checksum
      self.place = place
      self.hasSelfTest = hasSelfTest
    }
  }

  /// The version of dtgen.
  public var generator: String
  public var model: String
  /// SHA-256 of config.json, and of codegen.json where there is one.
  public var configDigest: String
  public var optionsDigest: String?
  public var layoutDigest: UInt64
  /// Without the manifest itself.
  public var files: [File] = []
  /// What is computed, under the keys of config.json that decide it.
  public var shape: [JSONMember]
  /// How it is used, under the keys of codegen.json.
  public var options: [JSONMember]
  /// How the matrices of the blocks are stored.
  public var weightFormats: [WeightFormat]
  /// What the code has tiles for.
  public var targets: [Target]
  /// The form of each layer.
  public var attention: [String]
  public var phases: [Phase]
  public var routines: [Routine]
  public var weightBytes: Int
  public var tensors: [Tensor]
  public var unread: [Unread]
  public var memoryBytes: Int
  public var buffers: [Buffer]
  public var packedNumbers: PackedNumbers?
  /// How far rounded weights move what the model computes.
  public var precisionCost: [JSONMember]?
}

extension Manifest {
  /// What the code alone says, whatever the checkpoint is.
  public var ofCode: Manifest {
    var manifest = self
    manifest.files.removeAll { $0.content == .weights }
    (manifest.packedNumbers, manifest.precisionCost) = (nil, nil)
    return manifest
  }
}

extension Manifest.Tensor {
  /// `128x512 strips`
  package var shapeText: String {
    switch arrangement {
    case .strips(let depth, let columns, let format): "\(depth)x\(columns) \(format.tableName)"
    case .rows(let rows, let columns): rows == 1 ? "\(columns) rows" : "\(rows)x\(columns) rows"
    }
  }
}
