import Foundation

/// Reads the checkpoint of a model folder.
public enum CheckpointReader {
  /// The checkpoint in `folder`, checked against `config`; nil if the folder holds none.
  ///
  /// The result reads its values from the mapped file when they are asked for. Warnings and notes
  /// are appended to `remarks`, and every problem of the file is in the one error.
  public static func read(
    folder: String, config: ModelConfig, remarks: inout [Diagnostic]
  ) throws(InvalidInput) -> Checkpoint? {
    let files = CheckpointFiles(folder: folder)
    if files.exists(.safetensors) {
      if files.exists(.pickle) {
        remarks.append(
          Diagnostic(.note, path: files.path(.pickle), "is not read; model.safetensors is"))
      }
      return try read(
        SafetensorsFile(path: files.path(.safetensors)), config: config, remarks: &remarks)
    }
    if let problem = files.unreadableCheckpoint { throw InvalidInput([problem]) }
    return nil
  }

  /// The checkpoint that `file` holds, checked against `config`.
  public static func read(
    _ file: SafetensorsFile, config: ModelConfig, remarks: inout [Diagnostic]
  ) throws(InvalidInput) -> Checkpoint {
    let match = TensorMatch(
      tensors: file.names.compactMap { file.tensors[$0]?.header }, config: config, path: file.path)
    let required = RequiredTensor.all(layerCount: config.layerCount).map(\.name)
    let all =
      match.diagnostics + ValueCheck(file: file, required, fileNames: match.fileNames).diagnostics
    remarks += all.filter { $0.severity != .error }
    let errors = all.filter { $0.severity == .error }
    guard errors.isEmpty else { throw InvalidInput(errors) }
    let fileNames = match.fileNames
    return Checkpoint { name in
      guard let fileName = fileNames[name] else {
        preconditionFailure("the model has no tensor \(name)")
      }
      return file.values(of: fileName)
    }
  }
}
