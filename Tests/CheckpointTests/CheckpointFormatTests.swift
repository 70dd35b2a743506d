import DTGenReports
import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

/// One model in every format gives the same program and the same weights.
@Suite struct CheckpointFormatTests {
  /// Compiles the model in a folder of its own, beside a copy of a format's files.
  private func compile(_ format: String) throws -> Compilation {
    let folder = ScratchFolder(named: "checkpoint")
    try folder.write("Tiny.dtmodel/config.json", CheckpointFixtures.bytes("config.json"))
    for file in try CheckpointFixtures.files(format) {
      try folder.write("Tiny.dtmodel/\(file)", CheckpointFixtures.bytes("\(format)/\(file)"))
    }
    return try Compiler.compile(folder: folder.path("Tiny.dtmodel"))
  }

  @Test(arguments: CheckpointFixtures.formats + CheckpointFixtures.otherTypes)
  func everyFormatGivesTheSameFiles(format: String) throws {
    let expected = try compile("safetensors").files
    #expect(
      expected.map(\.name)
        == ["Tiny.swift", "TinyKernels.swift", "TinyWeights.swift", ".Tiny.manifest.json"])
    #expect(try compile(format).files == expected)
  }

  @Test(arguments: CheckpointFixtures.formats + CheckpointFixtures.otherTypes)
  func everyFormatGivesTheSameValues(format: String) throws {
    let config = try CheckpointFixtures.config()
    let expected = CheckpointFixtures.read(
      folder: CheckpointFixtures.path("safetensors"), config: config)
    let actual = CheckpointFixtures.read(folder: CheckpointFixtures.path(format), config: config)
    for (name, shape) in Checkpoint.requiredTensors(of: config) {
      let values = try #require(actual.checkpoint, "\(actual.lines)").values(name)
      #expect(values.count == shape.reduce(1, *), "\(name)")
      #expect(values == expected.checkpoint?.values(name), "\(name)")
    }
  }

  @Test(
    arguments: zip(
      ["safetensors", "safetensors-shards", "zip", "zip-shards"],
      [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
        "pytorch_model.bin.index.json",
      ]))
  func inspectionNamesTheFile(format: String, file: String) throws {
    let compilation = try compile(format)
    #expect(compilation.checkpointFile == file)
    let lines = InspectionReport(compilation).text.split(separator: "\n")
    #expect(lines.count { $0.split(separator: " ").elementsEqual(["checkpoint", file[...]]) } == 1)
  }

  @Test func theFixtureTellsTensorsAndElementsApart() throws {
    let config = try CheckpointFixtures.config()
    let checkpoint = try #require(
      CheckpointFixtures.read(folder: CheckpointFixtures.path("safetensors"), config: config)
        .checkpoint)
    let names = Checkpoint.requiredTensors(of: config).map(\.name).filter {
      $0 != "encoder.wpe.weight"
    }
    let all = names.map(checkpoint.values)
    // One bias of a single number may occur in longer tensors, but no two tensors are the same.
    #expect(Set(all).count == names.count)
    for (name, values) in zip(names, all) where values.count > 4 {
      #expect(Set(values).count > values.count / 2, "\(name)")
    }
  }

  @Test func onlyWhatIsRemarkableIsRemarked() throws {
    let config = try CheckpointFixtures.config()
    for format in CheckpointFixtures.formats where !format.hasSuffix("original") {
      let lines = CheckpointFixtures.read(
        folder: CheckpointFixtures.path(format), config: config
      ).lines
      #expect(lines == [], "\(format)")
    }
    func line(_ format: String, _ message: String) -> Bool {
      let folder = CheckpointFixtures.path(format)
      let file = format.hasPrefix("legacy") ? "pytorch_model.bin" : "model.safetensors"
      return CheckpointFixtures.read(folder: folder, config: config).lines
        == ["note: \(folder)/\(file): \(message)"]
    }
    let original =
      "is a checkpoint of the original gym implementation (kzl/decision-transformer): its "
      + "transformer is read as encoder, its position embeddings are zero; Online DT without its "
      + "stochastic head writes the same names and adds no timesteps: where this is such a file, set "
      + "embed_timestep.weight to zero first"
    #expect(line("legacy-original", original))
    #expect(line("safetensors-original", original))
    let exactly = "widened to float32, exactly"
    #expect(line("legacy-float16", "30 of 30 tensors are F16: values are \(exactly)"))
    #expect(line("legacy-bfloat16", "30 of 30 tensors are BF16: values are \(exactly)"))
    #expect(
      line(
        "legacy-float64", "30 of 30 tensors are F64: values are rounded to the nearest float32"))
  }

  @Test func theFirstOfSeveralFormatsIsReadAndTheOthersAreNoted() throws {
    let config = try CheckpointFixtures.config()
    // From the least to the most preferred.
    let order = ["zip-shards", "zip", "safetensors-shards", "safetensors"]
    let names = [
      "pytorch_model.bin.index.json", "pytorch_model.bin", "model.safetensors.index.json",
      "model.safetensors",
    ]
    let folder = ScratchFolder(named: "checkpoint")
    for (count, format) in order.enumerated() {
      for file in try CheckpointFixtures.files(format) {
        try folder.write(file, CheckpointFixtures.bytes("\(format)/\(file)"))
      }
      let (checkpoint, lines) = CheckpointFixtures.read(folder: folder.path, config: config)
      #expect(checkpoint != nil)
      #expect(
        lines
          == names[..<count].reversed().map {
            "note: \(folder.path($0)): is not read; \(names[count]) is"
          })
    }
  }

  @Test(arguments: [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
    "pytorch_model.bin.index.json",
  ])
  func aGitLFSPointerHasItsOwnMessage(file: String) throws {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    let folder = ScratchFolder(named: "checkpoint")
    try folder.write(file, pointer)
    let config = try CheckpointFixtures.config()
    #expect(
      CheckpointFixtures.read(folder: folder.path, config: config).lines == [
        "\(folder.path(file)): is a Git LFS pointer, not the weights; "
          + "fetch them with: git lfs pull"
      ])
  }
}
