/// A checkpoint in several files, and the index that says which tensor is where.
///
/// Index and files must agree exactly: a tensor lies in the one file that the index names.
public struct ShardedCheckpoint: TensorContainer {
  /// What the shards are.
  public enum Format: Sendable {
    case safetensors, pyTorch
  }

  /// The index.
  public let path: String
  /// In the order of the shards' names, then of their data.
  public let storedTensors: [StoredTensor]

  /// Maps the index at `indexPath` and the shards it names, which lie in its folder.
  ///
  /// Throws every problem of the index, or every one of the shards.
  public init(indexPath: String, format: Format) throws(InvalidInput) {
    let index = try FileBytes(path: indexPath).withBytes { (bytes) throws(InvalidInput) in
      try ShardIndex(bytes, path: indexPath)
    }
    var problems: [Diagnostic] = []
    var tensors: [StoredTensor] = []
    for name in index.fileNames {
      do throws(InvalidInput) {
        let path = Self.path(of: name, besides: indexPath)
        let shard = try Self.shard(path, format)
        problems += Self.problems(of: shard, path: path, name, index)
        tensors += shard.filter { index.files[$0.name] == name }
      } catch {
        problems += error.diagnostics
      }
    }
    guard problems.isEmpty else { throw InvalidInput(problems) }
    path = indexPath
    storedTensors = tensors
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

  /// Where the shard at `path`, called `name`, and the index disagree.
  private static func problems(
    of shard: [StoredTensor], path: String, _ name: String, _ index: ShardIndex
  ) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for tensor in shard where index.files[tensor.name] != name {
      let place = index.files[tensor.name]
      problems.append(
        Diagnostic(
          path: path, key: tensor.name,
          place.map { "is here, but weight_map in the index says that it is in \($0)" }
            ?? "is not in the index's weight_map"))
    }
    let present = Set(shard.map(\.name))
    let absent = index.files.filter { $0.value == name && !present.contains($0.key) }.keys.sorted()
    problems += absent.map { tensor in
      Diagnostic(
        path: path, key: tensor, "is missing, but weight_map in the index says that it is here")
    }
    return problems
  }
}
