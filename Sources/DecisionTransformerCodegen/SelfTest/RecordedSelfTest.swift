import DecisionTransformer

/// The self test of one checkpoint: a synthetic episode with what the reference makes of it, and how far
/// float32 is expected to be off.
///
/// The reference is the checkpoint in double precision, nothing folded or packed; with rounded weights, its blocks
/// are the rounded tensors.
public struct RecordedSelfTest: Equatable, Sendable {
  /// The expected error of one stage.
  public struct Stage: Equatable, Sendable {
    /// `embedding`, `block h.0` and so on, `action`.
    public var name: String
    /// The largest magnitude of the reference's numbers.
    public var magnitude: Double
    /// The largest and the mean difference of float32 on the plan from the reference; of actions in model units.
    public var largestError: Double
    public var meanError: Double
    /// What the self test grants, in the same units.
    public var tolerance: Double
  }

  public var stepCount: Int
  public var stages: [Stage]
  /// The section behind the packed weights' payload; its format is that of `SelfTestEpisode`.
  public var section: [UInt8]
}

extension RecordedSelfTest {
  /// Packed weights up to this size get a self test unless codegen.json says otherwise: the reference's weights
  /// take several times the room.
  public static let largestByteCount = 32 << 20

  /// The same of the multiply-adds that the reference cannot do without, which grow with the square of the window: a
  /// minute or two in a debug build of the generator.
  private static let largestWork = 20_000_000_000

  /// Whether a self test lies beside the weights. A trunk has no episode to replay.
  static func isRecorded(_ plan: Plan, _ model: Model) -> Bool {
    let byteCount = PackedWeights.headerByteCount + plan.weights.byteCount
    let isSmall =
      byteCount <= largestByteCount && SelfTestSchedule.leastWork(plan) <= largestWork
    return !model.isTrunk && (model.options.hasSelfTest ?? isSmall)
  }

  /// Runs the reference over a synthetic episode: about a second for a small model. The weights of a batch are
  /// those of a single agent, and so is their self test.
  ///
  /// - Parameter progress: told the part of the steps that is done.
  public init(
    plan: Plan, model: Model, checkpoint: Checkpoint, payload: [Float],
    progress: (Double) -> Void = { _ in }
  ) {
    var single = model
    single.options.batch = 1
    var recorder = SelfTestRecorder(
      plan: model.options.batch == 1 ? plan : Plan(single), model: single, checkpoint: checkpoint,
      payload: payload)
    self = recorder.record(progress: progress)
  }
}
