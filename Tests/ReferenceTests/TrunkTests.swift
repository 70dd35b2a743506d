import DecisionTransformerCodegen
import RecordedEpisodes
import Testing

/// The reference interpreter's trunk against Hugging Face's DecisionTransformerGPT2Model, both in double precision.
@Suite("The reference trunk")
struct TrunkTests {
  @Test("equals Hugging Face's, with and without cache", arguments: RecordedTrunk.names)
  func goldens(name: String) throws {
    let golden = try RecordedTrunk(name)
    let answers = golden.answers(
      of: ReferenceTrunk(config: golden.model.config, checkpoint: golden.checkpoint))
    #expect(answers.count == 9)
    for (scenario, difference) in answers { #expect(difference <= 1e-10, "\(scenario)") }
  }

  @Test("and the golden calls notice every tensor", arguments: RecordedTrunk.names)
  func tensors(name: String) throws {
    let golden = try RecordedTrunk(name)
    for (tensor, _) in Checkpoint.requiredTensors(of: golden.model.config) {
      let changed = Checkpoint { name in
        let values = golden.checkpoint.values(name)
        return name == tensor ? values.reversed().map { $0 + 0.05 } : values
      }
      let difference = golden.answers(
        of: ReferenceTrunk(config: golden.model.config, checkpoint: changed))["whole"]
      #expect(try #require(difference) > 8e-5, "\(tensor)")
    }
  }
}

extension RecordedTrunk {
  /// For each scenario, how far `trunk` is from what was recorded.
  fileprivate func answers(of trunk: ReferenceTrunk) -> [String: Double] {
    scenarios.mapValues { calls in
      var trunk = trunk
      return calls.map { call in
        trunk.crop(to: call.past)
        let rows = trunk.forward(
          inputsEmbeds: call.inputsEmbeds.map { $0.map(Double.init) }, positionIDs: call.positions,
          attentionMask: call.mask, usesCache: call.usesCache)
        return largestDifference(rows, call.lastHiddenState)
      }.max()!
    }
  }
}
