/// The weights of a model, packed and checked.
///
/// The bytes are shared, not copied: any number of controllers, on any threads, read the same ones.
/// Making a value reads every byte once for the checksum, so that pages of a mapped file are in memory
/// before the first step. ``headerByteCount`` describes the format.
///
/// Every `init` begins with ``Processor/check()``. Since controllers are made from packed weights, none of the code that
/// computes is reached on a processor that lacks its instructions.
///
/// A value is made before the first step, where a program may allocate and take its time. Copies of it count
/// references, which is no allocation; steps make none.
public struct PackedWeights: @unchecked Sendable {
  /// The whole file, header first.
  private let bytes: UnsafeRawBufferPointer
  #if !hasFeature(Embedded)
    /// What frees the bytes when the last copy of the value goes; nil where they are the caller's.
    private let owner: (AnyObject & Sendable)?
  #endif

  /// Packed weights in memory that the caller keeps as long as the value or a controller made from it
  /// exists: flash, an embedded array, a buffer. Allocates nothing and reads every byte once.
  ///
  /// - Parameter bytes: The whole file, header first, at a multiple of 64 bytes.
  /// - Throws: `misalignedWeights`, `wrongByteCount`, `notPackedWeights`, `unsupportedFormatVersion`,
  ///   `damagedHeader` or `wrongChecksum`: everything that can be found without knowing the model.
  public init(_ bytes: UnsafeRawBufferPointer) throws(InitializationError) {
    try Processor.check()
    try Self.check(bytes)
    self.bytes = bytes
    #if !hasFeature(Embedded)
      owner = nil
    #endif
  }

  #if !hasFeature(Embedded)
    /// After `Processor.check()`: whoever made the bytes has called it before.
    init(_ bytes: UnsafeRawBufferPointer, owner: AnyObject & Sendable) throws(InitializationError) {
      try Self.check(bytes)
      self.bytes = bytes
      self.owner = owner
    }
  #endif

  /// The digest of the layout the weights were packed in: a generated type's `layoutDigest` where they fit it.
  public var layoutDigest: UInt64 {
    Header(bytes).layoutDigest
  }

  #if !hasFeature(Embedded)
    /// A digest or a checksum as it is written everywhere: 16 hexadecimal digits, zeros in front among them.
    public static func digestText(_ digest: UInt64) -> String {
      let digits = String(digest, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
  #endif

  /// The payload, if it has the given layout and size. `init` of generated types calls it.
  ///
  /// - Parameters:
  ///   - layoutDigest: The layout that the caller reads.
  ///   - byteCount: The payload's bytes in that layout.
  /// - Returns: The payload at a multiple of 64 bytes, valid as long as a copy of this value exists.
  /// - Throws: `wrongLayout`, `wrongByteCount`.
  public func payload(
    layoutDigest: UInt64, byteCount: Int
  ) throws(InitializationError) -> UnsafeRawPointer {
    let header = Header(bytes)
    guard header.layoutDigest == layoutDigest else {
      throw .wrongLayout(found: header.layoutDigest, expected: layoutDigest)
    }
    let payload = Self.payload(of: bytes)
    guard payload.count == byteCount, let base = payload.baseAddress else {
      throw .wrongByteCount(found: payload.count, expected: byteCount)
    }
    return base
  }

  /// The whole file: the header, the payload, the self test. Valid as long as a copy of this value exists.
  public var wholeFile: UnsafeRawBufferPointer { bytes }

  /// The bytes of the self test, at any address; nil without one. Valid as long as a copy of this
  /// value exists.
  public var selfTest: UnsafeRawBufferPointer? {
    let section = Self.selfTest(of: bytes)
    return section.count == 0 ? nil : section
  }

  /// Everything that can be checked without knowing the model. Not inlined: see `Processor`.
  @inline(never)
  private static func check(_ bytes: UnsafeRawBufferPointer) throws(InitializationError) {
    guard Int(bitPattern: bytes.baseAddress) % AlignedMemory.alignment == 0 else {
      throw .misalignedWeights(required: AlignedMemory.alignment)
    }
    guard bytes.count >= headerByteCount else {
      throw .wrongByteCount(found: bytes.count, expected: headerByteCount)
    }
    let header = Header(bytes)
    guard header.mark == Header.mark else { throw .notPackedWeights }
    guard header.version == formatVersion else {
      throw .unsupportedFormatVersion(found: header.version, supported: formatVersion)
    }
    guard header.reserved == 0 else { throw .damagedHeader }
    let size = UnsafeRawBufferPointer(rebasing: bytes[headerByteCount...]).countWord
    guard header.byteCount <= size, header.selfTestByteCount == size - header.byteCount else {
      throw .wrongByteCount(
        found: bytes.count,
        expected: Int(truncatingIfNeeded: header.byteCount &+ header.selfTestByteCount)
          &+ headerByteCount)
    }
    let checksum = checksum(payload(of: bytes))
    guard checksum == header.checksum else {
      throw .wrongChecksum(found: checksum, expected: header.checksum)
    }
    let selfTestChecksum = selfTestChecksum(selfTest(of: bytes))
    guard selfTestChecksum == header.selfTestChecksum else {
      throw .wrongChecksum(found: selfTestChecksum, expected: header.selfTestChecksum)
    }
  }

  private static func payload(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[headerByteCount..<payloadEnd(in: bytes)])
  }

  private static func selfTest(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[payloadEnd(in: bytes)...])
  }

  private static func payloadEnd(in bytes: UnsafeRawBufferPointer) -> Int {
    headerByteCount &+ Int(truncatingIfNeeded: Header(bytes).byteCount)
  }
}
