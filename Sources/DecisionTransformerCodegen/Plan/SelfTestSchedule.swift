import DecisionTransformer

/// Which steps a self test has, how each is concluded, and what is compared: a function of shape and options.
///
/// Every conclusion follows every other one. All actions are compared where that takes the reference a second or two
/// and a few kilobytes; else some, and the steps between are told what was executed, so that nobody has to compute
/// them.
package struct SelfTestSchedule: Equatable {
  package typealias Step = SelfTestEpisode.Step

  /// Multiply-adds of the reference: seconds, on any machine.
  private static let largestWork = 4_000_000_000
  /// Floats of compared actions, of compared rows, and of inputs: 16 kB, 32 kB and 24 kB.
  private static let largestActionCount = 4096
  private static let largestSampleCount = 8192
  private static let largestInputCount = 6144

  package var steps: [Step]
  /// Rows of inputs, which repeat in a long episode or with large states.
  package let inputRowCount: Int
  /// Elements of a row that are compared.
  package let samples: [Int]

  package init(_ plan: Plan) {
    let shape = plan.shape
    // Past two windows, and as far as the model has timesteps.
    let longest = 2 * shape.window + 5
    let count = plan.steps.endsEpisodes ? min(longest, plan.steps.time.stepCount) : longest
    let telling = Self.tellingSteps(window: shape.window, count: count)

    let affordable = max(
      telling.count,
      min(
        Self.largestWork / max(1, plan.plainGraph.multiplyAdds),
        Self.largestActionCount / shape.actionDimension))
    let distance = (count + affordable - 1) / affordable
    steps = (0..<count).map { index in
      let comparesStages = telling.contains(index)
      let comparesAction = comparesStages || index % distance == 0
      return Step(
        conclusion: Self.conclusion(index, window: shape.window, isComputed: comparesAction),
        comparesAction: comparesAction, comparesStages: comparesStages)
    }
    let width = shape.testedStateDimension + shape.actionDimension + 1
    inputRowCount = min(count, max(3, Self.largestInputCount / width))
    let perRow = max(8, Self.largestSampleCount / (telling.count * (shape.layerCount + 1)))
    let sampleCount = min(shape.hiddenSize, perRow)
    samples = (0..<sampleCount).map { $0 * shape.hiddenSize / sampleCount }
  }

  /// Of rows that a model folder expects: every action is compared, and goes into the history as in the published loop.
  ///
  /// - Parameter tellsActions: Whether the folder's own actions go there.
  package init(expectedRowCount count: Int, tellsActions: Bool) {
    steps = Array(
      repeating: Step(
        conclusion: tellsActions ? .executed : .prepare, comparesAction: true, comparesStages: false
      ), count: count)
    inputRowCount = count
    samples = []
  }

  /// Multiply-adds of the reference for the steps that every self test computes.
  package static func leastWork(_ plan: Plan) -> Int {
    tellingSteps(window: plan.shape.window, count: 2 * plan.shape.window + 5).count
      * plan.plainGraph.multiplyAdds
  }

  /// The first step, the one that fills the window, the first one after a slide, and the last.
  private static func tellingSteps(window: Int, count: Int) -> Set<Int> {
    Set([0, window - 1, window, count - 1].filter { $0 < count })
  }

  /// Any conclusion will do where the prediction is computed; the step that fills the window is always followed by a
  /// state token that runs alone.
  private static func conclusion(_ index: Int, window: Int, isComputed: Bool) -> Step.Conclusion {
    if index == window - 1 { return .executedWithReward }
    let all: [Step.Conclusion] = [.nothing, .prepare, .executed, .executedWithReward]
    // The pattern meets every ordered pair.
    let pattern = all[(index + index / all.count) % all.count]
    return isComputed ? pattern : pattern == .prepare ? .executed : .executedWithReward
  }
}

extension Plan {
  /// Packed weights up to this size get a self test unless codegen.json says otherwise: the reference's weights
  /// take several times the room.
  public static let largestSelfTestedByteCount = 32 << 20

  /// The same of the multiply-adds that the reference cannot do without, which grow with the square of the window: a
  /// minute or two in a debug build of the generator.
  private static let largestSelfTestWork = 20_000_000_000

  /// Whether a self test lies beside the weights. Given embeddings have no episode to replay.
  public var recordsSelfTest: Bool {
    let byteCount = PackedWeights.headerByteCount + weights.byteCount
    let isSmall =
      byteCount <= Self.largestSelfTestedByteCount
      && SelfTestSchedule.leastWork(self) <= Self.largestSelfTestWork
    return network.controlSteps != nil && (deployment.hasSelfTest ?? isSmall)
  }
}
