/// A checkpoint in several files, and the index that says which files these are.
///
/// As in Hugging Face's loader, what counts is what the files hold: where the index names a tensor that
/// is not there, or another file for one, a note says so. A tensor in two files is an error.
public struct ShardedCheckpoint: TensorContainer {
  /// What the shards are.
  public enum Format: Sendable {
    case safetensors, pyTorch
  }

  /// The index.
  public let path: String
  /// In the order of the shards' names, then of their data.
  public let storedTensors: [StoredTensor]
  public let remarks: [Diagnostic]

  /// Maps the index at `indexPath` and the shards it names, which lie in its folder or below.
  ///
  /// Throws every problem of the index, or every one of the shards.
  public init(indexPath: String, format: Format) throws(InvalidInput) {
    let index = try FileBytes(path: indexPath).withBytes { (bytes) throws(InvalidInput) in
      try ShardIndex(bytes, path: indexPath)
    }
    var problems: [Diagnostic] = []
    var tensors: [StoredTensor] = []
    /// The file of each tensor that was found.
    var places: [String: String] = [:]
    for name in index.fileNames {
      do throws(InvalidInput) {
        let path = Self.path(of: name, besides: indexPath)
        for tensor in try Self.shard(path, format) {
          if let first = places[tensor.name] {
            problems.append(
              Diagnostic(path: path, key: tensor.name, "is in \(first), too; accepted: in one file")
            )
          }
          places[tensor.name] = name
          tensors.append(tensor)
        }
      } catch {
        problems += error.diagnostics
      }
    }
    guard problems.isEmpty else { throw InvalidInput(problems) }
    path = indexPath
    storedTensors = tensors
    remarks = Self.remarks(on: index, path: indexPath, places: places)
  }

  /// The path of a file in the folder of `index`.
  private static func path(of shard: String, besides index: String) -> String {
    index.lastIndex(of: "/").map { index[...$0] + shard } ?? shard
  }

  private static func shard(
    _ path: String, _ format: Format
  ) throws(InvalidInput) -> [StoredTensor] {
    switch format {
    case .safetensors: try SafetensorsFile(path: path).storedTensors
    case .pyTorch: try PyTorchFile(path: path).storedTensors
    }
  }

  /// Where the index and the files disagree.
  private static func remarks(
    on index: ShardIndex, path: String, places: [String: String]
  ) -> [Diagnostic] {
    let absent = index.files.keys.filter { places[$0] == nil }.sorted()
    let misplaced = places.filter { index.files[$0.key] != $0.value }.keys.sorted()
    return [
      (absent, "names tensors that no file has: "),
      (misplaced, "names another file, or none, for tensors that were found: "),
    ].filter { !$0.0.isEmpty }.map { names, message in
      Diagnostic(.note, path: path, key: "weight_map", message + NameList.text(names))
    }
  }
}
