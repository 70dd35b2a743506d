import DecisionTransformerCodegen

/// Writes pickles of protocol 2 by hand, right ones and wrong ones.
struct PickleWriter {
  private(set) var bytes: [UInt8] = [0x80, 2]

  /// Appends opcodes as they are.
  mutating func raw(_ bytes: [UInt8]) { self.bytes += bytes }

  mutating func raw(_ text: String) { bytes += text.utf8 }

  mutating func global(_ module: String, _ name: String) { raw("c\(module)\n\(name)\n") }

  mutating func text(_ text: String) {
    raw([UInt8(ascii: "X")] + SafetensorsWriter.bytes([UInt32(text.utf8.count)]) + text.utf8)
  }

  mutating func integer(_ value: Int) {
    raw([0x8A, 8] + SafetensorsWriter.bytes([Int64(value)]))
  }

  mutating func tuple(_ values: [Int]) {
    raw("(")
    for value in values { integer(value) }
    raw("t")
  }

  /// A storage of float32 unless told otherwise.
  mutating func storage(_ key: String, count: Int, type: String = "FloatStorage") {
    raw("(")
    text("storage")
    global("torch", type)
    text(key)
    text("cpu")
    integer(count)
    raw("tQ")
  }

  /// A tensor that is a part of a storage.
  mutating func tensor(
    _ key: String, count: Int, offset: Int = 0, shape: [Int], strides: [Int]? = nil,
    type: String = "FloatStorage"
  ) {
    global("torch._utils", "_rebuild_tensor_v2")
    raw("(")
    storage(key, count: count, type: type)
    integer(offset)
    tuple(shape)
    tuple(strides ?? shape.indices.map { shape[($0 + 1)...].reduce(1, *) })
    raw([0x89])
    global("collections", "OrderedDict")
    raw(")RtR")
  }

  /// A dictionary of the entries that `body` writes: keys and values by turns; the pickle ends.
  static func dictionary(_ body: (inout PickleWriter) -> Void) -> [UInt8] {
    var writer = PickleWriter()
    writer.raw("}(")
    body(&writer)
    writer.raw("u.")
    return writer.bytes
  }
}

/// The two containers around a pickle.
enum PyTorchWriter {
  /// The older serialisation; `storages` are keys and the bytes of float32 elements.
  static func legacy(_ object: [UInt8], _ storages: [(String, [UInt8])]) -> [UInt8] {
    var bytes: [UInt8] = [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A]
    bytes += [0xA8, 0x50, 0x19, 0x2E]
    bytes += [0x80, 2, UInt8(ascii: "M"), 0xE9, 3, UInt8(ascii: ".")]
    bytes += PickleWriter.dictionary { system in
      system.text("little_endian")
      system.raw([0x88])
    }
    bytes += object
    var keys = PickleWriter()
    keys.raw("](")
    for (key, _) in storages { keys.text(key) }
    keys.raw("e.")
    bytes += keys.bytes
    for (_, data) in storages { bytes += SafetensorsWriter.bytes([Int64(data.count / 4)]) + data }
    return bytes
  }

  /// The zip container.
  static func zip(_ object: [UInt8], _ storages: [(String, [UInt8])]) -> [UInt8] {
    ZipWriter.archive(
      [("m/data.pkl", object), ("m/byteorder", Array("little".utf8))]
        + storages.map { ("m/data/\($0.0)", $0.1) })
  }
}

/// Writes zip archives of stored entries.
enum ZipWriter {
  static func archive(
    _ entries: [(name: String, data: [UInt8])], method: UInt16 = 0, flags: UInt16 = 0
  ) -> [UInt8] {
    typealias Writer = SafetensorsWriter
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, data) in entries {
      let size = Writer.bytes([UInt32(data.count), UInt32(data.count)])
      let length = Writer.bytes([UInt16(name.utf8.count), 0])
      let common = Writer.bytes([UInt16(20), flags, method, 0, 0]) + [0, 0, 0, 0] + size + length
      directory += [0x50, 0x4B, 1, 2, 20, 0] + common + Writer.bytes([UInt16(0), 0, 0, 0, 0])
      directory += Writer.bytes([UInt32(file.count)]) + name.utf8
      file += [0x50, 0x4B, 3, 4] + common + name.utf8 + data
    }
    let count = Writer.bytes([UInt16(0), 0, UInt16(entries.count), UInt16(entries.count)])
    let place = Writer.bytes([UInt32(directory.count), UInt32(file.count)])
    return file + directory + [0x50, 0x4B, 5, 6] + count + place + [0, 0]
  }
}
