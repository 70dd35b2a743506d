/// A file of d3rlpy's `save`: a pickle of what `torch.save` wrote, the configuration as a JSON text, and the library's
/// version. Read by the same restricted machine as PyTorch's files.
///
/// takuseno/d3rlpy, d3rlpy/base.py.
package struct D3File {
  package let object: SavedObject
  package let configuration: D3Configuration

  /// Whether `bytes` are a pickle and nothing that `torch.save` wrote.
  package static func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x80 && PickleMachine.protocols.contains(bytes[1])
      && !LegacyPyTorch.matches(bytes)
  }

  package init(_ bytes: FileBytes, path: String) throws(InvalidInput) {
    let parts: Parts
    do {
      parts = try bytes.withBytes { (bytes) throws(Diagnostic) in try Self.parts(bytes, path) }
    } catch {
      throw InvalidInput([error])
    }
    object = try SavedObject(bytes: parts.torch, path: path)
    configuration = try D3Configuration(parts.configuration, version: parts.version, path: path)
  }

  private struct Parts {
    var torch: [UInt8]
    var configuration: String
    var version: String
  }

  private static func parts(
    _ bytes: UnsafeRawBufferPointer, _ path: String
  ) throws(Diagnostic) -> Parts {
    var machine = PickleMachine(bytes, readsArrays: true)
    let root = try PyTorchArchive.run(&machine, path: path)
    let entries: [(key: PickleValue, value: PickleValue)] =
      if case .dictionary(let place) = root { machine.heap.dictionaries[place] } else { [] }
    func value(_ name: String) -> PickleValue? {
      entries.last { if case .text(name) = $0.key { true } else { false } }?.value
    }
    guard case .bytes(let torch)? = value("torch"),
      case .text(let configuration)? = value("config"),
      case .text(let version)? = value("version")
    else {
      throw Diagnostic(
        path: path,
        "is a pickle without d3rlpy's torch, config and version; accepted: what its save() or torch.save writes"
      )
    }
    return Parts(
      torch: machine.heap.byteStrings[torch], configuration: configuration, version: version)
  }
}
