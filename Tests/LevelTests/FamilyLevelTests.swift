import DTGenImport
import DecisionTransformerCodegen
import Foundation
import RecordedEpisodes
import TestFolders
import Testing

/// Models imported from other projects' checkpoints in release builds, against episodes of these projects' own loops.
@Suite("Imported models at every vector level", .serialized)
struct FamilyLevelTests {
  @Test("drive their authors' episodes", arguments: LevelSelection.shapeLevels)
  func episodes(level: Level) throws {
    let scratch = ScratchFolder(named: "families")
    let families = try RecordedFamily.names.map { try RecordedFamily($0) }
    let models = try families.map { family in
      try LevelModel(folder: try family.importModel(into: scratch).folder)
    }
    var asked: [(family: RecordedFamily, pace: Pace, question: LevelQuestion)] = []
    for (family, model) in zip(families, models) {
      for pace in Pace.all(tellingActions: false) {
        let episode = LevelQuestion.Kind.episode(
          states: family.states, rewards: family.rewards, executed: nil,
          targetReturn: Float(family.targetReturn), retargetStep: nil, retargetReturn: nil, pace)
        asked.append((family, pace, LevelQuestion(model: model.name, kind: episode)))
      }
    }
    let answers = try LevelProgram(level, models).answers(to: asked.map(\.question))
    #expect(answers.count == asked.count)
    for (asked, answer) in zip(asked, answers) {
      let actions = (answer.rows["actions"] ?? []).map { $0.map(Double.init) }
      let difference = asked.family.largestDifference(of: actions)
      #expect(
        answer.error == nil && difference <= 2e-5,
        "\(level): \(asked.family.name), \(asked.pace): off by \(difference)")
    }
  }

  @Test("choose as their authors' loops do", arguments: LevelSelection.shapeLevels)
  func choices(level: Level) throws {
    let scratch = ScratchFolder(named: "families")
    let families = try RecordedFamily.choiceEpisodes.map {
      try RecordedFamily($0.name, episode: $0.episode)
    }
    let models = try RecordedFamily.discreteNames.map { name in
      try LevelModel(
        folder: try families.first { $0.name == name }!.importModel(into: scratch).folder)
    }
    var asked: [(family: RecordedFamily, pace: Pace, question: LevelQuestion)] = []
    for family in families {
      let index = RecordedFamily.discreteNames.firstIndex(of: family.name)!
      for pace in Pace.all(tellingActions: false) {
        let kind = LevelQuestion.Kind.choices(family.choiceEpisode, pace)
        asked.append((family, pace, LevelQuestion(model: models[index].name, kind: kind)))
      }
    }
    let tests = models.map { LevelQuestion(model: $0.name, kind: .selfTest) }
    let answers = try LevelProgram(level, models).answers(to: asked.map(\.question) + tests)
    #expect(answers.count == asked.count + tests.count)
    for (asked, answer) in zip(asked, answers) {
      let place = "\(level): \(asked.family.name), \(asked.pace)"
      let choices = try #require(asked.family.choices)
      let logits = (answer.rows["logits"] ?? []).map { $0.map(Double.init) }
      let range = choices.logits.joined().max()! - choices.logits.joined().min()!
      let difference = largestDifference(logits, choices.logits)
      #expect(difference <= 2e-5 * range, "\(place): off by \(difference)")
      #expect(answer.rows["numbers"] == [choices.numbers.map { Float($0) }], "\(place)")
      #expect(answer.error == nil, "\(place)")
    }
    for answer in answers.dropFirst(asked.count) { #expect(answer.passed == true, "\(level)") }
  }
}
