import DecisionTransformerCodegen
import Testing

/// One wrong number in config.json is one problem, however many tensors have another shape.
@Suite struct CheckpointSizesTests {
  private let tensors = TinyModel.tensors

  private func lines(_ change: (inout ModelConfig) -> Void) -> [String] {
    var config = TinyModel.config
    change(&config)
    return TinyModel.lines(tensors, config)
  }

  @Test func everyKeyThatTheCheckpointContradictsIsOneLine() {
    #expect(
      lines { $0.hiddenSize = 16 } == [
        "F: encoder.h.0.ln_1.weight: has shape [4]; hidden_size in config.json is 16, the "
          + "checkpoint's is 4"
      ])
    #expect(
      lines { $0.innerSize = 16 } == [
        "F: encoder.h.0.mlp.c_fc.bias: has shape [7]; n_inner in config.json is 16, the checkpoint's "
          + "is 7"
      ])
    #expect(
      lines { $0.stateDimension = 17 } == [
        "F: predict_state.bias: has shape [3]; state_dim in config.json is 17, the checkpoint's is 3"
      ])
    #expect(
      lines { $0.actionDimension = 6 } == [
        "F: predict_action.0.bias: has shape [2]; act_dim in config.json is 6, the checkpoint's is 2"
      ])
    #expect(
      lines { $0.positionCount = 1024 } == [
        "F: encoder.wpe.weight: has shape [6, 4]; n_positions in config.json is 1024, the "
          + "checkpoint's is 6"
      ])
    #expect(
      lines { $0.maximumEpisodeLength = 1000 } == [
        "F: embed_timestep.weight: has shape [5, 4]; max_ep_len in config.json is 1000, the "
          + "checkpoint's is 5; the table has one row per timestep, without rows for padding or for "
          + "the window"
      ])
  }

  @Test func severalWrongKeysAreALineEach() {
    let found = lines { config in
      (config.hiddenSize, config.innerSize, config.stateDimension) = (8, 9, 4)
      (config.actionDimension, config.positionCount, config.maximumEpisodeLength) = (3, 7, 6)
      config.layerCount = 3
    }
    let keys = [
      "hidden_size in config.json is 8, the checkpoint's is 4",
      "n_positions in config.json is 7, the checkpoint's is 6",
      "n_inner in config.json is 9, the checkpoint's is 7",
      "max_ep_len in config.json is 6, the checkpoint's is 5",
      "state_dim in config.json is 4, the checkpoint's is 3",
      "act_dim in config.json is 3, the checkpoint's is 2",
      "n_layer in config.json is 3, the checkpoint has 2 layers",
    ]
    #expect(found.count == keys.count)
    for (line, key) in zip(found, keys) { #expect(line.contains(key)) }
  }

  /// Where n_inner is null it is four times hidden_size, and wrong only with it.
  @Test func theInnerSizeFollowsTheHiddenSize() {
    var config = TinyModel.config
    (config.hiddenSize, config.innerSize) = (16, 64)
    let standard = tensors.map { tensor in
      TensorHeader(tensor.name, tensor.dataType, tensor.shape.map { $0 == 7 ? 16 : $0 })
    }
    #expect(
      TinyModel.lines(standard, config) == [
        "F: encoder.h.0.ln_1.weight: has shape [4]; hidden_size in config.json is 16, the "
          + "checkpoint's is 4"
      ])
  }

  @Test func whatIsWrongBesidesIsComparedWithTheCheckpointsSizes() {
    var config = TinyModel.config
    config.hiddenSize = 16
    let changed = tensors.filter { $0.name != "embed_ln.bias" }.map { tensor in
      tensor.name == "embed_state.weight" ? TensorHeader(tensor.name, .float32, [3, 4]) : tensor
    }
    #expect(
      TinyModel.lines(changed, config) == [
        "F: encoder.h.0.ln_1.weight: has shape [4]; hidden_size in config.json is 16, the "
          + "checkpoint's is 4",
        "F: embed_ln.bias: is missing; accepted: [4] (hidden_size)",
        "F: embed_state.weight: has shape [3, 4]; accepted: [4, 3] (hidden_size, state_dim); the "
          + "tensor is transposed",
      ])
  }

  /// Half of the tensors against the other half is nobody's size.
  @Test func withoutAMajorityEachTensorIsNamed() {
    var config = TinyModel.config
    config.stateDimension = 9
    let changed = tensors.filter { $0.name != "predict_state.bias" }.map { tensor in
      tensor.name == "embed_state.weight" ? TensorHeader(tensor.name, .float32, [4, 9]) : tensor
    }
    #expect(
      TinyModel.lines(changed, config) == [
        "F: predict_state.bias: is missing; accepted: [9] (state_dim)",
        "F: predict_state.weight: has shape [3, 4]; accepted: [9, 4] (state_dim, hidden_size)",
      ])
  }

  /// Layers that are stored alike are wrong alike.
  @Test func theSameProblemOfManyTensorsIsOneLine() {
    let transposed = tensors.map { tensor in
      tensor.name.hasSuffix("mlp.c_fc.weight")
        ? TensorHeader(tensor.name, tensor.dataType, tensor.shape.reversed()) : tensor
    }
    #expect(
      TinyModel.lines(transposed) == [
        "F: encoder.h.0.mlp.c_fc.weight: has shape [7, 4]; accepted: [4, 7] (hidden_size, n_inner); "
          + "the tensor is transposed; the same for encoder.h.1.mlp.c_fc.weight"
      ])
    let integers = tensors.map { TensorHeader($0.name, .int8, $0.shape) }
    #expect(
      TinyModel.lines(integers) == [
        "F: encoder.wpe.weight: has dtype I8; accepted: F32, F16, BF16, F64; the same for "
          + "encoder.h.0.ln_1.weight, encoder.h.0.ln_1.bias, encoder.h.0.attn.c_attn.weight, "
          + "encoder.h.0.attn.c_attn.bias, encoder.h.0.attn.c_proj.weight, "
          + "encoder.h.0.attn.c_proj.bias, encoder.h.0.ln_2.weight, encoder.h.0.ln_2.bias and "
          + "33 more"
      ])
  }

  @Test func aTrunkHasItsSizesToo() {
    var config = TinyModel.config
    config.modelClass = .trunk
    (config.hiddenSize, config.positionCount, config.stateDimension) = (12, 9, 99)
    #expect(
      TinyModel.lines(tensors, config) == [
        "F: encoder.h.0.ln_1.weight: has shape [4]; hidden_size in config.json is 12, the "
          + "checkpoint's is 4",
        "F: encoder.wpe.weight: has shape [6, 4]; n_positions in config.json is 9, the "
          + "checkpoint's is 6",
      ])
  }
}
