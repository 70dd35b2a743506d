import DecisionTransformer
import ModelMatrix
import RecordedEpisodes

extension AliasedConfig: EmbeddedController {}
extension ClampedTimesteps: EmbeddedController {}
extension ExecutedActions: EmbeddedController {}
extension Float16Checkpoint: EmbeddedController {}
extension Float64Checkpoint: EmbeddedController {}
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
extension WindowOfOne: EmbeddedController {}
