import DTGenImport
import DecisionTransformer
import DecisionTransformerCodegen
import Foundation

/// A reader of files, and whole files for it that are then damaged.
package enum FuzzedReader: String, CaseIterable, Sendable {
  case config, options, manifest, safetensors, zip, legacy, index, shard, packedWeights, selfTest,
    base64, imported, d3, statistics

  /// What reading ended in.
  package enum Outcome: Sendable {
    case read
    case refused
  }

  /// What must not happen, short of a crash: an error without words, or with more than one line.
  package struct Failure: Error, CustomStringConvertible {
    package var description: String
  }

  /// Whole files, which are read.
  package func seeds() throws -> [[UInt8]] {
    switch self {
    case .config:
      [
        try Fixtures.bytes("config.json"), Array(Fixtures.fullConfig.utf8),
        Array(Fixtures.variantConfig.utf8), Array(Fixtures.framesConfig.utf8),
      ]
    case .options: [Array(Fixtures.fullOptions.utf8), Array(Fixtures.discreteOptions.utf8)]
    case .manifest: [try Fixtures.manifest().contents]
    case .safetensors:
      [
        try Fixtures.bytes("safetensors/model.safetensors"),
        try Fixtures.bytes("safetensors-original/model.safetensors"),
      ]
    case .zip:
      [
        try Fixtures.bytes("zip/pytorch_model.bin"),
        try Fixtures.bytes("zip-views/pytorch_model.bin"),
        try Fixtures.bytes("zip-protocol-5/pytorch_model.bin"),
      ]
    case .legacy:
      try ["", "-views", "-prefixed", "-original", "-float16", "-float64", "-protocol-4"].map {
        try Fixtures.bytes("legacy\($0)/pytorch_model.bin")
      }
    case .index: [try Fixtures.bytes("safetensors-shards/model.safetensors.index.json")]
    case .shard: [try Fixtures.bytes("zip-shards/pytorch_model-00001-of-00002.bin")]
    case .packedWeights: [try Fixtures.packedWeights()]
    case .selfTest: [try Fixtures.selfTest()]
    case .imported: [try Fixtures.family("corl-a/dt_checkpoint.pt")]
    case .d3: [try Fixtures.family("d3rlpy-2.7-padding-l/model.d3")]
    case .statistics: [try Fixtures.family("statistics.npz"), Array(Fixtures.statistics.utf8)]
    case .base64: [Array(Data(try Fixtures.packedWeights()).base64EncodedString().utf8)]
    }
  }

  /// Reads `bytes`, and everything in them if they are accepted.
  ///
  /// `folder` exists and may be written to.
  package func read(_ bytes: [UInt8], folder: String) throws -> Outcome {
    do {
      switch self {
      case .config: try readConfig(bytes)
      case .options:
        _ = try GenerationOptionsReader.read(bytes, path: "F", config: Fixtures.config())
      case .manifest: try readManifest(bytes)
      case .safetensors: try readAll(SafetensorsFile(bytes: bytes, path: "F"))
      case .zip, .legacy: try readAll(PyTorchFile(bytes: bytes, path: "F"))
      case .index, .shard: try readShards(bytes, folder: folder)
      case .packedWeights: try readPackedWeights(bytes)
      case .selfTest: try readPackedWeights(Fixtures.packedWeights(selfTest: bytes))
      case .imported: try readImported(bytes, folder: folder)
      case .d3: try readD3(bytes, folder: folder)
      case .statistics: _ = try Statistics.read(bytes, path: "F")
      case .base64:
        try bytes.withUnsafeBufferPointer { text throws(InitializationError) in
          _ = try PackedWeights(base64: text)
        }
      }
      return .read
    } catch let error as InvalidInput {
      guard !error.diagnostics.isEmpty else { throw Failure(description: "an error without words") }
      for diagnostic in error.diagnostics {
        let line = diagnostic.description
        guard !diagnostic.message.isEmpty, diagnostic.severity == .error,
          !line.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw Failure(description: "not a line of an error: \(line.debugDescription)") }
      }
      return .refused
    } catch let error as InitializationError {
      guard !"\(error)".isEmpty else { throw Failure(description: "an error without words") }
      return .refused
    }
  }
}

