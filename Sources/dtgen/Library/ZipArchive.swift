import DTGenReports

/// A zip archive whose entries are stored as they are: what a wheel is.
///
/// The same files give the same bytes: entries lie in the order of the files, and all have the date that zip begins with.
struct ZipArchive {
  /// Entries are at most this large, and so is the archive: the sizes have 32 bits, and the largest means something else.
  static let largestByteCount = Int(UInt32.max) - 1

  let files: [OutputFile]

  /// The size of the archive.
  var byteCount: Int {
    files.reduce(Self.endByteCount) { sum, file in
      sum + Self.headerByteCount + Self.entryByteCount + 2 * file.name.utf8.count
        + file.contents.count
    }
  }

  /// The archive; nil where it is too large, or has more files than 16 bits count.
  var bytes: [UInt8]? {
    guard byteCount <= Self.largestByteCount, files.count < Int(UInt16.max) else { return nil }
    var archive = Bytes()
    var directory = Bytes()
    for file in files {
      let offset = archive.bytes.count
      let facts = Self.facts(file)
      archive.append(UInt32(0x0403_4b50))
      archive.bytes += facts
      archive.bytes += file.name.utf8
      archive.bytes += file.contents

      directory.append(UInt32(0x0201_4b50))
      directory.append(Self.madeBy)
      directory.bytes += facts
      directory.append(UInt16(0))  // bytes of a comment
      directory.append(UInt16(0))  // the disk
      directory.append(UInt16(0))  // what is known of the contents
      directory.append(Self.permissions)
      directory.append(UInt32(offset))
      directory.bytes += file.name.utf8
    }
    let start = archive.bytes.count
    archive.bytes += directory.bytes
    archive.append(UInt32(0x0605_4b50))
    archive.append(UInt16(0))  // this disk, and the directory's
    archive.append(UInt16(0))
    archive.append(UInt16(files.count))
    archive.append(UInt16(files.count))
    archive.append(UInt32(directory.bytes.count))
    archive.append(UInt32(start))
    archive.append(UInt16(0))  // bytes of a comment
    return archive.bytes
  }

  private static let headerByteCount = 30
  private static let entryByteCount = 46
  private static let endByteCount = 22

  /// Version 2.0 of the format, by Unix: permissions follow.
  private static let madeBy: UInt16 = 3 << 8 | 20
  /// A plain file that its owner may write and everybody may read.
  private static let permissions: UInt32 = 0o100644 << 16

  /// What a file's header and its entry in the directory have in common.
  private static func facts(_ file: OutputFile) -> [UInt8] {
    var facts = Bytes()
    facts.append(UInt16(20))  // the version that is needed to read it
    facts.append(UInt16(1 << 11))  // names are UTF-8
    facts.append(UInt16(0))  // stored
    facts.append(UInt16(0))  // midnight
    facts.append(UInt16(1 << 5 | 1))  // of the first of January 1980
    facts.append(CRC32.checksum(of: file.contents))
    facts.append(UInt32(file.contents.count))
    facts.append(UInt32(file.contents.count))
    facts.append(UInt16(file.name.utf8.count))
    facts.append(UInt16(0))  // bytes of anything more
    return facts.bytes
  }

  /// Numbers in bytes, the lowest first.
  private struct Bytes {
    var bytes: [UInt8] = []

    mutating func append<Number: FixedWidthInteger>(_ number: Number) {
      withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
  }
}

/// The checksum of zip: the polynomial of Ethernet, bits reversed.
enum CRC32 {
  static func checksum(of bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { remainder, byte in
      remainder >> 8 ^ remainders[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)]
    }
  }

  private static let remainders: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { remainder, _ in
      remainder >> 1 ^ (remainder & 1 == 1 ? 0xedb8_8320 : 0)
    }
  }
}
