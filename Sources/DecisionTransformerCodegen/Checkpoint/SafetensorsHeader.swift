/// The checked header of a safetensors file.
package struct SafetensorsHeader {
  /// In the order of their data.
  package private(set) var entries: [SafetensorsFile.Entry] = []
  package private(set) var metadata: [String: String] = [:]
  private var problems: [Diagnostic] = []
  private let path: String
  /// Where the tensors' bytes start.
  private let dataStart: Int
  private let fileSize: Int

  /// Checks everything the format demands of `bytes`, the whole file.
  package init(_ bytes: UnsafeRawBufferPointer, path: String) throws(InvalidInput) {
    self.path = path
    fileSize = bytes.count
    let json: JSONValue
    do {
      let length = try Self.headerLength(bytes, path: path)
      dataStart = 8 + length
      json = try Self.json(UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart]), path: path)
    } catch {
      throw InvalidInput([error])
    }
    guard case .object(let members) = json else {
      throw InvalidInput([
        Diagnostic(path: path, key: "header", "found \(json.excerpt); accepted: an object")
      ])
    }
    for member in members {
      if member.name == "__metadata__" {
        readMetadata(member.value)
      } else if let entry = entry(member) {
        entries.append(entry)
      }
    }
    // Only complete entries can be compared with each other.
    if problems.isEmpty { checkLayout() }
    guard problems.isEmpty else { throw InvalidInput(problems) }
    for index in entries.indices {
      let range = entries[index].byteRange
      entries[index].byteRange = dataStart + range.lowerBound..<dataStart + range.upperBound
    }
  }

  /// Whether `bytes` begin as a safetensors file does: with a possible length and an object.
  package static func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 10 else { return false }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard (2...UInt64(SafetensorsFile.maximumHeaderLength)).contains(length) else { return false }
    return bytes.dropFirst(8).prefix(100).first { !isWhiteSpace($0) } == UInt8(ascii: "{")
  }

  private static func isWhiteSpace(_ byte: UInt8) -> Bool {
    [0x20, 0x09, 0x0A, 0x0D].contains(byte)
  }

  private mutating func report(_ name: String, _ message: String) {
    problems.append(Diagnostic(path: path, key: name, message))
  }
}

// MARK: - The text

