import Foundation

/// The files of a model folder that may hold a checkpoint.
package struct CheckpointFiles {
  /// In the order of preference: where several lie in a folder, the first is read.
  package enum Format: String, CaseIterable {
    case safetensors = "model.safetensors"
    case safetensorsShards = "model.safetensors.index.json"
    case pyTorch = "pytorch_model.bin"
    case pyTorchShards = "pytorch_model.bin.index.json"
  }

  /// What the folder holds, in the order of preference.
  ///
  /// A symbolic link to nothing counts: a broken snapshot is not a folder without checkpoint.
  package let formats: [Format]
  private let folder: ModelFolder

  package init(folder path: String) {
    let folder = ModelFolder(path: path)
    self.folder = folder
    formats = Format.allCases.filter { format in
      var status = stat()
      return lstat(folder.path(of: format.rawValue), &status) == 0
    }
  }

  package func path(_ format: Format) -> String {
    folder.path(of: format.rawValue)
  }
}
