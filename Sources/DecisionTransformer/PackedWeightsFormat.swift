extension PackedWeights {
  /// The bytes before the payload: 64. All numbers are little-endian.
  ///
  /// | bytes | what |
  /// |---|---|
  /// | 0 ..< 8 | `DTWEIGHT` in ASCII |
  /// | 8 ..< 12 | version of this format, 2 |
  /// | 12 ..< 16 | zero |
  /// | 16 ..< 24 | digest of the layout: generated code has the same one |
  /// | 24 ..< 32 | bytes of the payload |
  /// | 32 ..< 40 | checksum of the payload |
  /// | 40 ..< 48 | bytes of the self test behind the payload; zero without one |
  /// | 48 ..< 56 | checksum of the self test; zero without one |
  /// | 56 ..< 64 | zero |
  /// | 64 ... | payload, then the self test (see `SelfTestEpisode`) |
  public static var headerByteCount: Int { 64 }

  /// The version of the format that this library reads: 2.
  public static var formatVersion: UInt32 { 2 }

  /// A checksum of 64 bits, for damage and not for attacks.
  ///
  /// The bytes, continued with zeros to a multiple of 32, are read as little-endian 64-bit words. Word k
  /// changes state k mod 4: `s = rotateLeft((s xor word) · m, 29)`, m = 0x9e3779b97f4a7c15, and the
  /// four states begin with 1, 2, 3, 4. The result begins with the number of bytes and takes in the
  /// four states by the same step. Each step maps different words to different states and different
  /// states to different states, so damage within one word never goes unseen.
  public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
    let whole = bytes.count & ~31
    var offset = 0
    while offset < whole {
      a = mix(a, bytes.littleEndianWord(at: offset))
      b = mix(b, bytes.littleEndianWord(at: offset &+ 8))
      c = mix(c, bytes.littleEndianWord(at: offset &+ 16))
      d = mix(d, bytes.littleEndianWord(at: offset &+ 24))
      offset &+= 32
    }
    if whole < bytes.count {
      a = mix(a, bytes.lastWord(at: whole))
      b = mix(b, bytes.lastWord(at: whole &+ 8))
      c = mix(c, bytes.lastWord(at: whole &+ 16))
      d = mix(d, bytes.lastWord(at: whole &+ 24))
    }
    return mix(mix(mix(mix(bytes.countWord, a), b), c), d)
  }

  @inline(__always)
  private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word) &* 0x9e37_79b9_7f4a_7c15
    return product &<< 29 | product &>> 35
  }

  /// That of the self test: of no bytes it is zero.
  static func selfTestChecksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    bytes.count == 0 ? 0 : checksum(bytes)
  }

  #if !hasFeature(Embedded)
    /// The 64 bytes to write before a payload of `byteCount` bytes and the self test behind it. Allocates the result.
    ///
    /// - Parameters:
    ///   - layoutDigest: Identifies the payload's layout.
    ///   - byteCount: Bytes of the payload.
    ///   - checksum: ``checksum(_:)`` of the payload.
    ///   - selfTest: The self test's bytes; empty without one.
    public static func header(
      layoutDigest: UInt64, byteCount: Int, checksum: UInt64, selfTest: [UInt8] = []
    ) -> [UInt8] {
      let words = [
        Header.mark, UInt64(formatVersion), layoutDigest, UInt64(byteCount), checksum,
        UInt64(selfTest.count), selfTest.withUnsafeBytes { selfTestChecksum($0) }, 0,
      ]
      return words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }
  #endif

  /// The header's values, read from at least 64 bytes.
  struct Header {
    /// `DTWEIGHT`
    static var mark: UInt64 { 0x5448_4749_4557_5444 }

    let mark, layoutDigest, byteCount, checksum, selfTestByteCount, selfTestChecksum: UInt64
    let version: UInt32
    /// All the bytes that must be zero, joined by or.
    let reserved: UInt64

    init(_ bytes: UnsafeRawBufferPointer) {
      let second = bytes.littleEndianWord(at: 8)
      mark = bytes.littleEndianWord(at: 0)
      version = UInt32(truncatingIfNeeded: second)
      layoutDigest = bytes.littleEndianWord(at: 16)
      byteCount = bytes.littleEndianWord(at: 24)
      checksum = bytes.littleEndianWord(at: 32)
      selfTestByteCount = bytes.littleEndianWord(at: 40)
      selfTestChecksum = bytes.littleEndianWord(at: 48)
      reserved = second &>> 32 | bytes.littleEndianWord(at: 56)
    }
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  func littleEndianWord(at offset: Int) -> UInt64 {
    UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// The word at `offset`, which may reach or lie beyond the end: continued with zeros.
  func lastWord(at offset: Int) -> UInt64 {
    var word = SIMD8<UInt8>()
    for index in 0..<8 where offset + index < count {
      word[index] = self[offset + index]
    }
    return UInt64(littleEndian: unsafeBitCast(word, to: UInt64.self))
  }

  /// The number of bytes. (In Embedded Swift for 32 bits, `UInt64(count)` counts as an allocation.)
  var countWord: UInt64 {
    let halves = SIMD2(UInt32(truncatingIfNeeded: count), UInt32(truncatingIfNeeded: count >> 32))
    return UInt64(littleEndian: unsafeBitCast(halves, to: UInt64.self))
  }
}