extension SafetensorsHeader {
  private static func headerLength(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(Diagnostic) -> Int {
    if GitLFSPointer.matches(bytes) { throw GitLFSPointer.diagnostic(path: path) }
    guard bytes.count >= 8 else {
      throw Diagnostic(
        path: path,
        "has \(bytes.count) bytes; a safetensors file starts with the 8-byte length of its header")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= SafetensorsFile.maximumHeaderLength else {
      // A zip archive or a pickle: what torch.save writes.
      if ZipArchive.matches(bytes)
        || bytes[0] == 0x80 && PickleMachine.protocols.contains(bytes[1])
      {
        throw Diagnostic(
          path: path,
          "is a PyTorch file under another name; accepted: a safetensors file, or this one as "
            + "pytorch_model.bin")
      }
      throw Diagnostic(
        path: path,
        "is not a safetensors file: its first 8 bytes give a header of \(length) bytes; "
          + "the format allows \(SafetensorsFile.maximumHeaderLength)")
    }
    guard Int(length) <= bytes.count - 8 else {
      throw Diagnostic(
        path: path,
        "is truncated: the header alone needs \(8 + length) bytes, the file has \(bytes.count)")
    }
    return Int(length)
  }

  private static func json(
    _ header: UnsafeRawBufferPointer, path: String
  ) throws(Diagnostic) -> JSONValue {
    guard header.first(where: { !isWhiteSpace($0) }) == UInt8(ascii: "{") else {
      throw Diagnostic(path: path, key: "header", "does not start with \"{\"")
    }
    do {
      return try JSONParser.parse(header)
    } catch {
      throw Diagnostic(path: path, key: "header", "\(error)")
    }
  }

  private mutating func readMetadata(_ value: JSONValue) {
    // Some writers have no metadata and say so.
    if value == .null { return }
    guard case .object(let members) = value else {
      report("__metadata__", "found \(value.excerpt); accepted: an object of strings")
      return
    }
    for member in members {
      guard case .string(let text) = member.value else {
        report("__metadata__.\(member.name)", "found \(member.value.excerpt); accepted: a string")
        continue
      }
      metadata[member.name] = text
    }
  }
}

// MARK: - One tensor

extension SafetensorsHeader {
  /// The tensor that `member` describes, its range still relative to the data; nil after a report.
  private mutating func entry(_ member: JSONMember) -> SafetensorsFile.Entry? {
    let name = member.name
    guard case .object(let fields) = member.value else {
      report(
        name,
        "found \(member.value.excerpt); accepted: an object with dtype, shape and data_offsets")
      return nil
    }
    var dataType: TensorDataType?
    var shape: [Int]?
    var offsets: [Int]?
    for field in fields {
      switch field.name {
      case "dtype": dataType = self.dataType(field.value, name)
      case "shape": shape = sizes(field.value, name, "shape")
      case "data_offsets": offsets = self.offsets(field.value, name)
      // The format's own library passes over other keys.
      default: break
      }
    }
    for key in ["dtype", "shape", "data_offsets"] where !fields.contains(where: { $0.name == key })
    {
      report(name, "has no \(key)")
    }
    guard let dataType, let shape, let offsets else { return nil }
    let (start, end) = (offsets[0], offsets[1])
    guard let size = Self.byteCount(dataType, shape) else {
      report(name, "\(dataType.rawValue) of shape \(shape) is not a possible number of bytes")
      return nil
    }
    guard end - start == size else {
      report(
        name,
        "data_offsets \(offsets) span \(end - start) bytes; "
          + "\(dataType.rawValue) of shape \(shape) takes \(size)")
      return nil
    }
    return SafetensorsFile.Entry(
      header: TensorHeader(name, dataType, shape), byteRange: start..<end)
  }

  private mutating func dataType(_ value: JSONValue, _ name: String) -> TensorDataType? {
    guard case .string(let text) = value else {
      report(name, "dtype: found \(value.excerpt); accepted: a string")
      return nil
    }
    guard let dataType = TensorDataType(rawValue: text) else {
      report(name, "dtype: found \(value.excerpt); accepted: F32, F16, BF16, F64")
      return nil
    }
    return dataType
  }

  private mutating func offsets(_ value: JSONValue, _ name: String) -> [Int]? {
    guard let offsets = sizes(value, name, "data_offsets") else { return nil }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      report(name, "data_offsets: found \(offsets); accepted: a start and an end not before it")
      return nil
    }
    return offsets
  }

  private mutating func sizes(_ value: JSONValue, _ name: String, _ key: String) -> [Int]? {
    guard case .array(let elements) = value else {
      report(name, "\(key): found \(value.excerpt); accepted: an array of integers")
      return nil
    }
    var sizes: [Int] = []
    for element in elements {
      guard case .integer(let size) = element, size >= 0 else {
        report(
          name,
          "\(key)[\(sizes.count)]: found \(element.excerpt); accepted: an integer of at least 0")
        return nil
      }
      sizes.append(size)
    }
    return sizes
  }

  /// Bytes of a tensor; nil if they overflow or are not whole.
  private static func byteCount(_ dataType: TensorDataType, _ shape: [Int]) -> Int? {
    var bits = dataType.bitWidth
    for size in shape {
      let (product, overflow) = bits.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      bits = product
    }
    return bits.isMultiple(of: 8) ? bits / 8 : nil
  }
}

// MARK: - The layout

extension SafetensorsHeader {
  /// Sorts the entries by position and checks that they cover the data exactly.
  private mutating func checkLayout() {
    entries.sort { first, second in
      let (a, b) = (first.byteRange, second.byteRange)
      return (a.lowerBound, a.upperBound, first.name) < (b.lowerBound, b.upperBound, second.name)
    }
    let dataSize = fileSize - dataStart
    // The tensor that reaches furthest so far.
    var last: SafetensorsFile.Entry?
    for entry in entries {
      let (start, end) = (entry.byteRange.lowerBound, last?.byteRange.upperBound ?? 0)
      let before = last.map { "the end of \($0.name)" } ?? "the start of the data"
      if start > end {
        report(entry.name, "starts at byte \(start), \(before) is \(end); gaps are not allowed")
      } else if start < end {
        report(entry.name, "starts at byte \(start), \(before) is \(end); overlaps are not allowed")
      }
      if last == nil || entry.byteRange.upperBound >= end { last = entry }
    }
    let end = last?.byteRange.upperBound ?? 0
    if end > dataSize {
      // `end` may be close to the largest integer.
      let expected = UInt(end) + UInt(dataStart)
      let message = "is truncated: its header describes \(expected) bytes, the file has \(fileSize)"
      problems.insert(Diagnostic(path: path, message), at: 0)
    } else if end < dataSize {
      let message = "\(dataSize - end) bytes after the last tensor belong to no tensor: "
      problems.append(
        Diagnostic(
          path: path,
          message + "its header describes \(end + dataStart) bytes, the file has \(fileSize)"))
    }
  }
}
