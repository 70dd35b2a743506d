import DecisionTransformer
import Foundation
import TestFolders
import Testing

@Suite struct PackedWeightsTests {
  static let digest: UInt64 = 0x0123_4567_89ab_cdef
  static let payloadCounts = [0, 1, 31, 32, 33, 64, 100, 4096]

  @Test(arguments: payloadCounts)
  func bytesInMemoryAreUsedInPlace(count: Int) throws {
    let file = PackedFile(payload: bytes(count))
    try file.withAlignedBytes { bytes in
      let weights = try PackedWeights(bytes)
      #expect(weights.layoutDigest == Self.digest)
      let payload = try weights.payload(layoutDigest: Self.digest, byteCount: count)
      #expect(payload == bytes.baseAddress! + 64)
    }
  }

  @Test(arguments: payloadCounts)
  func aMappedFileHasTheBytesOfTheFile(count: Int) throws {
    let file = PackedFile(payload: bytes(count))
    try withTemporaryFile(file.bytes) { path in
      var first: PackedWeights? = try PackedWeights(path: path)
      let copy = try #require(first)
      // The file may go, and so may the first copy: the bytes stay until the last copy is gone.
      try FileManager.default.removeItem(atPath: path)
      first = nil
      let payload = try copy.payload(layoutDigest: Self.digest, byteCount: count)
      #expect(Int(bitPattern: payload) % 64 == 0)
      #expect(contents(payload, count) == file.payload)
      withExtendedLifetime(copy) {}
    }
  }

  #if os(Linux)
    @Test func theFileIsUnmappedWithTheLastCopy() throws {
      func isMapped(_ path: String) throws -> Bool {
        let maps = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
        return try #require(try maps.readToEnd()).range(of: Data(path.utf8)) != nil
      }
      try withTemporaryFile(PackedFile(payload: bytes(64)).bytes) { path in
        var first: PackedWeights? = try PackedWeights(path: path)
        var copy = first
        first = nil
        #expect(try isMapped(path))
        #expect(copy?.layoutDigest == Self.digest)
        copy = nil
        #expect(try !isMapped(path))
        _ = (first, copy)
      }
    }
  #endif

  /// All lengths modulo 3 and modulo the groups that are decoded together.
  @Test(arguments: 0..<50)
  func base64HasTheBytesItStandsFor(count: Int) throws {
    let file = PackedFile(payload: bytes(count))
    let text = Array(Data(file.bytes).base64EncodedData())
    let weights = try text.withUnsafeBufferPointer { try PackedWeights(base64: $0) }
    let payload = try weights.payload(layoutDigest: Self.digest, byteCount: count)
    #expect(Int(bitPattern: payload) % 64 == 0)
    #expect(contents(payload, count) == file.payload)
    withExtendedLifetime(weights) {}
  }

  /// A payload in which every group of six bits occurs at every place.
  @Test func base64DecodesEveryCharacterEverywhere() throws {
    var numbers = Numbers(seed: 3)
    let payload = (0..<30_000).map { _ in UInt8(truncatingIfNeeded: numbers.word() >> 40) }
    let text = Array(Data(PackedFile(payload: payload).bytes).base64EncodedData())
    #expect(Set(text.dropLast(2)).count == 64)
    let weights = try text.withUnsafeBufferPointer { try PackedWeights(base64: $0) }
    let decoded = try weights.payload(layoutDigest: Self.digest, byteCount: payload.count)
    #expect(contents(decoded, payload.count) == payload)
    withExtendedLifetime(weights) {}
  }

