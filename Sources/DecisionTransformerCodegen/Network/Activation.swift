/// The MLP activations this generator knows, under Hugging Face's names: those of its table `ACT2FN` that have no
/// parameters to learn.
public enum Activation: String, CaseIterable, Sendable, Codable {
  case relu
  case silu
  /// 0.5·x·(1 + erf(x/√2))
  case gelu
  case tanh
  /// 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
  case geluNew = "gelu_new"
  /// The same with √(2/π) rounded to ten digits.
  case geluFast = "gelu_fast"
  /// gelu between -10 and 10
  case gelu10 = "gelu_10"
  /// x·sigmoid(1.702·x)
  case quickGelu = "quick_gelu"
  /// x·tanh(softplus(x))
  case mish
  case sigmoid
  /// x, or 0.01·x below 0
  case leakyRelu = "leaky_relu"
  /// relu, at most 6
  case relu6
  /// relu, squared
  case relu2
  /// x·relu6(x + 3)/6
  case hardswish
  /// 0.5·(1 + erf((x − 0.707107)/(0.282095·√2)))
  case laplace
  /// √softplus(x)
  case sqrtsoftplus
  /// x
  case linear

  /// Hugging Face's other names of the same functions.
  private static let aliases: [(name: String, activation: Activation)] = [
    ("swish", .silu), ("gelu_python", .gelu), ("gelu_accurate", .geluNew),
    ("gelu_pytorch_tanh", .geluNew), ("gelu_python_tanh", .geluNew),
  ]

  /// The activation for a Hugging Face name or one of its exact aliases; nil for any other name.
  public init?(huggingFaceName name: String) {
    guard
      let activation = Activation(rawValue: name)
        ?? Self.aliases.first(where: { $0.name == name })?.activation
    else { return nil }
    self = activation
  }

  /// Every accepted name, for messages.
  package static var acceptedText: String {
    acceptedNames.map { "\"\($0)\"" }.joined(separator: ", ")
  }

  /// The same as a list.
  public static let acceptedNames = allCases.flatMap { activation in
    [activation.rawValue] + aliases.filter { $0.activation == activation }.map(\.name)
  }
}
