import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

@Suite struct CheckpointReaderTests {
  /// What reading gives: the checkpoint, and all lines, remarks first.
  private func read(_ bytes: [UInt8]) throws -> (checkpoint: Checkpoint?, lines: [String]) {
    var remarks: [Diagnostic] = []
    let file = try SafetensorsFile(bytes: bytes, path: "F")
    do {
      let checkpoint = try CheckpointReader.read(
        file, config: TinyModel.config, remarks: &remarks)
      return (checkpoint, remarks.map(\.description))
    } catch {
      return (nil, (remarks + error.diagnostics).map(\.description))
    }
  }

  private func read(folder: String) -> (checkpoint: Checkpoint?, lines: [String]) {
    var remarks: [Diagnostic] = []
    do {
      let checkpoint = try CheckpointReader.read(
        folder: folder, config: TinyModel.config, remarks: &remarks)
      return (checkpoint, remarks.map(\.description))
    } catch {
      return (nil, (remarks + error.diagnostics).map(\.description))
    }
  }

  private func expectTinyValues(_ checkpoint: Checkpoint?, dtype: TensorDataType = .float32) {
    for (name, shape) in Checkpoint.requiredTensors(of: TinyModel.config) {
      let expected = (0..<shape.reduce(1, *)).map { index in
        let value = TinyModel.value(name, index)
        return dtype == .bfloat16 ? Float(bitPattern: value.bitPattern & 0xFFFF_0000) : value
      }
      #expect(checkpoint?.values(name) == expected, "\(name)")
    }
  }

  @Test(arguments: ["", "module.decision_transformer."])
  func everyValueComesOutUnderItsName(prefix: String) throws {
    let (checkpoint, lines) = try read(TinyModel.file(prefix: prefix))
    #expect(lines == [])
    expectTinyValues(checkpoint)
  }

  @Test(arguments: [TensorDataType.float64, .bfloat16])
  func otherFormatsAreConvertedAndNoted(dtype: TensorDataType) throws {
    let (checkpoint, lines) = try read(TinyModel.file(dtype: dtype))
    #expect(lines.count == 1 && lines[0].hasPrefix("note: F: 42 of 42 tensors are"))
    expectTinyValues(checkpoint, dtype: dtype)
  }
}

// MARK: - Values

extension CheckpointReaderTests {
  @Test func valuesThatAreNotFiniteAreFound() throws {
    let bytes = TinyModel.file { name, values in
      switch name {
      case "encoder.wte.weight": values[0] = .nan  // Not used.
      case "embed_state.weight": values[7] = .nan
      case "predict_action.0.bias": values[1] = -.infinity
      default: break
      }
    }
    #expect(
      try read(bytes).lines == [
        "F: embed_state.weight: the value at [2, 1] is nan; every value must be finite",
        "F: predict_action.0.bias: the value at [1] is -inf; every value must be finite",
      ])
  }

  @Test func valuesBeyondFloat32AreFound() throws {
    let bytes = TinyModel.file(dtype: .float64) { name, values in
      if name == "embed_ln.bias" { values[3] = -1e39 }
    }
    #expect(
      try read(bytes).lines == [
        "note: F: 42 of 42 tensors are F64: values are rounded to the nearest float32",
        "F: embed_ln.bias: the value at [3] is -1e+39, which is too large for float32",
      ])
  }

  @Test func aModelThatHasDivergedIsOneProblem() throws {
    let bytes = TinyModel.file { _, values in values = values.map { _ in .nan } }
    #expect(
      try read(bytes).lines == [
        "F: 42 tensors have values that are not finite in float32: encoder.wpe.weight, "
          + "encoder.h.0.ln_1.weight, encoder.h.0.ln_1.bias, encoder.h.0.attn.c_attn.weight, "
          + "encoder.h.0.attn.c_attn.bias, encoder.h.0.attn.c_proj.weight, "
          + "encoder.h.0.attn.c_proj.bias, encoder.h.0.ln_2.weight and 34 more"
      ])
  }

  @Test func zerosThatSwitchTheModelOffAreWarnedOf() throws {
    let zero = ["encoder.h.1.ln_2.weight", "embed_ln.weight", "predict_action.0.weight"]
    // Zeros that do no harm: position embeddings and biases of layer norms.
    let harmless = ["encoder.wpe.weight", "embed_ln.bias", "predict_action.0.bias"]
    let bytes = TinyModel.file { name, values in
      if (zero + harmless).contains(name) { values = values.map { _ in 0 } }
    }
    let (checkpoint, lines) = try read(bytes)
    #expect(
      lines == [
        "warning: F: encoder.h.1.ln_2.weight: all values are zero, so this layer norm ignores its "
          + "input",
        "warning: F: embed_ln.weight: all values are zero, so this layer norm ignores its input",
        "warning: F: predict_action.0.weight: all values are zero, so every action is the same",
      ])
    #expect(checkpoint?.values("embed_ln.weight") == [0, 0, 0, 0])
  }

  @Test func problemsOfNamesAndOfValuesAreReportedTogether() throws {
    var writer = SafetensorsWriter()
    writer.add("predict_return.bias", [1], [.infinity])
    let lines = try read(writer.file()).lines
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix("F: 41 of the 42 tensors") == true)
    #expect(
      lines.last == "F: predict_return.bias: the value at [0] is inf; every value must be finite")
  }
}

