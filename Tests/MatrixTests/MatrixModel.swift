import DecisionTransformer
import ModelMatrix
import RecordedEpisodes
import Testing

extension AliasedConfig: EmbeddedController {}
extension ClampedTimesteps: EmbeddedController {}
extension EightHeads: EmbeddedController {}
extension EightHeadsOneLayer: EmbeddedController {}
extension ExecutedActions: EmbeddedController {}
extension Float16Checkpoint: EmbeddedController {}
extension Float64Checkpoint: EmbeddedController {}
extension ForwardFourHeads: EmbeddedController {}
extension ForwardHiddenStates: EmbeddedController {}
extension ForwardOneHead: EmbeddedController {}
extension ForwardSigmoid: EmbeddedController {}
extension ForwardWindowOfOne: EmbeddedController {}
extension GeluFourHeads: EmbeddedController {}
extension GeluNewTwoHeads: EmbeddedController {}
extension InverseLayerScale: EmbeddedController {}
extension OldCheckpoint: EmbeddedController {}
extension PrefixedBFloat16Checkpoint: EmbeddedController {}
extension ReluOneHead: EmbeddedController {}
extension RetargetedEpisode: EmbeddedController {}
extension SiluTwoHeads: EmbeddedController {}
extension SwishFourHeads: EmbeddedController {}
extension TanhOddInner: EmbeddedController {}
extension UnboundedActions: EmbeddedController {}
extension UnscaledAttention: EmbeddedController {}
extension WholeEpisode: EmbeddedController {}
extension WholeEpisodeKept: EmbeddedController {}
extension WholeEpisodeKeptOneHead: EmbeddedController {}
extension WindowOfOne: EmbeddedController {}
extension WrappedTimesteps: EmbeddedController {}

/// One generated type, with what the tests do to it.
struct MatrixModel: Sendable, CustomTestStringConvertible {
  /// The ways to make a controller.
  enum Beginning: CaseIterable { case embeddedWeights, sharedWeights, callersMemory }

  let name: String
  /// The actions, in environment units, that answer a recorded episode.
  let replay: @Sendable (Beginning, RecordedEpisode, Pace, Bool) throws -> [[Float]]
  /// Calls to the allocator during a whole episode, the first one of the process aside.
  let allocatorCalls: @Sendable (RecordedEpisode, Pace) throws -> UInt64
  let selfTest: @Sendable () throws -> SelfTestReport

  var testDescription: String { name }

  static let all = [
    MatrixModel(AliasedConfig.self), MatrixModel(ClampedTimesteps.self),
    MatrixModel(EightHeads.self), MatrixModel(EightHeadsOneLayer.self),
    MatrixModel(ExecutedActions.self), MatrixModel(Float16Checkpoint.self),
    MatrixModel(Float64Checkpoint.self), MatrixModel(GeluFourHeads.self),
    MatrixModel(GeluNewTwoHeads.self), MatrixModel(InverseLayerScale.self),
    MatrixModel(OldCheckpoint.self), MatrixModel(PrefixedBFloat16Checkpoint.self),
    MatrixModel(ReluOneHead.self), MatrixModel(RetargetedEpisode.self),
    MatrixModel(SiluTwoHeads.self), MatrixModel(SwishFourHeads.self),
    MatrixModel(TanhOddInner.self), MatrixModel(UnboundedActions.self),
    MatrixModel(UnscaledAttention.self), MatrixModel(WholeEpisode.self),
    MatrixModel(WholeEpisodeKept.self), MatrixModel(WholeEpisodeKeptOneHead.self),
    MatrixModel(WindowOfOne.self), MatrixModel(WrappedTimesteps.self),
    MatrixModel(ForwardFourHeads.self), MatrixModel(ForwardSigmoid.self),
    MatrixModel(ForwardHiddenStates.self), MatrixModel(ForwardOneHead.self),
    MatrixModel(ForwardWindowOfOne.self),
  ]

  private init<Controller: EmbeddedController & ~Copyable>(_: Controller.Type) {
    name = String(describing: Controller.self)
    selfTest = { try Controller.selfTest() }
    replay = { beginning, episode, pace, retargetsEarly in
      var replay = Replay<Controller>(episode, pace: pace, retargetsEarly: retargetsEarly)
      switch beginning {
      case .embeddedWeights:
        var controller = try Controller()
        try replay.run(&controller)
      case .sharedWeights:
        var controller = try Controller(weights: Controller.embeddedWeights())
        try replay.run(&controller)
      case .callersMemory:
        let memory = UnsafeMutableRawBufferPointer.allocate(
          byteCount: Controller.memorySize, alignment: Controller.memoryAlignment)
        defer { memory.deallocate() }
        // What the memory held before must not matter.
        memory.initializeMemory(as: UInt8.self, repeating: 0xff)
        var controller = try Controller(
          weights: Controller.embeddedWeights(), memory: memory)
        try replay.run(&controller)
      }
      return replay.environmentActions
    }
    allocatorCalls = { episode, pace in
      var controller = try Controller()
      var replay = Replay<Controller>(episode, pace: pace)
      return try allocatorCallCount { try replay.run(&controller) }
    }
  }
}
