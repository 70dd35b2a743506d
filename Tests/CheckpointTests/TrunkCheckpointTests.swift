import DecisionTransformerCodegen
import Testing

/// A trunk reads a whole model's checkpoint as well as one that DecisionTransformerGPT2Model saved itself.
@Suite("A trunk's checkpoint")
struct TrunkCheckpointTests {
  private let config: ModelConfig = {
    var config = TinyModel.config
    config.modelClass = .trunk
    return config
  }()

  /// Saved by DecisionTransformerGPT2Model: without the rest of the model and without `encoder.`.
  private let alone = TinyModel.tensors.filter { $0.name.hasPrefix("encoder.") }.map {
    TensorHeader(String($0.name.dropFirst("encoder.".count)), $0.dataType, $0.shape)
  }

  private func prefixed(_ tensors: [TensorHeader], _ prefix: String) -> [TensorHeader] {
    tensors.map { TensorHeader(prefix + $0.name, $0.dataType, $0.shape) }
  }

  @Test("is a whole model's or the trunk's own, with or without a wrapper's prefix")
  func accepted() {
    for tensors in [TinyModel.tensors, alone] {
      for prefix in ["", "module.", "_orig_mod."] {
        let match = TensorMatch(
          tensors: prefixed(tensors, prefix), config: config, path: "F")
        #expect(match.diagnostics.isEmpty, "\(prefix)")
        #expect(
          Set(match.fileNames.keys) == Set(Checkpoint.requiredTensors(of: config).map(\.name)))
        #expect(match.fileNames["encoder.ln_f.bias"]?.hasSuffix("ln_f.bias") == true)
      }
    }
  }

  @Test("needs the trunk's tensors and nothing else of a whole model")
  func required() {
    let names = Checkpoint.requiredTensors(of: config).map(\.name)
    #expect(names.count == 3 + 12 * 2 && names.allSatisfy { $0.hasPrefix("encoder.") })
    #expect(
      TinyModel.lines(TinyModel.tensors.filter { $0.name != "embed_state.weight" }, config) == [])
  }

  @Test("is refused where a tensor of the trunk is missing, unknown or of another shape")
  func refused() {
    #expect(
      TinyModel.lines(alone.filter { $0.name != "ln_f.bias" }, config) == [
        "F: ln_f.bias: is missing; accepted: [4] (hidden_size)"
      ])
    #expect(
      TinyModel.lines([], config) == [
        "F: 27 of the 27 tensors of a Hugging Face DecisionTransformerGPT2Model are missing: "
          + "encoder.wpe.weight, encoder.h.0.ln_1.weight, encoder.h.0.ln_1.bias, "
          + "encoder.h.0.attn.c_attn.weight, encoder.h.0.attn.c_attn.bias, "
          + "encoder.h.0.attn.c_proj.weight, encoder.h.0.attn.c_proj.bias, "
          + "encoder.h.0.ln_2.weight and 19 more"
      ])
    for (prefix, tensors) in [("encoder.", TinyModel.tensors), ("", alone)] {
      let adapter = TensorHeader("\(prefix)h.1.adapter.weight", .float32, [4, 4])
      #expect(
        TinyModel.lines(tensors + [adapter], config).first?.hasPrefix(
          "F: \(adapter.name): is not a tensor of a Hugging Face DecisionTransformerGPT2Model")
          == true)
    }
    let short = alone.map {
      $0.name == "wpe.weight" ? TensorHeader($0.name, $0.dataType, [5, 4]) : $0
    }
    #expect(
      TinyModel.lines(short, config) == [
        "F: wpe.weight: has shape [5, 4]; n_positions in config.json is 6, the checkpoint's is 5"
      ])
    // Without the option it is no whole model.
    #expect(!TinyModel.lines(alone).isEmpty)
  }
}
