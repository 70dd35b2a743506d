/// Why packed weights were refused, or a controller could not be made from them.
///
/// One type for everything before the first step: `PackedWeights` throws it, and so does `init` of a
/// generated type.
public enum InitializationError: Error, Equatable, Sendable {
  #if !hasFeature(Embedded)
    /// The file cannot be opened or mapped; `systemError` is the C library's `errno`.
    indirect case unreadableFile(path: String, systemError: Int32)
    /// The text is not base64: the byte at `offset` is wrong, or the text ends too early there.
    case invalidBase64(offset: Int)
  #endif
  /// The bytes do not begin at a multiple of `required` in memory.
  case misalignedWeights(required: Int)
  /// The bytes do not begin with the mark of packed weights.
  case notPackedWeights
  /// The weights are in a version of the format that this library does not read.
  case unsupportedFormatVersion(found: UInt32, supported: UInt32)
  /// Bytes of the header that must be zero are not.
  case damagedHeader
  /// The weights carry no self test: codegen.json left it out, or they are large.
  case noSelfTest
  /// The self test beside the weights is not one of this model.
  case unfitSelfTest
  /// The memory given to the controller does not begin at a multiple of `required`.
  case misalignedMemory(required: Int)
  /// The program was built for instructions that this processor, or its operating system, lacks.
  case unsupportedProcessor
  #if !hasFeature(Embedded)
    /// There are fewer or more bytes than there should be.
    indirect case wrongByteCount(found: Int, expected: Int)
    /// The payload, or the self test behind it, is not the one that was written.
    indirect case wrongChecksum(found: UInt64, expected: UInt64)
    /// The weights were packed for another model, or by another version of the generator.
    indirect case wrongLayout(found: UInt64, expected: UInt64)
    /// The memory given to the controller is too small.
    indirect case memoryTooSmall(byteCount: Int, required: Int)
  #else
    /// There are fewer or more bytes than there should be.
    case wrongByteCount(found: Int, expected: Int)
    /// The payload, or the self test behind it, is not the one that was written.
    case wrongChecksum(found: UInt64, expected: UInt64)
    /// The weights were packed for another model, or by another version of the generator.
    case wrongLayout(found: UInt64, expected: UInt64)
    /// The memory given to the controller is too small.
    case memoryTooSmall(byteCount: Int, required: Int)
  #endif
}

#if !hasFeature(Embedded)
  extension InitializationError: CustomStringConvertible {
    /// One line: what is wrong and, where that says more, what is accepted.
    public var description: String {
      switch self {
      case .unreadableFile(let path, let systemError):
        "\(path): cannot be read: \(systemErrorMessage(systemError))"
      case .invalidBase64(let offset):
        "the weights in the program are not base64 at byte \(offset)"
      case .misalignedWeights(let required):
        "the weights must begin at a multiple of \(required) bytes in memory"
      case .notPackedWeights:
        "these are no packed weights: the first eight bytes must be DTWEIGHT"
      case .unsupportedFormatVersion(let found, let supported):
        "the weights have format version \(found); this library reads version \(supported): "
          + "generate code and weights anew"
      case .damagedHeader:
        "the weights are damaged: the header has values where it must have zeros"
      case .wrongByteCount(let found, let expected):
        "the weights have \(found) bytes where \(expected) are expected"
      case .wrongChecksum(let found, let expected):
        "the weights are damaged: checksum \(PackedWeights.digestText(found)), expected "
          + PackedWeights.digestText(expected)
      case .wrongLayout(let found, let expected):
        "the weights have layout \(PackedWeights.digestText(found)), the generated code has "
          + "\(PackedWeights.digestText(expected)): generate both from the same model with the same "
          + "generator"
      case .noSelfTest:
        "the weights carry no self test: generate them with \"self_test\": true"
      case .unfitSelfTest:
        "the self test beside the weights does not fit the generated code: generate both anew"
      case .memoryTooSmall(let byteCount, let required):
        "the memory has \(byteCount) bytes; the controller needs memorySize, \(required)"
      case .misalignedMemory(let required):
        "the memory must begin at a multiple of memoryAlignment, \(required)"
      case .unsupportedProcessor:
        "this processor lacks instructions the program was built for: build it with another -march"
      }
    }
  }
#endif
