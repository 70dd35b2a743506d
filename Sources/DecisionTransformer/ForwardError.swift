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

extension ForwardError {
  /// The number, the step or the element of the mask that it is about.
  var index: Int? {
    @_noAllocation @_noLocks get {
      switch self {
      case .nonFinite(_, let index), .timestepOutOfRange(let index, _), .invalidMask(let index):
        index
      case .stepCount, .wrongCount, .nothingAttended: nil
      }
    }
  }

  var message: ErrorMessage {
    @_noAllocation @_noLocks get {
      switch self {
      case .stepCount(let count, let window):
        ErrorMessage("timesteps: found ", count, " steps; accepted: 1 ... ", window)
      case .wrongCount(let input, let found, let expected):
        ErrorMessage(name: input.name, ": found ", found, " numbers; accepted: ", expected)
      case .nonFinite(let input, let index):
        ErrorMessage(name: input.name, "[", index, "] is not finite")
      case .timestepOutOfRange(let index, let count):
        count == .max
          ? ErrorMessage("timesteps[", index, "] is negative")
          : ErrorMessage("timesteps[", index, "] is out of range; accepted: 0 ..< ", count)
      case .invalidMask(let index): ErrorMessage("attentionMask[", index, "] is neither 0 nor 1")
      case .nothingAttended:
        ErrorMessage("attentionMask: all zeros; accepted: at least one 1")
      }
    }
  }
}

#if !hasFeature(Embedded)
  extension ForwardError: CustomStringConvertible {
    /// One line: what is wrong and, where that says more, what is accepted.
    public var description: String { message.description }
  }
#endif