// MARK: - Reading all that was accepted

extension FuzzedReader {
  /// An accepted config of a small model is planned and rendered too.
  private func readConfig(_ bytes: [UInt8]) throws {
    var remarks: [Diagnostic] = []
    let config = try ModelConfigReader.read(bytes, path: "F", remarks: &remarks)
    let count = Checkpoint.requiredTensors(of: config).reduce(0) { $0 + $1.shape.reduce(1, *) }
    guard count < 100_000, config.layerCount < 10, config.maximumLength ?? 20 < 100,
      config.slotCount ?? 20 < 100
    else { return }
    let model = Model(
      name: "Fuzzed", config: config, options: GenerationOptions(), configDigest: "")
    _ = Compiler.sources(Plan(model))
  }

  /// What is accepted is written as it was read.
  private func readManifest(_ bytes: [UInt8]) throws {
    let manifest = try Manifest.read(bytes, path: "F")
    guard try Manifest.read(manifest.contents, path: "F") == manifest else {
      throw Failure(description: "written and read again it is another manifest")
    }
    _ = manifest.ofCode.contents
  }

  /// A checkpoint of another project, with all that its file does not say.
  private func readImported(_ bytes: [UInt8], folder: String) throws {
    let path = folder + "/dt_checkpoint.pt"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let facts: [(String, JSONValue)] = [
      ("n_head", .integer(3)), ("return_scale", .integer(1000)), ("action_scale", .integer(1)),
      ("state_mean", .array(Array(repeating: .integer(0), count: 5))),
      ("state_std", .array(Array(repeating: .integer(1), count: 5))),
    ]
    let importer = Importer(path: path, given: facts.map { JSONMember(name: $0, value: $1) })
    guard try importer.run(output: "A.dtmodel").files.count == 3 else {
      throw Failure(description: "not the three files of a folder")
    }
  }

  /// A file of d3rlpy, which says everything.
  private func readD3(_ bytes: [UInt8], folder: String) throws {
    let path = folder + "/model.d3"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    guard try Importer(path: path).run(output: "A.dtmodel").files.count == 3 else {
      throw Failure(description: "not the three files of a folder")
    }
  }

  private func readAll(_ container: some TensorContainer) throws {
    for tensor in container.storedTensors where tensor.header.dataType.isReadable {
      guard tensor.values().count == tensor.count, tensor.doubles().count == tensor.count else {
        throw Failure(description: "\(tensor.name) has not as many values as its shape says")
      }
    }
    var remarks: [Diagnostic] = []
    let config = try Fixtures.config()
    let checkpoint = try CheckpointReader.read(container, config: config, remarks: &remarks)
    for (name, shape) in Checkpoint.requiredTensors(of: config) {
      guard checkpoint.values(name).count == shape.reduce(1, *) else {
        throw Failure(description: "\(name) has not as many values as the config says")
      }
    }
  }

  /// The index beside whole shards, or a shard beside a whole index and another shard.
  private func readShards(_ bytes: [UInt8], folder: String) throws {
    let (format, name) =
      self == .index ? ("safetensors-shards", "model") : ("zip-shards", "pytorch_model")
    let suffix = self == .index ? "safetensors" : "bin"
    let damaged =
      self == .index ? "model.safetensors.index.json" : "pytorch_model-00001-of-00002.bin"
    for file in try Fixtures.files(format) {
      let contents = file == damaged ? bytes : try Fixtures.bytes("\(format)/\(file)")
      try Data(contents).write(to: URL(fileURLWithPath: "\(folder)/\(file)"))
    }
    try readAll(
      ShardedCheckpoint(
        indexPath: "\(folder)/\(name).\(suffix).index.json",
        format: self == .index ? .safetensors : .pyTorch))
  }

  private func readPackedWeights(_ bytes: [UInt8]) throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    let weights = try PackedWeights(UnsafeRawBufferPointer(memory))
    let plan = try Fixtures.plan()
    _ = try weights.payload(
      layoutDigest: plan.layoutDigest, byteCount: plan.weights.byteCount)
    _ = try StillController.selfTest(weights: weights)
  }
}
