import Foundation

/// The files of a model folder that may hold a checkpoint.
struct CheckpointFiles {
  enum File: String {
    case safetensors = "model.safetensors"
    case pickle = "pytorch_model.bin"
    case safetensorsShards = "model.safetensors.index.json"
    case pickleShards = "pytorch_model.bin.index.json"
  }

  private let folder: ModelFolder

  init(folder: String) {
    self.folder = ModelFolder(path: folder)
  }

  func path(_ file: File) -> String {
    folder.path(of: file.rawValue)
  }

  /// True for a symbolic link to nothing too: a broken snapshot is not a folder without checkpoint.
  func exists(_ file: File) -> Bool {
    var status = stat()
    return lstat(path(file), &status) == 0
  }

  /// Why the folder's checkpoint, which is not a model.safetensors, cannot be read; nil if there
  /// is no checkpoint.
  var unreadableCheckpoint: Diagnostic? {
    if exists(.safetensorsShards) {
      return Diagnostic(
        path: path(.safetensorsShards),
        "the checkpoint is split into shards, which are not read; merge them into "
          + "model.safetensors with: \(merge(load: "load_file(f)", shards: "model-*.safetensors"))")
    }
    if exists(.pickle) {
      if let file = try? MappedFile(path: path(.pickle)), file.withBytes(GitLFSPointer.matches) {
        return GitLFSPointer.diagnostic(path: path(.pickle))
      }
      return Diagnostic(
        path: path(.pickle),
        "PyTorch files are not read; convert it to model.safetensors with: "
          + merge(load: Self.torchLoad, shards: File.pickle.rawValue))
    }
    if exists(.pickleShards) {
      return Diagnostic(
        path: path(.pickleShards),
        "PyTorch files are not read, nor is a checkpoint that is split into shards; convert them to "
          + "model.safetensors with: "
          + merge(load: Self.torchLoad, shards: "pytorch_model-*.bin"))
    }
    return nil
  }

  private static let torchLoad = #"torch.load(f, map_location="cpu", weights_only=True)"#

  /// A command that writes the tensors of all files that `shards` stands for into model.safetensors.
  private func merge(load: String, shards: String) -> String {
    // Copies: safetensors refuses tensors that share memory or are not contiguous.
    let imports =
      load == Self.torchLoad
      ? "sys, torch; from safetensors.torch import save_file"
      : "sys; from safetensors.torch import load_file, save_file"
    let program =
      "import \(imports); "
      + "save_file({k: v.contiguous().clone() for f in sys.argv[2:] for k, v in \(load).items()}, "
      + #"sys.argv[1], metadata={"format": "pt"})"#
    return
      "python3 -c '\(program)' \(quoted(path(.safetensors))) \(quoted(folder.path(of: "")))\(shards)"
  }

  /// `text` as one word of a POSIX shell.
  private func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/._-+=@:,".utf8.contains(byte)
      }
    }
    return isPlain ? text : "'" + text.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
  }
}
