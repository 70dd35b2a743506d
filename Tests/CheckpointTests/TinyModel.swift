import DecisionTransformerCodegen

/// A model of two layers whose sizes all differ, and checkpoints for it.
enum TinyModel {
  static let config: ModelConfig = {
    var config = ModelConfig()
    config.stateDimension = 3
    config.actionDimension = 2
    config.hiddenSize = 4
    config.maximumEpisodeLength = 5
    config.positionCount = 6
    config.layerCount = 2
    config.innerSize = 7
    return config
  }()

  /// What Hugging Face saves for `config`, written out.
  static let tensors: [TensorHeader] = {
    var shapes: [(String, [Int])] = [
      ("encoder.wte.weight", [1, 4]), ("encoder.wpe.weight", [6, 4]),
      ("encoder.ln_f.weight", [4]), ("encoder.ln_f.bias", [4]),
      ("embed_timestep.weight", [5, 4]),
      ("embed_return.weight", [4, 1]), ("embed_return.bias", [4]),
      ("embed_state.weight", [4, 3]), ("embed_state.bias", [4]),
      ("embed_action.weight", [4, 2]), ("embed_action.bias", [4]),
      ("embed_ln.weight", [4]), ("embed_ln.bias", [4]),
      ("predict_state.weight", [3, 4]), ("predict_state.bias", [3]),
      ("predict_action.0.weight", [2, 4]), ("predict_action.0.bias", [2]),
      ("predict_return.weight", [1, 4]), ("predict_return.bias", [1]),
    ]
    for block in ["encoder.h.0", "encoder.h.1"] {
      shapes += [
        ("\(block).ln_1.weight", [4]), ("\(block).ln_1.bias", [4]),
        ("\(block).attn.c_attn.weight", [4, 12]), ("\(block).attn.c_attn.bias", [12]),
        ("\(block).attn.c_proj.weight", [4, 4]), ("\(block).attn.c_proj.bias", [4]),
        ("\(block).ln_2.weight", [4]), ("\(block).ln_2.bias", [4]),
        ("\(block).mlp.c_fc.weight", [4, 7]), ("\(block).mlp.c_fc.bias", [7]),
        ("\(block).mlp.c_proj.weight", [7, 4]), ("\(block).mlp.c_proj.bias", [4]),
      ]
    }
    return shapes.map { TensorHeader($0.0, .float32, $0.1) }
  }()

  /// The lines that comparing `tensors` with `config` gives, for a file called `F`.
  static func lines(_ tensors: [TensorHeader], _ config: ModelConfig = config) -> [String] {
    TensorMatch(tensors: tensors, config: config, path: "F").diagnostics.map(\.description)
  }

  /// A value for each element of a tensor, different between tensors.
  static func value(_ name: String, _ index: Int) -> Float {
    Float(name.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 0xFFFF) + Float(index) / 64
  }

  /// A checkpoint under names with `prefix`; `change` may replace the values of a tensor.
  static func file(
    prefix: String = "", dtype: TensorDataType = .float32,
    _ change: (String, inout [Double]) -> Void = { _, _ in }
  ) -> [UInt8] {
    var writer = SafetensorsWriter()
    for tensor in tensors {
      var values = (0..<tensor.shape.reduce(1, *)).map { Double(value(tensor.name, $0)) }
      change(tensor.name, &values)
      let bytes =
        switch dtype {
        case .float64: SafetensorsWriter.bytes(values.map(\.bitPattern))
        case .bfloat16:
          SafetensorsWriter.bytes(values.map { UInt16(Float($0).bitPattern >> 16) })
        default: SafetensorsWriter.bytes(values.map { Float($0).bitPattern })
        }
      writer.add(prefix + tensor.name, dtype.rawValue, tensor.shape, bytes)
    }
    return writer.file()
  }
}