// MARK: - Folders

extension CheckpointReaderTests {
  @Test func aFolderWithoutCheckpointIsNoError() throws {
    let folder = ScratchFolder(named: "checkpoint")
    try folder.write("config.json", "{}")
    let (checkpoint, lines) = read(folder: folder.path)
    #expect(checkpoint == nil)
    #expect(lines == [])
  }

  @Test func theFoldersPathMayEndWithASlash() throws {
    let folder = ScratchFolder(named: "checkpoint")
    try folder.write("model.safetensors", TinyModel.file())
    for path in [folder.path, folder.path + "/"] {
      let (checkpoint, lines) = read(folder: path)
      #expect(lines == [])
      expectTinyValues(checkpoint)
    }
  }

  @Test func theValuesStayReadableWhenTheFileIsGone() throws {
    let folder = ScratchFolder(named: "checkpoint")
    try folder.write("model.safetensors", TinyModel.file())
    let checkpoint = read(folder: folder.path).checkpoint
    try FileManager.default.removeItem(at: folder.url)
    expectTinyValues(checkpoint)
  }

  @Test func whatCannotBeMappedIsNamed() throws {
    let folder = ScratchFolder(named: "checkpoint")
    let path = folder.path("model.safetensors")
    try folder.makeFolder("model.safetensors")
    #expect(read(folder: folder.path).lines == ["\(path): is a folder; accepted: a file"])
    try FileManager.default.removeItem(atPath: path)

    try folder.link("model.safetensors", to: "../blobs/missing")
    #expect(
      read(folder: folder.path).lines == [
        "\(path): is a symbolic link to a file that does not exist"
      ])
    try FileManager.default.removeItem(atPath: path)

    #expect(mkfifo(path, 0o600) == 0)
    #expect(read(folder: folder.path).lines == ["\(path): is not a regular file"])
    try FileManager.default.removeItem(atPath: path)

    try folder.write("model.safetensors", "")
    #expect(
      read(folder: folder.path).lines == [
        "\(path): has 0 bytes; a safetensors file starts with the 8-byte length of its header"
      ])
    try FileManager.default.removeItem(atPath: path)

    try folder.write("blob", TinyModel.file())
    try folder.link("model.safetensors", to: "blob")
    expectTinyValues(read(folder: folder.path).checkpoint)
    #expect(throws: Diagnostic(path: "/no/file", "cannot be opened: No such file or directory")) {
      try MappedFile(path: "/no/file")
    }
  }
}
