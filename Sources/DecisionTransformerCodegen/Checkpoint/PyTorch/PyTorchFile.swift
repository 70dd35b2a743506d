/// A file of `torch.save` that holds a state_dict, such as pytorch_model.bin: its tensors, found and
/// checked without executing anything.
///
/// Both serialisations are read: the zip container of PyTorch 1.6 and later, whose entries must be
/// stored as they are, and the format before it. The pickle inside goes through a machine that can
/// build tensors, dictionaries and texts and nothing else (`PickleMachine`). Strides, offsets and
/// storages that tensors share are followed; every element lies in its storage.
public struct PyTorchFile: TensorContainer {
  public let path: String
  public let storedTensors: [StoredTensor]

  /// Reads a file that is already in memory.
  public init(bytes: [UInt8], path: String) throws(InvalidInput) {
    try self.init(.memory(bytes), path: path)
  }

  /// Maps and reads the file at `path`.
  public init(path: String) throws(InvalidInput) {
    try self.init(try FileBytes(path: path), path: path)
  }

  private init(_ bytes: FileBytes, path: String) throws(InvalidInput) {
    let archive: PyTorchArchive
    do {
      archive = try bytes.withBytes { (bytes) throws(Diagnostic) in
        try PyTorchArchive(bytes, path: path)
      }
    } catch {
      throw InvalidInput([error])
    }
    let state = StateDictionary(archive, path: path, bytes: bytes)
    guard state.problems.isEmpty else { throw InvalidInput(state.problems) }
    self.path = path
    storedTensors = state.tensors
  }
}
