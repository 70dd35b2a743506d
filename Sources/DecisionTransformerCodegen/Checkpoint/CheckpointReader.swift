/// Reads the checkpoint of a model folder.
public enum CheckpointReader {
  /// The name of the file in `folder` that `read(folder:)` reads, which may be an index of shards; nil
  /// if the folder holds no checkpoint.
  public static func fileName(folder: String) -> String? {
    CheckpointFiles(folder: folder).formats.first?.rawValue
  }

  /// The checkpoint in `folder`, checked against `config`; nil if the folder holds none.
  ///
  /// The result reads its values from the mapped files when they are asked for. Warnings and notes
  /// are appended to `remarks`, and every problem of the checkpoint is in the one error. A folder
  /// that holds checkpoints only under other names than those that are read is an error, too.
  public static func read(
    folder: String, config: ModelConfig, remarks: inout [Diagnostic]
  ) throws(InvalidInput) -> Checkpoint? {
    let files = CheckpointFiles(folder: folder)
    guard let format = files.formats.first else {
      let unread = UnreadCheckpoints(in: ModelFolder(path: folder)).diagnostics
      guard unread.isEmpty else { throw InvalidInput(unread) }
      return nil
    }
    for other in files.formats.dropFirst() {
      remarks.append(
        Diagnostic(
          .note, path: files.path(other), "is not read; \(format.rawValue) is"))
    }
    let path = files.path(format)
    return switch format {
    case .safetensors:
      try read(try SafetensorsFile(path: path), config: config, remarks: &remarks)
    case .pyTorch: try read(try PyTorchFile(path: path), config: config, remarks: &remarks)
    case .safetensorsShards, .pyTorchShards:
      try read(
        try ShardedCheckpoint(
          indexPath: path, format: format == .pyTorchShards ? .pyTorch : .safetensors),
        config: config, remarks: &remarks)
    }
  }

  /// The checkpoint that `container` holds, checked against `config`.
  public static func read(
    _ container: some TensorContainer, config: ModelConfig, remarks: inout [Diagnostic]
  ) throws(InvalidInput) -> Checkpoint {
    remarks += container.remarks
    let stored = container.storedTensors
    let match = TensorMatch(
      tensors: stored.map(\.header), config: config, path: container.path)
    let byFileName = Dictionary(stored.map { ($0.name, $0) }) { first, _ in first }
    let used = RequiredTensor.all(of: config).compactMap { required in
      match.fileNames[required.name].flatMap { byFileName[$0] }.map {
        (required: required, tensor: $0)
      }
    }
    let all = match.diagnostics + ValueCheck(used, path: container.path).diagnostics
    remarks += all.filter { $0.severity != .error }
    let errors = all.filter { $0.severity == .error }
    guard errors.isEmpty else { throw InvalidInput(errors) }
    let tensors = Dictionary(uniqueKeysWithValues: used.map { ($0.required.name, $0.tensor) })
    let zeroCount = match.isWithoutPositions ? config.positionCount * config.hiddenSize : 0
    /// The file's tensor for `name`; nil for position embeddings that are zero.
    @Sendable func tensor(_ name: String) -> StoredTensor? {
      if let tensor = tensors[name] { return tensor }
      precondition(
        name == RequiredTensor.positions.description && zeroCount > 0,
        "the model has no tensor \(name)")
      return nil
    }
    return Checkpoint {
      tensor($0)?.values() ?? Array(repeating: 0, count: zeroCount)
    } loadWidened: {
      tensor($0)?.widenedValues() ?? Array(repeating: 0, count: zeroCount)
    }
  }
}
