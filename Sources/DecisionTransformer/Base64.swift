#if !hasFeature(Embedded)
  extension PackedWeights {
    /// Decodes packed weights that lie in the program as base64: the whole file, header included, in
    /// the standard alphabet with padding and without line breaks.
    ///
    /// Allocates memory for the bytes, freed when the last copy of the value goes. Generated `embeddedWeights()`
    /// does this once in a program.
    ///
    /// - Throws: `invalidBase64`, and what `init(_:)` throws of the bytes.
    public init(base64 text: StaticString) throws(InitializationError) {
      try self.init(
        base64: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The same for a text in memory, which is not needed afterwards.
    public init(base64 text: UnsafeBufferPointer<UInt8>) throws(InitializationError) {
      try Processor.check()
      self = try Self.decoded(text)
    }

    /// Not inlined: see `Processor`.
    @inline(never)
    private static func decoded(
      _ text: UnsafeBufferPointer<UInt8>
    ) throws(InitializationError) -> PackedWeights {
      let weights = try DecodedBase64(text)
      return try PackedWeights(weights.bytes, owner: weights)
    }
  }

  /// The bytes that a base64 text stands for, at a multiple of 64.
  private final class DecodedBase64: Sendable {
    private let memory: AlignedMemory
    private let byteCount: Int

    var bytes: UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: memory.base, count: byteCount)
    }

    init(_ text: UnsafeBufferPointer<UInt8>) throws(InitializationError) {
      guard text.count % 4 == 0 else { throw .invalidBase64(offset: text.count) }
      let padding = text.suffix(2).reduce(0) { $0 + ($1 == UInt8(ascii: "=") ? 1 : 0) }
      byteCount = text.count / 4 * 3 - padding
      // Eight bytes are stored for every six, hence the room behind the last.
      memory = AlignedMemory(byteCount: byteCount + 8)
      let input = UnsafeRawBufferPointer(text)
      var read = 0
      var written = 0
      // The last group of four may have padding and is decoded apart.
      while text.count - read > 8 {
        let six = try Self.decode(input.littleEndianWord(at: read), at: read)
        memory.base.storeBytes(of: six, toByteOffset: written, as: UInt64.self)
        read &+= 8
        written &+= 6
      }
      // The rest, four or eight characters, filled up with the character for zero.
      var rest: UInt64 = 0x4141_4141_4141_4141
      for index in read..<(text.count - padding) {
        let shift = UInt64(8 * (index - read))
        rest = rest & ~(0xff << shift) | UInt64(text[index]) << shift
      }
      let six = try Self.decode(rest, at: read)
      for index in written..<byteCount {
        memory.base.storeBytes(
          of: UInt8(truncatingIfNeeded: six >> UInt64(8 * (index - written))), toByteOffset: index,
          as: UInt8.self)
      }
      // Bits of the last character that belong to no byte must be zero.
      guard six >> UInt64(8 * (byteCount - written)) == 0 else {
        throw .invalidBase64(offset: text.count - padding - 1)
      }
    }

    /// Eight characters, the first in the lowest byte, to six bytes in the same order.
    ///
    /// All eight at once in one 64-bit number, which keeps unoptimised builds quick too.
    @inline(__always)
    private static func decode(_ text: UInt64, at offset: Int) throws(InitializationError) -> UInt64
    {
      let ones: UInt64 = 0x0101_0101_0101_0101
      let highBits = 0x80 &* ones
      let ascii = text & ~highBits
      // The high bit of each byte: is the character at least this one? No sum reaches 256.
      let fromPlus = (ascii &+ (0x80 - 0x2b) &* ones) & highBits
      let afterPlus = (ascii &+ (0x80 - 0x2c) &* ones) & highBits
      let fromSlash = (ascii &+ (0x80 - 0x2f) &* ones) & highBits
      let fromZero = (ascii &+ (0x80 - 0x30) &* ones) & highBits
      let afterNine = (ascii &+ (0x80 - 0x3a) &* ones) & highBits
      let fromUpperA = (ascii &+ (0x80 - 0x41) &* ones) & highBits
      let afterUpperZ = (ascii &+ (0x80 - 0x5b) &* ones) & highBits
      let fromLowerA = (ascii &+ (0x80 - 0x61) &* ones) & highBits
      let afterLowerZ = (ascii &+ (0x80 - 0x7b) &* ones) & highBits
      // "/" and the digits are neighbours.
      let valid =
        (fromPlus ^ afterPlus | fromSlash ^ afterNine | fromUpperA ^ afterUpperZ
          | fromLowerA ^ afterLowerZ) & ~text
      guard valid & highBits == highBits else {
        throw .invalidBase64(offset: offset + (~valid & highBits).trailingZeroBitCount / 8)
      }
      // What to add to a character to get its value modulo 64: + 19, / 16, digits 4, A-Z 63, a-z 57.
      let difference =
        (fromPlus &>> 7) &* 19 &- (fromSlash &>> 7) &* 3 &- (fromZero &>> 7) &* 12
        &+ (fromUpperA &>> 7) &* 59 &- (fromLowerA &>> 7) &* 6
      let values = (ascii &+ difference) & (0x3f &* ones)
      // Neighbours join: 8 x 6 bits, 4 x 12, 2 x 24, 48.
      var bits = values.byteSwapped
      bits = bits &>> 2 & 0x0fc0_0fc0_0fc0_0fc0 | bits & 0x003f_003f_003f_003f
      bits = bits &>> 4 & 0x00ff_f000_00ff_f000 | bits & 0x0000_0fff_0000_0fff
      bits = bits &>> 8 & 0x0000_ffff_ff00_0000 | bits & 0x0000_0000_00ff_ffff
      return (bits &<< 16).byteSwapped
    }
  }
#endif
