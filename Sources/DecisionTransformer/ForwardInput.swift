/// A sequence that `forward` is given, T steps long.
///
/// No enumeration: one without payloads is hashable, and hashing asks a bare machine for random numbers.
public struct ForwardInput: Equatable, Sendable {
  private let index: UInt8

  /// T rows of `stateDimension` numbers, normalised.
  public static var states: Self { Self(index: 0) }
  /// T rows of `actionDimension` numbers, model units.
  public static var actions: Self { Self(index: 1) }
  /// T returns-to-go, divided by the return scale.
  public static var returnsToGo: Self { Self(index: 2) }
  /// T numbers, 1 for a step that is attended to and 0 for padding.
  public static var attentionMask: Self { Self(index: 3) }
}

extension ForwardInput {
  /// Checks the input of a generated `forward`, which calls it. Allocates nothing.
  ///
  /// T is the number of `timesteps`. All numbers are row after row, and every one must be finite.
  ///
  /// - Parameters:
  ///   - states: [T, `stateDimension`], normalised.
  ///   - actions: [T, `actionDimension`], model units.
  ///   - returnsToGo: [T], divided by the return scale.
  ///   - timesteps: [T], T from 1 to `window`, each from 0 to `timestepCount` - 1.
  ///   - attentionMask: [T], 0 or 1 and at least one 1; empty is all ones.
  ///   - stateDimension: Numbers of a state.
  ///   - actionDimension: Numbers of an action.
  ///   - window: The most steps.
  ///   - timestepCount: Rows of the timestep embedding; `Int.max` where later timesteps have a row, too.
  /// - Returns: The first step whose mask is 1.
  /// - Throws: The first thing that was found wrong.
  @_noAllocation @_noLocks
  public static func firstAttendedStep(
    states: Span<Float>, actions: Span<Float>, returnsToGo: Span<Float>, timesteps: Span<Int>,
    attentionMask: Span<UInt8>, stateDimension: Int, actionDimension: Int, window: Int,
    timestepCount: Int
  ) throws(ForwardError) -> Int {
    let stepCount = timesteps.count
    guard stepCount >= 1, stepCount <= window else {
      throw .stepCount(stepCount, window: window)
    }
    try check(.states, states, count: stepCount * stateDimension)
    try check(.actions, actions, count: stepCount * actionDimension)
    try check(.returnsToGo, returnsToGo, count: stepCount)
    var step = 0
    while step < stepCount {
      let timestep = timesteps[step]
      guard timestep >= 0, timestep < timestepCount else {
        throw .timestepOutOfRange(index: step, count: timestepCount)
      }
      step += 1
    }
    if attentionMask.isEmpty { return 0 }
    guard attentionMask.count == stepCount else {
      throw .wrongCount(.attentionMask, found: attentionMask.count, expected: stepCount)
    }
    var first = stepCount
    step = stepCount
    while step > 0 {
      step -= 1
      let mask = attentionMask[step]
      guard mask == 0 || mask == 1 else {
        throw .invalidMask(index: step)
      }
      if mask == 1 { first = step }
    }
    guard first < stepCount else { throw .nothingAttended }
    return first
  }

  @_noAllocation @_noLocks
  private static func check(
    _ input: ForwardInput, _ numbers: Span<Float>, count: Int
  ) throws(ForwardError) {
    guard numbers.count == count else {
      throw .wrongCount(input, found: numbers.count, expected: count)
    }
    var index = 0
    while index < count {
      guard numbers[index].isFinite else { throw .nonFinite(input, index: index) }
      index += 1
    }
  }
}

extension ForwardInput {
  var name: StaticString {
    @_noAllocation @_noLocks get {
      switch index {
      case 0: "states"
      case 1: "actions"
      case 2: "returnsToGo"
      default: "attentionMask"
      }
    }
  }
}

#if !hasFeature(Embedded)
  extension ForwardInput: CustomStringConvertible {
    /// The name of the parameter.
    public var description: String { "\(name)" }
  }
#endif
