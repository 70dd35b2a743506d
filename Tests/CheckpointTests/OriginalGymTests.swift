import DecisionTransformerCodegen
import Foundation
import Testing

/// Checkpoints under the names of the original authors' gym implementation.
@Suite struct OriginalGymTests {
  private let tensors = TinyModel.tensors
  private let config = TinyModel.config

  private func prefixed(_ prefix: String, _ tensor: TensorHeader) -> TensorHeader {
    TensorHeader(prefix + tensor.name, tensor.dataType, tensor.shape)
  }

  private var original: [TensorHeader] {
    tensors.filter { $0.name != "encoder.wpe.weight" }.map { tensor in
      TensorHeader(
        tensor.name.replacingOccurrences(of: "encoder.", with: "transformer."), tensor.dataType,
        tensor.shape)
    }
  }

  private var originalNote: String {
    "note: F: is a checkpoint of the original gym implementation (kzl/decision-transformer): its "
      + "transformer is read as encoder, its position embeddings are zero; Online DT without its "
      + "stochastic head writes the same names and adds no timesteps: where this is such a file, set "
      + "embed_timestep.weight to zero first"
  }

  @Test(arguments: ["", "module.", "_orig_mod.module."])
  func theOriginalAuthorsNamesAreRead(prefix: String) {
    let masks = [0, 1].flatMap { layer in
      [
        TensorHeader("transformer.h.\(layer).attn.bias", .uint8, [1, 1, 6, 6]),
        TensorHeader("transformer.h.\(layer).attn.masked_bias", .float32, []),
      ]
    }
    let match = TensorMatch(
      tensors: (original + masks).map { prefixed(prefix, $0) }, config: config, path: "F")
    #expect(match.diagnostics.map(\.description) == [originalNote])
    #expect(match.isWithoutPositions)
    #expect(match.fileNames.count == 41)
    #expect(match.fileNames["encoder.wpe.weight"] == nil)
    #expect(
      match.fileNames["encoder.h.1.ln_2.bias"] == prefix + "transformer.h.1.ln_2.bias")
  }

  @Test func problemsOfOriginalFilesAreInTheirNames() {
    let wrong = original.filter { $0.name != "transformer.ln_f.bias" }.map { tensor in
      tensor.name == "transformer.h.0.ln_1.bias" ? TensorHeader(tensor.name, .float32, [9]) : tensor
    }
    #expect(
      TinyModel.lines(wrong + [TensorHeader("transformer.wpe.weight", .float32, [6, 4])]) == [
        originalNote,
        "F: transformer.ln_f.bias: is missing; accepted: [4] (hidden_size)",
        "F: transformer.h.0.ln_1.bias: has shape [9]; accepted: [4] (hidden_size)",
        "F: transformer.wpe.weight: is not a tensor of the original gym implementation "
          + "(kzl/decision-transformer)",
      ])
    var config = config
    config.layerCount = 3
    #expect(
      TinyModel.lines(original, config) == [
        originalNote,
        "F: transformer.h.2: is missing; n_layer in config.json is 3, the checkpoint has 2 layers",
      ])
    config.layerCount = 1
    #expect(
      TinyModel.lines(original, config) == [
        originalNote,
        "F: transformer.h.1: is not used, because n_layer in config.json is 1, which is too small; "
          + "the checkpoint has layers up to transformer.h.1",
      ])
  }

  /// Zeros are made, not read: a config alone must not ask for gigabytes of them.
  @Test func positionEmbeddingsThatAreZeroAreNotMoreThanAWindowNeeds() {
    var config = config
    config.positionCount = 12_288
    #expect(TinyModel.lines(original, config) == [originalNote])
    config.positionCount = 12_289
    #expect(
      TinyModel.lines(original, config) == [
        originalNote,
        "F: encoder.wpe.weight: is not in the file and n_positions in config.json is 12289; "
          + "accepted: at most 12288, the tokens of the longest window",
      ])
  }

  /// Without position embeddings, Hugging Face's own names are an incomplete file.
  @Test func huggingFacesNamesNeedPositionEmbeddings() {
    #expect(
      TinyModel.lines(tensors.filter { $0.name != "encoder.wpe.weight" }) == [
        "F: encoder.wpe.weight: is missing; accepted: [6, 4] (n_positions, hidden_size)"
      ])
  }

  /// Somebody's own model around a GPT-2 is nobody's checkpoint.
  @Test(arguments: [
    "transformer.h.0.attn.c_attn.", "transformer.ln_f.", "embed_timestep.", "embed_return.",
    "embed_ln.", "predict_action.0.",
  ])
  func oneSignLessIsAnotherModel(sign: String) {
    let lines = TinyModel.lines(original.filter { !$0.name.hasPrefix(sign) })
    #expect(!lines.isEmpty)
    #expect(!lines.contains { $0.contains("kzl") })
  }
}