  /// No byte but the 64 characters is taken, in any of the places that are decoded together or apart.
  @Test func base64NamesTheFirstWrongByte() throws {
    let text = Array(Data(PackedFile(payload: bytes(10)).bytes).base64EncodedData())
    let alphabet = Set(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for byte in UInt8.min...UInt8.max where !alphabet.contains(byte) {
      for offset in [0, 1, 2, 3, 4, 5, 6, 7, 9, 88, text.count - 8, text.count - 4] {
        var wrong = text
        wrong[offset] = byte
        #expect(throws: InitializationError.invalidBase64(offset: offset)) {
          _ = try wrong.withUnsafeBufferPointer { try PackedWeights(base64: $0) }
        }
      }
    }
    #expect(throws: InitializationError.invalidBase64(offset: text.count - 1)) {
      _ = try text.dropLast().withUnsafeBufferPointer { try PackedWeights(base64: $0) }
    }
    // 74 bytes end in one padding character; the two bits before it belong to no byte.
    var loose = text
    #expect(loose.suffix(1) == [UInt8(ascii: "=")])
    loose[loose.count - 2] += 1
    #expect(throws: InitializationError.invalidBase64(offset: text.count - 2)) {
      _ = try loose.withUnsafeBufferPointer { try PackedWeights(base64: $0) }
    }
  }

  @Test func base64OfALiteralIsTheSame() throws {
    // The header of an empty payload, packed for layout 1.
    let weights = try PackedWeights(
      base64: """
        RFRXRUlHSFQCAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAD/Pwsm0Zqq2gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==
        """)
    #expect(weights.layoutDigest == 1)
  }

  @Test func anotherLayoutOrSizeIsRefused() throws {
    try PackedFile(payload: bytes(96)).withAlignedBytes { bytes in
      let weights = try PackedWeights(bytes)
      #expect(throws: InitializationError.wrongLayout(found: Self.digest, expected: 5)) {
        try weights.payload(layoutDigest: 5, byteCount: 96)
      }
      #expect(throws: InitializationError.wrongByteCount(found: 96, expected: 95)) {
        try weights.payload(layoutDigest: Self.digest, byteCount: 95)
      }
    }
  }

  /// Whatever byte is damaged, in whatever way, the weights are refused; only the digest is left to
  /// `payload(layoutDigest:byteCount:)`.
  @Test(arguments: [0, 41]) func everyDamagedByteIsNoticed(selfTestCount: Int) throws {
    let file = PackedFile(payload: bytes(75), selfTest: bytes(selfTestCount))
    for offset in file.bytes.indices {
      for damage: UInt8 in [0x01, 0x80, 0xff] {
        var damaged = file
        damaged.bytes[offset] ^= damage
        damaged.withAlignedBytes { bytes in
          let error = #expect(throws: InitializationError.self) {
            _ = try PackedWeights(bytes).payload(layoutDigest: Self.digest, byteCount: 75)
          }
          let isExpected =
            switch (offset, error) {
            case (0..<8, .notPackedWeights), (8..<12, .unsupportedFormatVersion(_, supported: 2)),
              (12..<16, .damagedHeader), (16..<24, .wrongLayout(_, expected: Self.digest)),
              (24..<32, .wrongByteCount), (32..<40, .wrongChecksum), (40..<48, .wrongByteCount),
              (48..<56, .wrongChecksum), (56..<64, .damagedHeader), (64..., .wrongChecksum):
              true
            default: false
            }
          #expect(isExpected, "byte \(offset): \(String(describing: error))")
        }
      }
    }
  }

  @Test(arguments: payloadCounts)
  func theSelfTestLiesBehindThePayload(count: Int) throws {
    let file = PackedFile(payload: bytes(count), selfTest: bytes(57))
    try file.withAlignedBytes { bytes in
      let weights = try PackedWeights(bytes)
      let payload = try weights.payload(layoutDigest: Self.digest, byteCount: count)
      #expect(contents(payload, count) == file.payload)
      #expect(weights.selfTest.map { Array($0) } == self.bytes(57))
    }
    try PackedFile(payload: bytes(count)).withAlignedBytes { bytes in
      let weights = try PackedWeights(bytes)
      #expect(weights.selfTest == nil)
    }
  }

  /// A file from before there were self tests says so, instead of looking damaged.
  @Test func anOlderVersionIsRefused() {
    var file = PackedFile(payload: bytes(64))
    file.bytes[8] = 1
    file.withAlignedBytes { bytes in
      let error = #expect(
        throws: InitializationError.unsupportedFormatVersion(found: 1, supported: 2)
      ) { try PackedWeights(bytes) }
      #expect(
        "\(error!)" == "the weights have format version 1; this library reads version 2: "
          + "generate code and weights anew")
    }
  }

  @Test func missingAndSpareBytesAreRefused() throws {
    let file = PackedFile(payload: bytes(40))
    for count in 0..<file.bytes.count {
      var short = file
      short.bytes.removeLast(file.bytes.count - count)
      let expected = count < 64 ? 64 : file.bytes.count
      short.withAlignedBytes { bytes in
        #expect(throws: InitializationError.wrongByteCount(found: count, expected: expected)) {
          try PackedWeights(bytes)
        }
      }
      if count.isMultiple(of: 13) {
        try withTemporaryFile(short.bytes) { path in
          #expect(throws: InitializationError.wrongByteCount(found: count, expected: expected)) {
            try PackedWeights(path: path)
          }
        }
      }
    }
    var long = file
    long.bytes.append(0)
    long.withAlignedBytes { bytes in
      #expect(throws: InitializationError.wrongByteCount(found: 105, expected: 104)) {
        try PackedWeights(bytes)
      }
    }
    #expect(throws: InitializationError.wrongByteCount(found: 0, expected: 64)) {
      try PackedWeights(UnsafeRawBufferPointer(start: nil, count: 0))
    }
  }

  @Test func misalignedBytesAreRefused() {
    let file = PackedFile(payload: bytes(40))
    for offset in [1, 4, 16, 32, 63] {
      file.withAlignedBytes(movedBy: offset) { bytes in
        #expect(throws: InitializationError.misalignedWeights(required: 64)) {
          try PackedWeights(bytes)
        }
      }
    }
  }

  @Test func aFileThatCannotBeReadIsNamed() {
    let path = NSTemporaryDirectory() + "no-such-\(UUID().uuidString)"
    let error = #expect(throws: InitializationError.unreadableFile(path: path, systemError: ENOENT))
    {
      try PackedWeights(path: path)
    }
    #expect("\(error!)" == "\(path): cannot be read: No such file or directory")
    #expect(throws: InitializationError.self) {
      try PackedWeights(path: NSTemporaryDirectory())
    }
  }

  /// The definition, read from the documentation of `checksum`, byte by byte.
  @Test(arguments: payloadCounts)
  func checksumIsWhatItsDocumentationSays(count: Int) {
    func step(_ state: UInt64, _ word: UInt64) -> UInt64 {
      let product = (state ^ word) &* 0x9e37_79b9_7f4a_7c15
      return product << 29 | product >> 35
    }
    let bytes = bytes(count)
    let padded = bytes + Array(repeating: 0, count: (32 - count % 32) % 32)
    var states: [UInt64] = [1, 2, 3, 4]
    for word in 0..<padded.count / 8 {
      let value = (0..<8).reduce(UInt64(0)) { $0 | UInt64(padded[8 * word + $1]) << (8 * $1) }
      states[word % 4] = step(states[word % 4], value)
    }
    let expected = states.reduce(UInt64(count), step)
    #expect(bytes.withUnsafeBytes { PackedWeights.checksum($0) } == expected)
    // Bytes that do not begin at a multiple of anything give the same.
    let moved = [7] + bytes
    #expect(moved.dropFirst().withUnsafeBytes { PackedWeights.checksum($0) } == expected)
  }

  private func bytes(_ count: Int) -> [UInt8] {
    var numbers = Numbers(seed: UInt64(count))
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: numbers.word() >> 40) }
  }

  private func contents(_ start: UnsafeRawPointer, _ count: Int) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: start, count: count))
  }
}

/// A file of packed weights as the generator writes it.
private struct PackedFile {
  let payload: [UInt8]
  var bytes: [UInt8]

  init(payload: [UInt8], selfTest: [UInt8] = []) {
    self.payload = payload
    bytes =
      PackedWeights.header(
        layoutDigest: PackedWeightsTests.digest, byteCount: payload.count,
        checksum: payload.withUnsafeBytes { PackedWeights.checksum($0) }, selfTest: selfTest)
      + payload + selfTest
  }

  /// Calls `body` with the bytes at a multiple of 64, or so many bytes behind one.
  func withAlignedBytes(
    movedBy offset: Int = 0, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    let memory = AlignedMemory(byteCount: bytes.count + offset)
    let buffer = UnsafeMutableRawBufferPointer(start: memory.base + offset, count: bytes.count)
    buffer.copyBytes(from: bytes)
    try body(UnsafeRawBufferPointer(buffer))
    withExtendedLifetime(memory) {}
  }
}

private func withTemporaryFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
  let folder = ScratchFolder(named: "weights")
  try body(folder.write("Model.weights", bytes).path)
}
