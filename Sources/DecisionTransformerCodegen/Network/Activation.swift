/// The MLP activations this generator knows, under Hugging Face's names (`ACT2FN`).
public enum Activation: String, CaseIterable, Sendable, Codable {
  case relu
  case silu
  /// 0.5·x·(1 + erf(x/√2))
  case gelu
  case tanh
  /// 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
  case geluNew = "gelu_new"

  /// The activation for a Hugging Face name or one of its exact aliases; nil for any other name.
  public init?(huggingFaceName name: String) {
    switch name {
    case "relu": self = .relu
    case "silu", "swish": self = .silu
    case "gelu", "gelu_python": self = .gelu
    case "tanh": self = .tanh
    case "gelu_new", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh": self = .geluNew
    default: return nil
    }
  }

  /// Every accepted name, for messages.
  public static let acceptedNames = [
    "relu", "silu", "swish", "gelu", "gelu_python", "tanh",
    "gelu_new", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh",
  ]
}
