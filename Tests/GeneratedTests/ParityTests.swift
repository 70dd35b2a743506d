import DecisionTransformer
import DecisionTransformerCodegen
import HalfCheetahModel
import HopperModel
import PendulumModel
import RecordedEpisodes
import Testing

extension Hopper: GeneratedController {}
extension Pendulum: GeneratedController {}
extension HalfCheetah: GeneratedController {}

/// The checked-in types, which hold no weights, with weights packed here: over the episodes that
/// Hugging Face's models drove in the real environments.
@Suite("Checked-in types equal the recorded episodes")
struct ParityTests {
  static let tolerance = 1e-5

  @Test("of Hopper") func hopper() throws { try expectParity(Hopper.self, "Hopper") }
  @Test("of Pendulum") func pendulum() throws { try expectParity(Pendulum.self, "Pendulum") }
  @Test("of HalfCheetah") func halfCheetah() throws {
    try expectParity(HalfCheetah.self, "HalfCheetah")
  }

  private func expectParity<Controller: GeneratedController & ~Copyable>(
    _: Controller.Type, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let episode = try RecordedEpisode(trained: name)
    let packed = try PackedModel(folder: episode.folder)
    #expect(packed.payload.count == Controller.packedWeightsSize)

    let recorded = RecordedEpisode.rows(
      episode.file.doubles(of: "env_actions"), of: episode.model.config.actionDimension)
    #expect(recorded.count >= 10 * Controller.window)
    var replay = Replay<Controller>(episode)
    try packed.withWeights { weights in
      var controller = try Controller(weights: weights)
      try replay.run(&controller)
    }
    let difference = largestDifference(
      episode.modelUnits(replay.environmentActions),
      recorded.map { zip($0, episode.model.actionScale).map { $0 / $1 } })
    #expect(difference <= Self.tolerance, sourceLocation: sourceLocation)
  }
}
