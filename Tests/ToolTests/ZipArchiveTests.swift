import DecisionTransformerCodegen
import Programs
import Testing

@testable import dtgen

@Suite("A zip archive")
struct ZipArchiveTests {
  @Test(
    "has the checksums of zip",
    arguments: [
      ("", 0), ("a", 0xe8b7_be43), ("123456789", 0xcbf4_3926),
      ("The quick brown fox jumps over the lazy dog", 0x414f_a339),
    ] as [(String, UInt32)])
  func checksum(text: String, checksum: UInt32) {
    #expect(CRC32.checksum(of: Array(text.utf8)) == checksum)
  }

  /// What `unzip` and `pip` go by: the directory at the end, and the headers that it leads to.
  @Test("has a directory that tells its files", arguments: UInt64(0)..<20)
  func directory(seed: UInt64) throws {
    let files = Self.files(seed)
    let archive = try #require(ZipArchive(files: files).bytes)
    #expect(ZipArchive(files: files).byteCount == archive.count)
    #expect(ZipArchive(files: files).bytes == archive)

    let reader = Reader(bytes: archive)
    let end = archive.count - 22
    #expect(reader.number(end, 4) == 0x0605_4b50)
    #expect(reader.number(end + 8, 2) == files.count && reader.number(end + 10, 2) == files.count)
    let (length, start) = (reader.number(end + 12, 4), reader.number(end + 16, 4))
    #expect(start + length == end)
    var entry = start
    var next = 0
    for file in files {
      #expect(reader.number(entry, 4) == 0x0201_4b50)
      let header = reader.number(entry + 42, 4)
      // One behind the other, with nothing between them.
      #expect(header == next)
      #expect(reader.number(header, 4) == 0x0403_4b50)
      // From the version that is needed to the length of what is more, they say the same.
      #expect(archive[header + 4..<header + 30] == archive[entry + 6..<entry + 32])
      let name = file.name.utf8.count
      #expect(reader.number(header + 26, 2) == name && reader.number(header + 28, 2) == 0)
      #expect(archive[header + 30..<header + 30 + name].elementsEqual(file.name.utf8))
      #expect(archive[entry + 46..<entry + 46 + name].elementsEqual(file.name.utf8))
      #expect(reader.number(header + 8, 2) == 0)  // stored
      #expect(reader.number(header + 14, 4) == Int(Self.checksum(file.contents)))
      #expect(reader.number(header + 18, 4) == file.contents.count)
      #expect(reader.number(header + 22, 4) == file.contents.count)
      next = header + 30 + name + file.contents.count
      #expect(archive[header + 30 + name..<next].elementsEqual(file.contents))
      #expect(reader.number(entry + 38, 4) == 0o100644 << 16)
      entry += 46 + name
    }
    #expect(next == start && entry == end)
  }

  @Test("is none where its files cannot be counted")
  func tooMany() {
    let file = OutputFile(name: "a", contents: [])
    #expect(ZipArchive(files: Array(repeating: file, count: 0xfffe)).bytes != nil)
    #expect(ZipArchive(files: Array(repeating: file, count: 0xffff)).bytes == nil)
  }

  /// Up to ten files of up to 400 bytes, with names of all kinds.
  private static func files(_ seed: UInt64) -> [OutputFile] {
    var random = SplitMix64(seed: seed)
    return (0..<Int(seed % 11)).map { index in
      OutputFile(
        name: ["a", "folder/b", "é", "a-1.0.dist-info/RECORD"].randomElement(using: &random)!
          + "\(index)",
        contents: (0..<Int.random(in: 0...400, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        })
    }
  }

  /// Bit by bit, as the polynomial is defined.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var remainder = UInt32.max
    for byte in bytes {
      for bit in 0..<8 {
        let differs = (remainder ^ UInt32(byte >> bit)) & 1 == 1
        remainder = remainder >> 1 ^ (differs ? 0xedb8_8320 : 0)
      }
    }
    return ~remainder
  }

  private struct Reader {
    var bytes: [UInt8]

    /// The lowest byte first.
    func number(_ offset: Int, _ count: Int) -> Int {
      bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
  }
}
