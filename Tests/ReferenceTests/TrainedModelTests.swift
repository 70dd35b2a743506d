import DecisionTransformerCodegen
import RecordedEpisodes
import Testing

/// The reference interpreter against episodes that Hugging Face's float32 model drove in the real
/// environments.
@Suite("The reference equals the recorded float32 episodes to their rounding")
struct TrainedModelTests {
  @Test(arguments: RecordedEpisode.trainedNames)
  func episode(name: String) throws {
    let recorded = try RecordedEpisode(trained: name)
    let replay = recorded.replay()
    #expect(replay.returnsToGo == recorded.returnsToGo)
    // Two windows and more of float32 rounding, of the normalised states among others.
    #expect(largestDifference(replay.actions, recorded.actions) <= 1e-6)
  }
}
