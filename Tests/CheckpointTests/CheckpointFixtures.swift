import DecisionTransformerCodegen
import Foundation
import TestFolders

/// The files of Tests/Data/Checkpoints: one model in every format, written by Tests/Tools/Oracle/checkpoints.py.
enum CheckpointFixtures {
  /// The folders whose tensors are float32.
  static let formats = [
    "safetensors", "safetensors-shards", "safetensors-original", "zip", "zip-shards", "zip-views",
    "zip-protocol-5", "legacy", "legacy-views", "legacy-prefixed", "legacy-original",
    "legacy-protocol-4",
  ]
  /// The folders whose tensors have other types.
  static let otherTypes = ["legacy-float16", "legacy-bfloat16", "legacy-float64"]

  static func path(_ format: String) -> String {
    TestData.checkpoints.appending(path: format).path
  }

  static func bytes(_ file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: TestData.checkpoints.appending(path: file)))
  }

  /// The names of the files in the folder of a format.
  static func files(_ format: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(format)).sorted()
  }

  static func config() throws -> ModelConfig {
    var remarks: [Diagnostic] = []
    return try ModelConfigReader.read(
      bytes("config.json"), path: "config.json", remarks: &remarks)
  }

  /// What reading a folder gives: the checkpoint, and all lines, remarks first.
  static func read(
    folder: String, config: ModelConfig
  ) -> (checkpoint: Checkpoint?, lines: [String]) {
    var remarks: [Diagnostic] = []
    do {
      let checkpoint = try CheckpointReader.read(
        folder: folder, config: config, remarks: &remarks)
      return (checkpoint, remarks.map(\.description))
    } catch {
      return (nil, (remarks + error.diagnostics).map(\.description))
    }
  }
}
