/// How a network is used: what is decided for its code, and changes nothing of what it computes but roundings.
public struct Deployment: Equatable, Sendable, Codable {
  /// Where the generated code comes from.
  public struct Origin: Equatable, Sendable, Codable {
    /// SHA-256 in lower-case hexadecimal; of codegen.json nil where there is none.
    public var configDigest: String
    public var optionsDigest: String?

    public init(configDigest: String, optionsDigest: String?) {
      (self.configDigest, self.optionsDigest) = (configDigest, optionsDigest)
    }
  }

  /// The generated type.
  public var name: String
  public var origin: Origin
  public var access: AccessLevel
  /// B, agents of one controller, each with episodes of its own.
  public var batch: Int
  /// How the matrices of the blocks are stored.
  public var format: WeightFormat
  /// The same of single ones, by their names in the packed weights, where it is another format.
  public var matrixFormats: [String: WeightFormat]
  /// The bound of actions' errors that formats were chosen for, environment units.
  public var maximumActionError: Double?
  /// What `reset()` asks for, environment units.
  public var targetReturn: Double?
  /// Whether there are functions for C.
  public var hasCInterface: Bool
  /// Whether the operations of both phases can be run one by one.
  public var hasOperations: Bool
  /// Whether a self test lies beside the packed weights; nil means where these are small.
  public var hasSelfTest: Bool?
  public var weightStorage: WeightStorage
  /// What generated code has tiles for, each of another number.
  public var targets: [Target]

  public init(
    name: String, origin: Origin, access: AccessLevel, batch: Int, format: WeightFormat,
    matrixFormats: [String: WeightFormat] = [:], maximumActionError: Double? = nil,
    targetReturn: Double?, hasCInterface: Bool,
    hasOperations: Bool = false, hasSelfTest: Bool?, weightStorage: WeightStorage,
    targets: [Target] = Target.numbered
  ) {
    (self.name, self.origin, self.access, self.batch) = (name, origin, access, batch)
    (self.format, self.matrixFormats, self.targetReturn) = (format, matrixFormats, targetReturn)
    self.maximumActionError = maximumActionError
    (self.hasCInterface, self.hasOperations) = (hasCInterface, hasOperations)
    self.hasSelfTest = hasSelfTest
    (self.weightStorage, self.targets) = (weightStorage, targets)
  }
}

extension Deployment {
  /// The format of a matrix of the blocks.
  package func format(of matrix: String) -> WeightFormat { matrixFormats[matrix] ?? format }

  /// Whether some matrices are not float32.
  package var isRounded: Bool {
    format != .float32 || matrixFormats.values.contains { $0 != .float32 }
  }
}

/// The option `precision`: how packed weights are stored.
public enum WeightPrecision: String, CaseIterable, Sendable, Codable {
  case float32
  /// Matrices of the blocks rounded to bfloat16 (to nearest, ties to even); arithmetic stays float32, and so
  /// do embeddings, biases and the action head, which are small.
  case bfloat16
  /// Matrices of the blocks in up to 13 bits, so many that sums of products fit into 32; else as `int8`, and nearer to
  /// float32 than bfloat16.
  case int16
  /// Matrices of the blocks in 8 bits, with a scale for each column; the rows that they are multiplied with in 8 bits,
  /// with a scale for each row, as they come. Sums of products are 32-bit integers, exact. Everything else stays float32.
  case int8
}

/// Access level of the generated declarations.
public enum AccessLevel: String, CaseIterable, Sendable, Codable {
  case `public`, package, `internal`
}

/// Where the packed weights go.
public enum WeightStorage: String, CaseIterable, Sendable, Codable {
  /// Into the program up to 64 MB, into a file above.
  case automatic
  case embedded
  case file
}
