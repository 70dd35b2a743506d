import DecisionTransformerCodegen
import Foundation
import Testing

@Suite struct TensorMatchTests {
  private let tensors = TinyModel.tensors

  private func prefixed(_ prefix: String, _ tensor: TensorHeader) -> TensorHeader {
    TensorHeader(prefix + tensor.name, tensor.dataType, tensor.shape)
  }
  private let config = TinyModel.config

  @Test func theTensorsOfTheModelAreAllUsedButTheTokenEmbedding() {
    let match = TensorMatch(tensors: tensors.reversed(), config: config, path: "F")
    #expect(match.diagnostics == [])
    let names = tensors.map(\.name).filter { $0 != "encoder.wte.weight" }
    #expect(match.fileNames == Dictionary(uniqueKeysWithValues: zip(names, names)))
    let required = Checkpoint.requiredTensors(of: config)
    #expect(
      Dictionary(uniqueKeysWithValues: required.map { ($0.name, $0.shape) })
        == Dictionary(
          uniqueKeysWithValues: tensors.filter { $0.name != "encoder.wte.weight" }.map {
            ($0.name, $0.shape)
          }))
    #expect(TinyModel.lines(tensors.filter { $0.name != "encoder.wte.weight" }) == [])
  }

  /// The property behind all messages: no single change of one tensor goes unnoticed.
  @Test func everyTensorMustBeThereInItsShapeAndInANumberFormat() {
    for (index, tensor) in tensors.enumerated() where tensor.name != "encoder.wte.weight" {
      var changed = tensors
      changed.remove(at: index)
      #expect(TinyModel.lines(changed).count == 1)
      #expect(TinyModel.lines(changed).first?.hasPrefix("F: \(tensor.name): is missing;") == true)
      for axis in tensor.shape.indices {
        changed = tensors
        changed[index].shape[axis] += 1
        #expect(TinyModel.lines(changed).count == 1)
        // Only one tensor has these lengths, and config.json can be wrong as well as that one.
        let isOnlyOne =
          axis == 0 && ["wpe", "embed_timestep"].contains { tensor.name.contains($0) }
        #expect(
          TinyModel.lines(changed).first?.hasPrefix(
            "F: \(tensor.name): has shape \(changed[index].shape); "
              + (isOnlyOne ? "" : "accepted: \(tensor.shape) ("))
            == true)
      }
      for dataType in TensorDataType.allCases where !dataType.isReadable {
        changed = tensors
        changed[index].dataType = dataType
        #expect(
          TinyModel.lines(changed) == [
            "F: \(tensor.name): has dtype \(dataType.rawValue); accepted: F32, F16, BF16, F64"
          ])
      }
    }
  }

  @Test func missingTensorsAreNamed() {
    let heads = tensors.filter { !$0.name.hasPrefix("predict_action") }
    #expect(
      TinyModel.lines(heads) == [
        "F: predict_action.0.weight: is missing; accepted: [2, 4] (act_dim, hidden_size)",
        "F: predict_action.0.bias: is missing; accepted: [2] (act_dim)",
      ])
    #expect(
      TinyModel.lines([]) == [
        "F: 42 of the 42 tensors of a Hugging Face DecisionTransformerModel are missing: "
          + "encoder.wpe.weight, encoder.h.0.ln_1.weight, encoder.h.0.ln_1.bias, "
          + "encoder.h.0.attn.c_attn.weight, encoder.h.0.attn.c_attn.bias, "
          + "encoder.h.0.attn.c_proj.weight, encoder.h.0.attn.c_proj.bias, "
          + "encoder.h.0.ln_2.weight and 34 more"
      ])
  }

  @Test func anotherNumberOfLayersIsOneProblem() {
    var config = config
    config.layerCount = 4
    #expect(
      TinyModel.lines(tensors, config) == [
        "F: encoder.h.2: is missing; n_layer in config.json is 4, the checkpoint has 2 layers"
      ])
    config.layerCount = 1
    #expect(
      TinyModel.lines(tensors, config) == [
        "F: encoder.h.1: is not used, because n_layer in config.json is 1, which is too small; "
          + "the checkpoint has layers up to encoder.h.1"
      ])
    // A hostile number in a name is a number like any other.
    let far = TensorHeader("encoder.h.\(Int.max).ln_1.bias", .float32, [4])
    #expect(
      TinyModel.lines(tensors + [far]) == [
        "F: encoder.h.\(Int.max): is not used, because n_layer in config.json is 2, which is too "
          + "small; the checkpoint has layers up to encoder.h.\(Int.max)"
      ])
  }

  @Test(
    arguments: [
      (
        "embed_state.weight", [3, 4],
        "has shape [3, 4]; accepted: [4, 3] (hidden_size, state_dim); the tensor is transposed"
      ),
      (
        "encoder.h.1.attn.c_attn.weight", [12, 4],
        "has shape [12, 4]; accepted: [4, 12] (hidden_size, 3 * hidden_size); the tensor is transposed"
      ),
      (
        "encoder.h.0.mlp.c_fc.bias", [16], "has shape [16]; accepted: [7] (n_inner)"
      ),
      ("predict_return.bias", [], "has shape []; accepted: [1] (1)"),
      (
        "embed_timestep.weight", [25, 4],
        "has shape [25, 4]; max_ep_len in config.json is 5, the checkpoint's is 25; "
          + "the table has one row per timestep, without rows for padding or for the window"
      ),
      (
        "embed_timestep.weight", [4, 5],
        "has shape [4, 5]; accepted: [5, 4] (max_ep_len, hidden_size); the tensor is transposed"
      ),
      (
        "embed_timestep.weight", [5, 8],
        "has shape [5, 8]; accepted: [5, 4] (max_ep_len, hidden_size)"
      ),
    ] as [(String, [Int], String)])
  func aWrongShapeIsExplained(name: String, shape: [Int], message: String) {
    let changed = tensors.map { $0.name == name ? TensorHeader(name, .float32, shape) : $0 }
    #expect(TinyModel.lines(changed) == ["F: \(name): \(message)"])
  }

  @Test func theMasksOfOldVersionsAreIgnored() {
    for dataType in [TensorDataType.uint8, .bool, .float32] {
      let masks = [0, 1].flatMap { layer in
        [
          TensorHeader("encoder.h.\(layer).attn.bias", dataType, [1, 1, 6, 6]),
          TensorHeader("encoder.h.\(layer).attn.masked_bias", .float32, []),
        ]
      }
      #expect(TinyModel.lines(tensors + masks) == [])
      #expect(
        TinyModel.lines((tensors + masks).map { prefixed("decision_transformer.", $0) }) == [])
    }
  }

  @Test func onlyTheMaskIsIgnoredAndNothingThatResemblesIt() {
    let others = [
      TensorHeader("encoder.h.0.attn.bias", .float32, [4]),
      TensorHeader("encoder.h.1.attn.bias", .int64, [1, 1, 6, 6]),
      TensorHeader("encoder.h.1.attn.masked_bias", .float32, [2]),
      TensorHeader("encoder.h.01.attn.bias", .uint8, [1, 1, 6, 6]),
      TensorHeader("attn.bias", .uint8, [1, 1, 6, 6]),
      TensorHeader("encoder.h.0.mlp.attn.bias", .uint8, [1, 1, 6, 6]),
    ]
    #expect(
      TinyModel.lines(tensors + others)
        == others.map {
          "F: \($0.name): is not a tensor of a Hugging Face DecisionTransformerModel"
        })
    let withoutBias = tensors.filter { $0.name != "encoder.h.0.attn.c_attn.bias" }
    let mask = TensorHeader("encoder.h.0.attn.bias", .uint8, [1, 1, 6, 6])
    #expect(
      TinyModel.lines(withoutBias + [mask]) == [
        "F: encoder.h.0.attn.c_attn.bias: is missing; accepted: [12] (3 * hidden_size)"
      ])
  }

  @Test func crossAttentionIsIgnoredWhereTheConfigHasIt() {
    let cross = [
      TensorHeader("encoder.h.0.crossattention.q_attn.weight", .float32, [4, 4]),
      TensorHeader("encoder.h.0.crossattention.bias", .uint8, [1, 1, 6, 6]),
      TensorHeader("encoder.h.0.ln_cross_attn.bias", .float32, [4]),
    ]
    var config = config
    #expect(
      TinyModel.lines(tensors + cross, config) == [
        "F: encoder.h.0.crossattention.q_attn.weight: belongs to cross attention, but "
          + "add_cross_attention in config.json is false; the same for "
          + "encoder.h.0.crossattention.bias, encoder.h.0.ln_cross_attn.bias"
      ])
    config.hasCrossAttention = true
    #expect(TinyModel.lines(tensors + cross, config) == [])
  }

  @Test func otherUnexpectedTensorsAreErrors() {
    let learned = [0, 1].map { TensorHeader("encoder.h.\($0).mlp.act.weight", .float32, [1]) }
    #expect(
      TinyModel.lines(tensors + learned) == [
        "F: encoder.h.0.mlp.act.weight: belongs to an activation with learned parameters (such as "
          + "prelu); accepted: relu, silu, swish, gelu, gelu_python, tanh, gelu_new, "
          + "gelu_accurate, gelu_pytorch_tanh, gelu_python_tanh, gelu_fast, gelu_10, quick_gelu, "
          + "mish, sigmoid, leaky_relu, relu6, relu2, hardswish, laplace, sqrtsoftplus, linear; "
          + "the same for "
          + "encoder.h.1.mlp.act.weight"
      ])
    let many = (10..<22).map { TensorHeader("extra.\($0)", .float32, []) }
    #expect(
      TinyModel.lines(tensors + many) == [
        "F: extra.10: is not a tensor of a Hugging Face DecisionTransformerModel; the same for "
          + "extra.11, extra.12, extra.13, extra.14, extra.15, extra.16, extra.17, extra.18 "
          + "and 3 more"
      ])
  }

  @Test func allProblemsAreReportedTogetherInTheOrderOfTheModel() {
    var changed = tensors.filter { $0.name != "embed_ln.bias" }
    changed = changed.map { tensor in
      switch tensor.name {
      case "embed_return.weight": TensorHeader(tensor.name, .int8, [1, 4])
      case "encoder.ln_f.weight": TensorHeader(tensor.name, .float64, [4])
      default: tensor
      }
    }
    #expect(
      TinyModel.lines(changed + [TensorHeader("scale", .float32, [])]) == [
        "F: embed_ln.bias: is missing; accepted: [4] (hidden_size)",
        "F: embed_return.weight: has shape [1, 4]; accepted: [4, 1] (hidden_size, 1); "
          + "the tensor is transposed",
        "F: embed_return.weight: has dtype I8; accepted: F32, F16, BF16, F64",
        "F: scale: is not a tensor of a Hugging Face DecisionTransformerModel",
        "note: F: 1 of 41 tensors are F64: values are rounded to the nearest float32",
      ])
  }

  @Test(arguments: [
    (TensorDataType.float64, "rounded to the nearest float32"),
    (.float16, "widened to float32, exactly"),
    (.bfloat16, "widened to float32, exactly"),
  ])
  func conversionsAreNoted(dataType: TensorDataType, conversion: String) {
    let changed = tensors.map { TensorHeader($0.name, dataType, $0.shape) }
    #expect(
      TinyModel.lines(changed) == [
        "note: F: 42 of 42 tensors are \(dataType.rawValue): values are \(conversion)"
      ])
  }
}
