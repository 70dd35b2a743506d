import DecisionTransformerCodegen
import RecordedEpisodes
import TestFolders
import Testing

/// Bounds of actions, what returns are kept in, and the row that an episode begins with, in release builds at the levels:
/// self tests, and every way to drive an episode, against the double-precision reference.
@Suite("Options of the control loop at every vector level", .serialized)
struct LoopOptionLevelTests {
  private static let batch = "BoundedLoopOfTwo"

  /// A question, and the answer that the reference gives.
  private struct Case {
    var question: LevelQuestion
    var expected: [[Double]]
    var tolerance: Double
  }

  private func cases(_ episode: ReferenceEpisode, _ name: String) -> [Case] {
    Pace.all(tellingActions: episode.executed != nil).map { pace in
      let kind = LevelQuestion.Kind.episode(
        states: episode.states, rewards: episode.rewards, executed: episode.executed,
        targetReturn: Float(episode.episode.targetReturn), retargetStep: nil, retargetReturn: nil,
        pace)
      return Case(
        question: LevelQuestion(model: name, kind: kind), expected: episode.expected(pace),
        tolerance: episode.tolerance)
    }
  }

  private func batches(_ episode: ReferenceEpisode) -> [Case] {
    (UInt64(0)..<4).map { seed in
      let script = BatchScript(episode.episode, batch: 2, steps: 40, seed: seed)
      let agents = (0..<2).map {
        script.expected(episode.model, episode.episode.checkpoint, agent: $0)
      }
      return Case(
        question: LevelQuestion(model: Self.batch, kind: .batch(script)),
        expected: script.steps.indices.map { agents[0][$0] + agents[1][$0] },
        tolerance: episode.tolerance)
    }
  }

  @Test("are the reference's", arguments: LevelSelection.shapeLevels)
  func answers(level: Level) throws {
    let names = ReferenceEpisode.originals.keys.sorted()
    let models = try (names + [Self.batch]).map { try LevelModel(folder: TestData.model($0)) }
    let program = try LevelProgram(level, models)
    var cases: [Case] = []
    for name in names {
      let episode = try ReferenceEpisode(name)
      cases += self.cases(episode, name) + self.cases(episode.executingOthers(), name)
      if name == "ExactReturns" { cases += self.cases(episode.losingRewards(), name) }
      if name == "BoundedLoop" { cases += batches(episode) }
    }
    for (asked, answer) in zip(cases, try program.answers(to: cases.map(\.question))) {
      let found = (answer.rows["actions"] ?? []).map { $0.map(Double.init) }
      let difference = largestDifference(found, asked.expected)
      #expect(answer.error == nil, "\(level): \(asked.question.model)")
      #expect(difference <= asked.tolerance, "\(level): \(asked.question.model)")
    }
    #expect(cases.count == 4 * 8 + 5 + 4)

    let tests = models.map { LevelQuestion(model: $0.name, kind: .selfTest) }
    for (asked, answer) in zip(tests, try program.answers(to: tests)) {
      #expect(answer.passed == true, "\(level): \(asked.model): \(answer.report ?? "")")
    }
    try expectSameBits(program, level)
    try expectEnd(program, level)
  }

  /// A clamped history is what it would be if the caller told what was returned.
  private func expectSameBits(_ program: LevelProgram, _ level: Level) throws {
    let untold = [Pace.actOnly, .prepared, .executed]
    let questions = cases(try ReferenceEpisode("BoundedLoop"), "BoundedLoop").map(\.question)
    let answers = try program.answers(to: Array(questions.prefix(untold.count)))
    #expect(Pace.allCases.prefix(untold.count) == untold[...])
    #expect(answers.allSatisfy { $0.rows["actions"] == answers[0].rows["actions"] }, "\(level)")
    #expect(answers[0].rows["actions"]?.count == 30)
  }

  /// An episode that begins a row later ends a step earlier.
  private func expectEnd(_ program: LevelProgram, _ level: Level) throws {
    let episode = try ReferenceEpisode("LaterStart")
    let kind = LevelQuestion.Kind.episode(
      states: episode.episode.states, rewards: episode.rewards, executed: nil, targetReturn: 100,
      retargetStep: nil, retargetReturn: nil, .prepared)
    let answer = try program.answers(to: [LevelQuestion(model: "LaterStart", kind: kind)])[0]
    let error = try #require(answer.error, "\(level)")
    #expect(error.contains("29"), "\(error)")
  }
}
