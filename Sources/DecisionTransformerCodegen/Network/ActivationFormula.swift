import Foundation

extension Activation {
  /// The activation in double precision, as Hugging Face's `ACT2FN` defines it.
  public func reference(_ x: Double) -> Double {
    switch self {
    case .relu: max(x, 0)
    case .silu: x / (1 + exp(-x))
    case .gelu: 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
    case .tanh: Foundation.tanh(x)
    case .geluNew:
      0.5 * x * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    }
  }
}
