/// The entries of a zip archive, all stored uncompressed: where each one's bytes lie in the file.
///
/// As much of the format (APPNOTE.TXT of PKWARE, with the 64-bit extension) as archives of
/// `torch.save` use. Every position is checked against the file before it is used.
package struct ZipArchive {
  /// By name.
  package private(set) var entries: [String: Range<Int>] = [:]
  private let bytes: UnsafeRawBufferPointer

  /// What every zip archive begins with.
  package static func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 0x03, 0x04])
  }

  /// Reads the directory of the archive `bytes`, which messages call `path`.
  package init(_ bytes: UnsafeRawBufferPointer, path: String) throws(Diagnostic) {
    self.bytes = bytes
    let directory: Range<Int>
    do throws(Damage) {
      directory = try self.directory()
    } catch {
      throw Diagnostic(path: path, error.message)
    }
    var position = directory.lowerBound
    while position < directory.upperBound {
      do throws(Damage) {
        let entry = try self.entry(at: position, directory: directory)
        position = entry.end
        // A folder has no bytes.
        if entry.name.hasSuffix("/") { continue }
        guard entries.updateValue(entry.range, forKey: entry.name) == nil else {
          throw Damage("entry \(PickleValue.text(entry.name).excerpt) occurs twice; accepted: once")
        }
      } catch {
        throw Diagnostic(path: path, error.message)
      }
    }
  }
}

// MARK: - Reading

extension ZipArchive {
  private struct Damage: Error {
    package var message: String

    package init(_ message: String) { self.message = message }

    package static let position = Damage(
      "is a damaged zip archive: a position lies outside the file")
  }

  /// A little-endian number of `size` bytes at `position`.
  private func number(_ position: Int, _ size: Int) throws(Damage) -> Int {
    guard position >= 0, position <= bytes.count - size else { throw .position }
    let number = (0..<size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[position + $1]) }
    guard let number = Int(exactly: number) else { throw .position }
    return number
  }

  /// Where the central directory lies: the record at the end of the file says it.
  private func directory() throws(Damage) -> Range<Int> {
    // The record has 22 bytes and a comment of at most 65535.
    let last = bytes.count - 22
    var record = last
    while record >= max(0, last - 65535), try number(record, 4) != 0x0605_4B50 { record -= 1 }
    guard record >= max(0, last - 65535) else {
      throw Damage("is truncated, or no zip archive: the directory at its end is missing")
    }
    var size = try number(record + 12, 4)
    var start = try number(record + 16, 4)
    // The 64-bit record is found through a locator of 20 bytes before the other one.
    if record >= 20, try number(record - 20, 4) == 0x0706_4B50 {
      let extended = try number(record - 12, 8)
      guard try number(extended, 4) == 0x0606_4B50 else { throw .position }
      size = try number(extended + 40, 8)
      start = try number(extended + 48, 8)
    }
    guard size <= record, start <= record - size else { throw .position }
    return start..<start + size
  }

  private struct Entry {
    package var name: String
    /// The bytes of the entry.
    package var range: Range<Int>
    /// The next entry of the directory.
    package var end: Int
  }

  /// The entry that the directory describes at `position`.
  private func entry(at position: Int, directory: Range<Int>) throws(Damage) -> Entry {
    guard try number(position, 4) == 0x0201_4B50 else { throw .position }
    let nameLength = try number(position + 28, 2)
    let extra = position + 46 + nameLength
    let extraEnd = extra + (try number(position + 30, 2))
    let end = extraEnd + (try number(position + 32, 2))
    guard end <= directory.upperBound else { throw .position }
    let name = String(
      decoding: UnsafeRawBufferPointer(rebasing: bytes[position + 46..<extra]), as: UTF8.self)
    let shown = PickleValue.text(name).excerpt

    guard try number(position + 8, 2) & 1 == 0 else {
      throw Damage("entry \(shown) is encrypted; accepted: archives that torch.save wrote")
    }
    guard try number(position + 10, 2) == 0 else {
      throw Damage("entry \(shown) is compressed; accepted: entries that are stored as they are")
    }
    // Numbers that do not fit in 32 bits follow in the extra field 1, in this order.
    var values = [
      try number(position + 24, 4), try number(position + 20, 4), try number(position + 42, 4),
    ]
    var field = extra
    while field <= extraEnd - 4 {
      let fieldEnd = field + 4 + (try number(field + 2, 2))
      guard fieldEnd <= extraEnd else { throw .position }
      if try number(field, 2) == 1 {
        var place = field + 4
        for index in values.indices where values[index] == 0xFFFF_FFFF {
          guard place <= fieldEnd - 8 else { throw .position }
          values[index] = try number(place, 8)
          place += 8
        }
      }
      field = fieldEnd
    }
    guard values[0] == values[1] else { throw .position }
    let header = values[2]
    guard try number(header, 4) == 0x0403_4B50 else { throw .position }
    let start = header + 30 + (try number(header + 26, 2)) + (try number(header + 28, 2))
    guard start <= directory.lowerBound, values[0] <= directory.lowerBound - start else {
      throw .position
    }
    return Entry(name: name, range: start..<start + values[0], end: end)
  }
}
