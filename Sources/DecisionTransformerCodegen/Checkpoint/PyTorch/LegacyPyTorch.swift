/// The format that `torch.save` wrote before PyTorch 1.6, and still does on request: five pickles
/// (a magic number, the version 1001, facts about the machine, the object, the storages' keys),
/// then each storage as a 64-bit number of elements and the elements.
package enum LegacyPyTorch {
  /// The magic number, as a pickle spells an integer of ten bytes.
  private static let number: [UInt8] =
    [0x8A, 0x0A] + [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

  /// Whether `bytes` begin with the magic number.
  package static func matches(_ bytes: UnsafeRawBufferPointer) -> Bool { magicLength(bytes) != nil }

  /// The length of the first pickle, which is the magic number and nothing else; nil where it is not.
  ///
  /// From protocol 4 on a pickle's length follows its version.
  package static func magicLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= 2, bytes[0] == 0x80, PickleMachine.protocols.contains(bytes[1]) else {
      return nil
    }
    let frame: [UInt8] = [0x95, UInt8(number.count + 1), 0, 0, 0, 0, 0, 0, 0]
    let magic = (bytes[1] >= 4 ? frame : []) + number + [UInt8(ascii: ".")]
    return bytes.dropFirst(2).starts(with: magic) ? 2 + magic.count : nil
  }
}

extension PyTorchArchive {
  /// The file `bytes`, whose first pickle has `magicLength` bytes.
  package init(
    legacy bytes: UnsafeRawBufferPointer, magicLength: Int, path: String, readsArrays: Bool
  ) throws(Diagnostic) {
    var position = magicLength
    /// Reads the next pickle.
    func next() throws(Diagnostic) -> (PickleValue, PickleMachine) {
      var machine = PickleMachine(bytes, position: position, readsArrays: readsArrays)
      let value = try Self.run(&machine, path: path)
      position = machine.end
      return (value, machine)
    }
    guard case .integer(1001) = try next().0 else {
      throw Diagnostic(path: path, "is a PyTorch file of unknown version; accepted: 1001")
    }
    let (system, systemMachine) = try next()
    guard Self.isLittleEndian(system, systemMachine.heap) else {
      throw Diagnostic(
        path: path, "was written on a big-endian machine; accepted: little-endian files")
    }
    let (root, machine) = try next()
    let (keys, keyMachine) = try next()
    var storages: [String: Range<Int>] = [:]
    for key in keyMachine.heap.elements(keys) ?? [] {
      guard case .text(let key) = key, let storage = machine.storages[key], storages[key] == nil
      else {
        throw Diagnostic(
          path: path, "lists the storage \(key.excerpt), which is unknown, or twice")
      }
      let shown = PickleValue.text(key).excerpt
      guard let size = storage.byteCount, bytes.count - position >= 8,
        size <= bytes.count - position - 8
      else { throw Diagnostic(path: path, "is truncated in storage \(shown)") }
      let count = Int64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int64.self))
      guard count == storage.count else {
        throw Diagnostic(
          path: path, "storage \(shown) has \(count) elements; \(storage.count) are described")
      }
      storages[key] = position + 8..<position + 8 + size
      position += 8 + size
    }
    for key in machine.storages.keys.sorted() where storages[key] == nil {
      throw Diagnostic(path: path, "has no storage \(PickleValue.text(key).excerpt)")
    }
    guard position == bytes.count else {
      throw Diagnostic(
        path: path, "\(bytes.count - position) bytes after the last storage belong to none")
    }
    self.init(root: root, heap: machine.heap, storages: storages)
  }

  private static func isLittleEndian(_ system: PickleValue, _ heap: PickleHeap) -> Bool {
    guard case .dictionary(let place) = system else { return false }
    return heap.dictionaries[place].contains { entry in
      if case (.text("little_endian"), .bool(true)) = entry { true } else { false }
    }
  }
}
