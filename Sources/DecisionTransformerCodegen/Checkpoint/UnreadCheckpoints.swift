import Foundation

/// Files of a model folder that look like a checkpoint and have no name that is read.
///
/// A folder whose only checkpoint is `model.pt` has one in its owner's eyes: code alone would be a
/// surprise at run time.
package struct UnreadCheckpoints {
  /// One line for each kind of file, in the order of the files' names.
  package let diagnostics: [Diagnostic]

  /// Looks into `folder` and the folders in it.
  package init(in folder: ModelFolder) {
    var kinds: [(kind: Kind, files: [String])] = []
    for file in Self.files(in: folder) {
      guard let kind = Kind(file: file, path: folder.path(of: file)) else { continue }
      if let index = kinds.firstIndex(where: { $0.kind == kind }) {
        kinds[index].files.append(file)
      } else {
        kinds.append((kind, [file]))
      }
    }
    diagnostics = kinds.map { kind, files in
      let others = Array(files.dropFirst())
      return Diagnostic(
        path: folder.path(of: files[0]),
        kind.message + (others.isEmpty ? "" : "; the same for \(NameList.text(others))"))
    }
  }

  /// The files in `folder` and one level below, sorted; hidden ones are nobody's checkpoint.
  private static func files(in folder: ModelFolder) -> [String] {
    entries(folder.path).flatMap { entry in
      // A folder may be a format of its own (`Model.mlpackage`).
      let below = Kind(extensionOf: entry) == nil ? entries(folder.path(of: entry)) : []
      return below.isEmpty ? [entry] : below.map { "\(entry)/\($0)" }
    }
  }

  private static func entries(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { !$0.hasPrefix(".") }.sorted()
  }
}

// MARK: - What a file is

extension UnreadCheckpoints {
  private enum Kind: Equatable {
    case safetensors
    case pyTorch
    case adapter
    /// A format that is not read, and its name.
    case other(String)

    /// What the file at `path`, called `file`, looks like; nil for one that is no checkpoint.
    package init?(file: String, path: String) {
      let name = file.split(separator: "/").last.map(String.init) ?? file
      if Self.isTrainingState(name) { return nil }
      let named = Kind(extensionOf: name)
      if named != nil, name.hasPrefix("adapter") {
        self = .adapter
      } else if let kind = Kind(contentsOf: path, mayBeZip: named == .pyTorch) ?? named {
        self = kind
      } else {
        return nil
      }
    }

    package init?(extensionOf name: String) {
      guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
      switch name[name.index(after: dot)...].lowercased() {
      case "safetensors": self = .safetensors
      case "pt", "pth", "ckpt", "bin", "pkl", "pickle", "torch": self = .pyTorch
      case "gguf", "ggml": self = .other("GGUF")
      case "onnx", "ort": self = .other("ONNX")
      case "h5", "hdf5", "keras": self = .other("Keras")
      case "msgpack": self = .other("Flax")
      case "pb", "tflite": self = .other("TensorFlow")
      case "mlmodel", "mlpackage", "mlmodelc": self = .other("Core ML")
      case "pte", "ptl", "pt2": self = .other("ExecuTorch or TorchScript")
      default: return nil
      }
    }

    /// By the first bytes: files are renamed, and names without an extension are common.
    private init?(contentsOf path: String, mayBeZip: Bool) {
      guard let file = try? MappedFile(path: path) else { return nil }
      let kind: Kind? = file.withBytes { bytes in
        if SafetensorsHeader.matches(bytes) { return .safetensors }
        if LegacyPyTorch.matches(bytes) || mayBeZip && ZipArchive.matches(bytes) { return .pyTorch }
        if bytes.starts(with: "GGUF".utf8) { return .other("GGUF") }
        if bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A]) { return .other("Keras") }
        return nil
      }
      guard let kind else { return nil }
      self = kind
    }

    /// What Hugging Face's Trainer and Accelerate save beside a model.
    private static func isTrainingState(_ name: String) -> Bool {
      ["training_args", "optimizer", "scheduler", "scaler", "rng_state", "random_states"]
        .contains(where: name.hasPrefix)
    }

    package var message: String {
      func accepted(_ file: CheckpointFiles.Format, _ index: CheckpointFiles.Format) -> String {
        "accepted: \(file.rawValue) beside config.json, or shards that \(index.rawValue) names"
      }
      return switch self {
      case .safetensors:
        "looks like a safetensors file and is not read under this name; "
          + accepted(.safetensors, .safetensorsShards)
      case .pyTorch:
        "looks like a PyTorch file and is not read under this name; "
          + accepted(.pyTorch, .pyTorchShards)
      case .adapter:
        "is an adapter, which is no model by itself; accepted: the model with the adapter merged "
          + "into it, as \(CheckpointFiles.Format.safetensors.rawValue)"
      case .other(let format):
        "looks like \(Self.article(format)) \(format) file, which is not read; accepted: "
          + CheckpointFiles.Format.allCases.map(\.rawValue).joined(separator: ", ")
      }
    }

    private static func article(_ word: String) -> String {
      "AEIOU".contains(word.prefix(1)) ? "an" : "a"
    }
  }
}
