/// What a self test found: how many numbers it compared, the worst of them, and the first that is wrong.
///
/// A controller whose report has not ``passed`` must not drive anything: ``requirePassed()`` stops the program then.
public struct SelfTestReport: Equatable, Sendable {
  /// One number of the replay beside the expected one.
  public struct Comparison: Equatable, Sendable {
    /// Where in the step the number belongs.
    public var stage: SelfTestStage
    /// From the episode's start; of an expected action the row in the model folder's file.
    public var step: Int
    /// Element of the row, or component of the action.
    public var index: Int
    /// Absolute; infinite where the replay's number is not finite or there is none. Of actions in
    /// environment units.
    public var difference: Float
    /// The largest difference that counts as the same function.
    public var tolerance: Float

    /// A comparison with these numbers.
    public init(
      stage: SelfTestStage, step: Int, index: Int, difference: Float, tolerance: Float
    ) {
      (self.stage, self.step, self.index) = (stage, step, index)
      (self.difference, self.tolerance) = (difference, tolerance)
    }

    /// How much of the tolerance the difference takes; more than 1 fails.
    var part: Float { difference / tolerance }
  }

  /// Steps that were replayed.
  public internal(set) var stepCount = 0
  /// Numbers that were compared.
  public private(set) var comparisonCount = 0
  /// The comparison that took the largest part of its tolerance.
  public private(set) var worst = Comparison(
    stage: .embedding, step: 0, index: 0, difference: 0, tolerance: .infinity)
  /// The first comparison beyond its tolerance, in the order of computation: where to look.
  public private(set) var firstFailure: Comparison?

  /// Whether something was compared and nothing was beyond its tolerance.
  public var passed: Bool { firstFailure == nil && comparisonCount > 0 }

  /// A report that nothing was compared for.
  public init() {}

  /// A report of what was found elsewhere: by a library for C, by a test's fake.
  public init(
    stepCount: Int, comparisonCount: Int, worst: Comparison, firstFailure: Comparison?
  ) {
    (self.stepCount, self.comparisonCount) = (stepCount, comparisonCount)
    (self.worst, self.firstFailure) = (worst, firstFailure)
  }

  /// Takes in one number.
  mutating func compare(
    _ value: Float, with expected: Float, tolerance: Float, _ stage: SelfTestStage, step: Int,
    index: Int
  ) {
    let distance = (value - expected).magnitude
    let comparison = Comparison(
      stage: stage, step: step, index: index,
      difference: distance.isFinite ? distance : .infinity, tolerance: tolerance)
    comparisonCount &+= 1
    if comparison.part > worst.part { worst = comparison }
    if firstFailure == nil, !(comparison.difference <= tolerance) { firstFailure = comparison }
  }
}

/// A stage of a step, in the order of computation.
public enum SelfTestStage: Equatable, Sendable {
  /// The state token after embed_ln and wpe.
  case embedding
  /// The state token after block `layer`, the first being 0; after the last one, before ln_f.
  case block(layer: Int)
  /// What `act` returns.
  case action
  /// What `act` returns for a row of `expected.json` or `expected.safetensors` in the model folder.
  case expectedAction
}

#if !hasFeature(Embedded)
  extension SelfTestStage: CustomStringConvertible {
    /// `embedding`, `block h.0`, `action` or `expected action`.
    public var description: String {
      switch self {
      case .embedding: "embedding"
      case .block(let layer): "block h.\(layer)"
      case .action: "action"
      case .expectedAction: "expected action"
      }
    }
  }

  extension SelfTestReport.Comparison: CustomStringConvertible {
    /// One phrase: stage, step, element, difference and tolerance.
    public var description: String {
      "\(stage) of step \(step), element \(index): difference \(difference), tolerance \(tolerance)"
    }
  }

  extension SelfTestReport: CustomStringConvertible {
    /// One line: passed or failed, how much was compared, the worst comparison and the first failure.
    public var description: String {
      guard comparisonCount > 0 else { return "self test failed: nothing was compared" }
      let scope = "\(comparisonCount) numbers in \(stepCount) steps"
      guard let firstFailure else { return "self test passed: \(scope); worst: \(worst)" }
      return "self test failed: \(scope); first: \(firstFailure); worst: \(worst)"
    }
  }
#endif
