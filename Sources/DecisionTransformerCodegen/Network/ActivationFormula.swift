import Foundation

extension Activation {
  /// The activation in double precision, as Hugging Face's `ACT2FN` defines it.
  public func reference(_ x: Double) -> Double {
    switch self {
    case .relu: max(x, 0)
    case .silu: x / (1 + exp(-x))
    case .gelu: gelu(x)
    case .tanh: Foundation.tanh(x)
    case .geluNew:
      0.5 * x * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .geluFast: 0.5 * x * (1 + Foundation.tanh(x * 0.7978845608 * (1 + 0.044715 * x * x)))
    case .gelu10: min(max(gelu(x), -10), 10)
    case .quickGelu: x / (1 + exp(-1.702 * x))
    case .mish: x * Foundation.tanh(softplus(x))
    case .sigmoid: 1 / (1 + exp(-x))
    case .leakyRelu: x < 0 ? 0.01 * x : x
    case .relu6: min(max(x, 0), 6)
    case .relu2: max(x, 0) * max(x, 0)
    case .hardswish: x * min(max(x + 3, 0), 6) / 6
    case .laplace: 0.5 * (1 + erf((x - 0.707107) / (0.282095 * 2.0.squareRoot())))
    case .sqrtsoftplus: softplus(x).squareRoot()
    case .linear: x
    }
  }

  private func gelu(_ x: Double) -> Double { 0.5 * x * (1 + erf(x / 2.0.squareRoot())) }

  /// ln(1 + eˣ), without an overflow.
  private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
}
