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
    /// The largest difference that quantized rows make; 0 where none are.
    public var quantization: Double
    /// What the self test grants, in the same units.
    public var tolerance: Double

    /// Whether that is more than 15 of float32's 24 bits, or of quantized rows half of all: no check of much.
    package var isLax: Bool {
      tolerance > (quantization == 0 ? 0x1p-9 : 0.5) * max(1, magnitude)
    }
  }

  public var stepCount: Int
  public var stages: [Stage]
  /// Of the actions in rows that the model folder expects; nil where it has none.
  public var expectedAction: Stage?
  /// The section behind the packed weights' payload; its format is that of `SelfTestEpisode`.
  public var section: [UInt8]
}

extension RecordedSelfTest {
  /// What is wrong with a checkpoint whose numbers leave the range of float32; nil of others.
  package var problem: String? {
    let all = stages + [expectedAction].compactMap(\.self)
    return all.first { !$0.tolerance.isFinite || !$0.magnitude.isFinite }.map { stage in
      "its numbers leave the range of float32 at \(stage.name), in an episode of plain inputs; accepted: a checkpoint that float32 can "
        + "compute"
    }
  }

  /// What is to be said of a checkpoint that float32 cannot compute well; nil of others.
  package var warning: String? {
    stages.first(where: \.isLax).map { stage in
      guard stage.quantization == 0 else {
        return
          "rounding to integers changes too much: at \(stage.name) by \(Float(stage.quantization)), where numbers are as large as "
          + "\(Float(stage.magnitude)); the self test grants \(Float(stage.tolerance)) there and cannot tell much"
      }
      return
        "float32 loses more than half of its digits: at \(stage.name) it is off by \(Float(stage.largestError)) "
        + "from exact arithmetic, where numbers are as large as \(Float(stage.magnitude)); the self "
        + "test grants \(Float(stage.tolerance)) there and cannot tell much"
    }
  }

  /// Runs the reference over a synthetic episode: about a second for a small model. The weights of a batch are
  /// those of a single agent, and so is their self test.
  ///
  /// - Parameters:
  ///   - rows: The model folder's own, which are replayed behind the synthetic episode.
  ///   - progress: told the part of the steps that is done.
  public init(
    plan: Plan, model: Model, checkpoint: Checkpoint, payload: [Float],
    expecting rows: ExpectedRows? = nil, progress: (Double) -> Void = { _ in }
  ) {
    var (single, deployment) = (model, plan.deployment)
    single.options.batch = 1
    deployment.batch = 1
    let plan = plan.deployment.batch == 1 ? plan : Plan(plan.network, deployment)
    var recorder = SelfTestRecorder(
      plan: plan, model: single, checkpoint: checkpoint, payload: payload)
    self = recorder.record(progress: progress)
    guard let rows else { return }
    var recorderOfRows = SelfTestRecorder(
      plan: plan, model: single, checkpoint: checkpoint, payload: payload, expecting: rows)
    let recorded = recorderOfRows.record(leastActionTolerance: stages.last!.tolerance)
    expectedAction = recorded.stages.last
    expectedAction?.name = "\(SelfTestStage.expectedAction)"
    stepCount += recorded.stepCount
    section = SelfTestSection.joined(section, recorded.section)
  }
}
