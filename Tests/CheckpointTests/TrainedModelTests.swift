import DecisionTransformerCodegen
import Foundation
import Testing

/// The models of this repository, saved by Hugging Face.
@Suite struct TrainedModelTests {
  static let hopper: (String, (inout ModelConfig) -> Void) = (
    "Sources/hopper/Hopper.dtmodel",
    {
      ($0.stateDimension, $0.actionDimension, $0.maximumEpisodeLength) = (11, 3, 1000)
    }
  )
}
