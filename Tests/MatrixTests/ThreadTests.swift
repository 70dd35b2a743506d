import DecisionTransformer
import ModelMatrix
import RecordedEpisodes
import Testing

/// One controller belongs to one thread; weights belong to everybody.
@Suite("Controllers on many threads")
struct ThreadTests {
  @Test("share one set of weights, and each gives the answers it gives alone")
  func sharedWeights() async throws {
    let golden = try RecordedEpisode(golden: "SiluTwoHeads")
    let weights = try SiluTwoHeads.embeddedWeights()
    let runs = try await withThrowingTaskGroup(of: [[Float]].self) { group in
      for _ in 0..<8 {
        group.addTask {
          var controller = try SiluTwoHeads(weights: weights)
          var replay = Replay<SiluTwoHeads>(golden)
          for _ in 0..<5 { try replay.run(&controller) }
          return replay.environmentActions
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    var controller = try SiluTwoHeads()
    var alone = Replay<SiluTwoHeads>(golden)
    try alone.run(&controller)
    #expect(runs.count == 8)
    #expect(runs.allSatisfy { $0 == alone.environmentActions })
  }
}
