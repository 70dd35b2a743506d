import DTGenImport
import Foundation
import RecordedEpisodes
import TestFolders
import Testing

/// Models made from checkpoints of other projects, against episodes that these projects' own loops drove.
@Suite("An imported model computes what its authors' code does")
struct RecordedFamilyTests {
  /// Recorded numbers are float32, of actions of up to 2.
  static let rounding = 2.5e-7

  @Test("over a whole episode, in double precision", arguments: RecordedFamily.names)
  func episode(name: String) throws {
    let family = try RecordedFamily(name)
    let scratch = ScratchFolder(named: "import")
    let (folder, _) = try family.importModel(into: scratch)
    let model = try ModelFolder(path: folder.path).readModel().model
    var remarks: [Diagnostic] = []
    let checkpoint = try #require(
      try CheckpointReader.read(folder: folder.path, config: model.config, remarks: &remarks))
    #expect(family.states.count >= 3 * model.window + 2, "the window slides")
    var controller = ReferenceController(model: model, checkpoint: checkpoint)
    controller.reset(targetReturn: family.targetReturn)
    for (step, state) in family.states.enumerated() {
      let reward = step == 0 ? 0 : family.rewards[step - 1]
      let action = controller.environmentAction(controller.act(state: state, reward: reward))
      #expect(largestDifference([action], [family.actions[step]]) <= Self.rounding, "step \(step)")
      let token = try #require(controller.returnToGo)
      guard let scaled = family.scaledReturnsToGo?[step] else {
        #expect(token == family.returnsToGo[step], "step \(step)")
        continue
      }
      // What is kept bit for bit; d3rlpy multiplies by what is divided by here.
      #expect(Float(controller.keptReturn) == family.returnsToGo[step], "step \(step)")
      #expect(abs(token - scaled) <= 2 * scaled.ulp, "step \(step)")
    }
  }

  @Test(
    "and chooses the actions that they choose, greedily and drawn",
    arguments: RecordedFamily.choiceEpisodes)
  func choices(name: String, episode: String) throws {
    let family = try RecordedFamily(name, episode: episode)
    let choices = try #require(family.choices)
    let scratch = ScratchFolder(named: "import")
    let (folder, _) = try family.importModel(into: scratch)
    let model = try ModelFolder(path: folder.path).readModel().model
    #expect(model.options.actions == .discrete)
    var remarks: [Diagnostic] = []
    let checkpoint = try #require(
      try CheckpointReader.read(folder: folder.path, config: model.config, remarks: &remarks))
    #expect(family.states.count >= 3 * model.window + 2, "the window slides")
    var controller = ReferenceController(model: model, checkpoint: checkpoint)
    controller.reset(targetReturn: family.targetReturn)
    for (step, state) in family.states.enumerated() {
      let logits = controller.act(
        state: state, reward: step == 0 ? 0 : family.rewards[step - 1])
      let expected = choices.logits[step]
      let range = choices.logits.joined().map(abs).max()!
      #expect(largestDifference([logits], [expected]) <= 2.5e-7 * range, "step \(step)")
      let number =
        choices.uniforms.map { controller.drawnAction(logits, uniform: Double($0[step])) }
        ?? controller.greedyAction(logits)
      #expect(number == choices.numbers[step], "step \(step)")
      controller.execute(number: number)
      switch model.options.returnRounding {
      // As fed.
      case .integer: #expect(controller.returnToGo == family.returnsToGo[step], "step \(step)")
      // Nobody is told.
      case .step: #expect(!model.config.hasReturnTokens)
      default:
        #expect(Float(controller.keptReturn) == family.returnsToGo[step], "step \(step)")
      }
    }
  }

  @Test("and is made of the same bytes each time", arguments: RecordedFamily.allNames)
  func stability(name: String) throws {
    let importer = try RecordedFamily(name).importer()
    let files = try importer.run(output: "A.dtmodel").files
    #expect(files == (try importer.run(output: "A.dtmodel").files))
    #expect(files.map(\.name) == ["config.json", "codegen.json", "model.safetensors"])
  }

  @Test("and a wrong fact makes another model", arguments: RecordedFamily.allNames)
  func wrongFacts(name: String) throws {
    let family = try RecordedFamily(name)
    let right = try family.importer().run(output: "A.dtmodel").files
    for member in family.given {
      var other = family.importer()
      other.given.removeAll { $0.name == member.name }
      let value: JSONValue =
        switch member.value {
        case .integer: .integer(1)
        case .number(let number): .number(number / 2)
        case .bool(let answer): .bool(!answer)
        case .array(let numbers): .array(numbers.map { _ in .number(0.5) })
        default: .string("gelu")
        }
      other.given.append(JSONMember(name: member.name, value: value))
      #expect(try other.run(output: "A.dtmodel").files != right, "\(member.name)")
    }
  }
}
