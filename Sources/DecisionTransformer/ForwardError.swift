/// Why `forward` refused its input. The call that throws has changed nothing.
public enum ForwardError: Error, Equatable, Sendable {
  /// T, the number of timesteps, must be in 1 ... `window`.
  case stepCount(Int, window: Int)
  /// A sequence has `found` numbers where T steps make `expected`.
  case wrongCount(ForwardInput, found: Int, expected: Int)
  /// Number `index` of a sequence is infinite or not a number.
  case nonFinite(ForwardInput, index: Int)
  /// The timestep of step `index` has no row in the timestep embedding: accepted is 0 ..< `count`.
  case timestepOutOfRange(index: Int, count: Int)
  /// The mask of step `index` is neither 0 nor 1.
  case invalidMask(index: Int)
  /// The mask leaves no step to attend to.
  case nothingAttended
}

#if !hasFeature(Embedded)
  extension ForwardError: CustomStringConvertible {
    /// One line: what is wrong and, where that says more, what is accepted.
    public var description: String {
      switch self {
      case .stepCount(let count, let window):
        "timesteps: found \(count) steps; accepted: 1 ... \(window)"
      case .wrongCount(let input, let found, let expected):
        "\(input): found \(found) numbers; accepted: \(expected)"
      case .nonFinite(let input, let index): "\(input)[\(index)] is not finite"
      case .timestepOutOfRange(let index, let count):
        count == .max
          ? "timesteps[\(index)] is negative"
          : "timesteps[\(index)] is out of range; accepted: 0 ..< \(count)"
      case .invalidMask(let index): "attentionMask[\(index)] is neither 0 nor 1"
      case .nothingAttended: "attentionMask: all zeros; accepted: at least one 1"
      }
    }
  }
#endif
