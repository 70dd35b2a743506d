import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

/// A checkpoint that is there under a name that is not read is never passed over in silence.
@Suite struct UnreadCheckpointTests {
  private static let safetensors =
    "looks like a safetensors file and is not read under this name; accepted: model.safetensors "
    + "beside config.json, or shards that model.safetensors.index.json names"
  private static let pyTorch =
    "looks like a PyTorch file and is not read under this name; accepted: pytorch_model.bin "
    + "beside config.json, or shards that pytorch_model.bin.index.json names"

  private static func other(_ format: String) -> String {
    "looks like \(format) file, which is not read; accepted: model.safetensors, "
      + "model.safetensors.index.json, pytorch_model.bin, pytorch_model.bin.index.json"
  }

  /// The lines that reading a folder with these files gives, without the folder's path.
  private func lines(_ files: [String: [UInt8]]) throws -> [String] {
    let folder = ScratchFolder(named: "checkpoint")
    for (name, bytes) in files {
      try folder.write(name, bytes)
    }
    return CheckpointFixtures.read(folder: folder.path, config: try CheckpointFixtures.config())
      .lines.map { $0.replacingOccurrences(of: folder.path + "/", with: "") }
  }

  @Test(arguments: [
    ("model.pt", pyTorch), ("policy.pth", pyTorch), ("checkpoint_40.pt", pyTorch),
    ("last.ckpt", pyTorch), ("pytorch_model-00001-of-00002.bin", pyTorch), ("Model.PT", pyTorch),
    ("model.fp16.safetensors", safetensors), ("model-00001-of-00003.safetensors", safetensors),
    ("model.gguf", other("a GGUF")), ("model.onnx", other("an ONNX")),
    ("tf_model.h5", other("a Keras")), ("flax_model.msgpack", other("a Flax")),
    ("model.tflite", other("a TensorFlow")), ("Robot.mlmodel", other("a Core ML")),
    (
      "adapter_model.safetensors",
      "is an adapter, which is no model by itself; accepted: the model with the adapter merged into "
        + "it, as model.safetensors"
    ),
  ])
  func theNameTellsWhatItIs(name: String, message: String) throws {
    #expect(try lines(["config.json": [], name: []]) == ["\(name): \(message)"])
    // Beside a checkpoint that is read it is nobody's business.
    let whole = try CheckpointFixtures.bytes("safetensors/model.safetensors")
    #expect(try lines(["model.safetensors": whole, name: []]) == [])
  }

  @Test func theContentsTellMoreThanTheName() throws {
    let safetensors = try CheckpointFixtures.bytes("safetensors/model.safetensors")
    let zip = try CheckpointFixtures.bytes("zip/pytorch_model.bin")
    for name in ["weights", "model.bin", "model.pt", "model.safetensors.old"] {
      #expect(try lines([name: safetensors]) == ["\(name): \(Self.safetensors)"])
    }
    for format in ["legacy", "legacy-protocol-4"] {
      let legacy = try CheckpointFixtures.bytes("\(format)/pytorch_model.bin")
      for name in ["policy", "old.safetensors"] {
        #expect(try lines([name: legacy]) == ["\(name): \(Self.pyTorch)"])
      }
    }
    #expect(try lines(["model.pt": zip]) == ["model.pt: \(Self.pyTorch)"])
    #expect(try lines(["weights": Array("GGUF".utf8)]) == ["weights: \(Self.other("a GGUF"))"])
    let keras = Array("\u{7F}HDF\r\n\u{1A}\n".utf8).map { $0 == 0x7F ? 0x89 : $0 }
    #expect(try lines(["weights": keras]) == ["weights: \(Self.other("a Keras"))"])
  }

  @Test func whatIsNoCheckpointIsNotMentioned() throws {
    let zip = try CheckpointFixtures.bytes("zip/pytorch_model.bin")
    #expect(
      try lines([
        "config.json": Array("{}".utf8), "README.md": Array("# Robot\n".utf8), "episodes.zip": zip,
        "state_mean.npy": [0x93], "training_args.bin": zip, "optimizer.pt": zip,
        "scheduler.pt": zip, "rng_state_0.pth": zip, "LICENSE": [], ".cache": [],
        ".cache.safetensors": [], "notes": [1, 2, 3], "runs/events.out": [0x18],
      ]) == [])
  }

  @Test func filesOfAKindAreOneLineAndFoldersAreLookedInto() throws {
    #expect(
      try lines([
        "b.pt": [], "a.pt": [], "model.onnx": [], "checkpoint-500/model.safetensors": [],
        "checkpoint-500/optimizer.pt": [], "deep/below/model.pt": [],
        "Robot.mlpackage/Manifest.json": [],
      ]) == [
        "Robot.mlpackage: \(Self.other("a Core ML"))",
        "a.pt: \(Self.pyTorch); the same for b.pt",
        "checkpoint-500/model.safetensors: \(Self.safetensors)",
        "model.onnx: \(Self.other("an ONNX"))",
      ])
  }

  @Test func aLinkToNothingOrAPipeIsJudgedByItsName() throws {
    let folder = ScratchFolder(named: "checkpoint")
    try folder.link("model.pt", to: "../blobs/missing")
    #expect(mkfifo(folder.path("model.pth"), 0o600) == 0)
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    let lines = CheckpointFixtures.read(
      folder: folder.path, config: try CheckpointFixtures.config()
    ).lines
    #expect(lines == ["\(folder.path("model.pt")): \(Self.pyTorch); the same for model.pth"])
  }
}
