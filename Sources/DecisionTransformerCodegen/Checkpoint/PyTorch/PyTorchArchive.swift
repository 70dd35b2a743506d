/// A PyTorch file taken apart: the object that was saved, and where its storages' bytes lie.
package struct PyTorchArchive {
  package let root: PickleValue
  package let heap: PickleHeap
  /// Positions in the file, by storage key.
  package let storages: [String: Range<Int>]

  /// Takes the file `bytes` apart, which messages call `path`; both serialisations of `torch.save`.
  ///
  /// With `readsArrays`, NumPy's arrays beside tensors are read as data.
  package init(
    _ bytes: UnsafeRawBufferPointer, path: String, readsArrays: Bool = false
  ) throws(Diagnostic) {
    if GitLFSPointer.matches(bytes) { throw GitLFSPointer.diagnostic(path: path) }
    if ZipArchive.matches(bytes) {
      self = try Self(zip: bytes, path: path, readsArrays: readsArrays)
    } else if let length = LegacyPyTorch.magicLength(bytes) {
      self = try Self(
        legacy: bytes, magicLength: length, path: path, readsArrays: readsArrays)
    } else if SafetensorsHeader.matches(bytes) {
      throw Diagnostic(
        path: path,
        "is a safetensors file under another name; accepted: a PyTorch file, or this one as "
          + "*.safetensors")
    } else {
      throw Diagnostic(
        path: path, "is not a PyTorch file; accepted: what torch.save writes, in both formats")
    }
  }

  package init(root: PickleValue, heap: PickleHeap, storages: [String: Range<Int>]) {
    self.root = root
    self.heap = heap
    self.storages = storages
  }

  /// Runs `machine`; an error names the checkpoint's family if another one is recognised by then.
  package static func run(_ machine: inout PickleMachine, path: String) throws(Diagnostic)
    -> PickleValue
  {
    do throws(PickleError) {
      return try machine.run()
    } catch {
      if !machine.readsArrays, let family = CheckpointFamily(names: machine.texts) {
        throw family.diagnostic(path: path)
      }
      throw Diagnostic(path: path, key: error.place, error.message)
    }
  }
}

// MARK: - The zip container

extension PyTorchArchive {
  /// An archive with the entries `<name>/data.pkl`, `<name>/data/<key>` and `<name>/byteorder`.
  private init(
    zip bytes: UnsafeRawBufferPointer, path: String, readsArrays: Bool
  ) throws(Diagnostic) {
    let entries = try ZipArchive(bytes, path: path).entries
    let pickles = entries.keys.filter { $0.hasSuffix("/data.pkl") }
    guard pickles.count == 1, let pickle = entries[pickles[0]] else {
      throw Diagnostic(
        path: path,
        "is a zip archive with \(pickles.count) entries data.pkl; accepted: what torch.save writes")
    }
    let folder = pickles[0].dropLast("data.pkl".count)
    if entries["\(folder)constants.pkl"] != nil {
      throw Diagnostic(
        path: path, "is a TorchScript program; accepted: a state_dict that torch.save wrote")
    }
    if let order = entries["\(folder)byteorder"],
      !bytes[order].elementsEqual("little".utf8)
    {
      throw Diagnostic(
        path: path, "was written on a big-endian machine; accepted: little-endian files")
    }
    var machine = PickleMachine(
      UnsafeRawBufferPointer(rebasing: bytes[pickle]), readsArrays: readsArrays)
    let root = try Self.run(&machine, path: path)
    var storages: [String: Range<Int>] = [:]
    for (key, storage) in machine.storages {
      let shown = PickleValue.text(key).excerpt
      guard let range = entries["\(folder)data/\(key)"] else {
        throw Diagnostic(path: path, "has no entry for storage \(shown)")
      }
      guard range.count == storage.byteCount else {
        throw Diagnostic(
          path: path,
          "storage \(shown) has \(range.count) bytes; \(storage.count) elements of "
            + "\(storage.dataType.rawValue) are described")
      }
      storages[key] = range
    }
    self.init(root: root, heap: machine.heap, storages: storages)
  }
}
