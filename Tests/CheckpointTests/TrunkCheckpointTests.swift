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

  @Test("is refused where a tensor is missing, unknown or of another shape")
  func refused() {
    #expect(
      TinyModel.lines(alone.filter { $0.name != "ln_f.bias" }, config) == [
        "F: ln_f.bias: is missing; accepted: [4] (hidden_size)"
      ])
    let head = TensorHeader("lm_head.weight", .float32, [1, 4])
    #expect(
      TinyModel.lines(TinyModel.tensors + [head], config) == [
        "F: lm_head.weight: is not a tensor of a Hugging Face DecisionTransformerModel"
      ])
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
