import DecisionTransformerCodegen
import Foundation
import RecordedEpisodes
import TestFolders
import Testing

/// The golden matrix and the checked-in models in release builds at every vector level: recorded episodes, batches, windows
/// and trunks against Hugging Face's answers, and every self test.
@Suite("Golden answers at every vector level", .serialized)
struct GoldenLevelTests {
  /// A question, and what is wrong with the answer; nil where nothing is.
  private struct Case {
    var question: LevelQuestion
    var problem: (LevelAnswer) -> String?
  }

  /// Folders of all models: those with golden answers, rounded ones and batches, the trained ones.
  private static let folders: [URL] = {
    let models = TestData.models
    let names = (try? FileManager.default.contentsOfDirectory(atPath: models.path)) ?? []
    let small = names.filter { $0.hasSuffix(".dtmodel") && $0 != "HalfCheetah.dtmodel" }.sorted()
    let trained = RecordedEpisode.trainedNames.compactMap {
      try? RecordedEpisode(trained: $0).folder
    }
    return small.map { models.appending(path: $0) } + trained
  }()

  /// Of a plain `swift test`: every kind of model at one level, the trained one at the machine's own.
  private static func sample(at level: Level) -> [String] {
    level.name == "native"
      ? ["Hopper"]
      : [
        "RoundedOneHead", "TrunkRoundedFourHeads", "BatchOfFive", "ForwardFourHeads",
        "Int8FourHeads",
        "TrunkInt8FourHeads", "BatchOfThirty", "Int8Forward", "Int16OneHead",
      ]
  }

  @Test("hold", arguments: LevelSelection.levels)
  func goldens(level: Level) throws {
    let folders = Self.folders.filter {
      LevelSelection.runsAllGoldens(at: level)
        || Self.sample(at: level).contains($0.deletingPathExtension().lastPathComponent)
    }
    LevelSelection.announce("\(folders.count) models with recorded answers for \(level)")
    let models = try folders.map { try LevelModel(folder: $0) }
    let program = try LevelProgram(level, models)
    let cases = try models.flatMap(cases)
    let answers = try program.answers(to: cases.map(\.question))
    for (asked, answer) in zip(cases, answers) {
      let problem = answer.error ?? asked.problem(answer)
      #expect(problem == nil, "\(level): \(asked.question.model)")
    }
    #expect(answers.count == cases.count && cases.count > folders.count)
  }

  // MARK: Questions

  private func cases(of model: LevelModel) throws -> [Case] {
    if model.model.isTrunk { return try trunks(model) }
    var cases = [
      Case(question: LevelQuestion(model: model.name, kind: .selfTest)) {
        $0.passed == true ? nil : $0.report ?? "no report"
      }
    ]
    if model.model.options.batch > 1 { return cases + (try batches(model)) }
    if let episode = try episode(of: model) {
      cases += Pace.all(tellingActions: episode.executed != nil).map {
        self.episode(model, episode, $0)
      }
      cases += windows(model, episode)
    }
    return cases
  }

  private func episode(of model: LevelModel) throws -> RecordedEpisode? {
    if RecordedEpisode.trainedNames.contains(model.name) {
      return try RecordedEpisode(trained: model.name)
    }
    guard RecordedEpisode.goldenNames.contains(model.name) else { return nil }
    return try RecordedEpisode(golden: model.name)
  }

  private func episode(_ model: LevelModel, _ episode: RecordedEpisode, _ pace: Pace) -> Case {
    let kind = LevelQuestion.Kind.episode(
      states: episode.states, rewards: episode.rewards,
      executed: episode.executed?.map { $0.map { Float($0) } },
      targetReturn: Float(episode.targetReturn), retargetStep: episode.retarget?.step,
      retargetReturn: episode.retarget.map { Float($0.targetReturn) }, pace)
    let error = episode.file.metadata["float32_error"].flatMap(Double.init) ?? 0
    return Case(question: LevelQuestion(model: model.name, kind: kind)) { answer in
      wrong(
        episode.modelUnits(answer.rows["actions"] ?? []), episode.actions, max(2e-5, 3 * error),
        "an episode, \(pace)")
    }
  }

  private func windows(_ model: LevelModel, _ episode: RecordedEpisode) -> [Case] {
    guard !model.model.forwardOutputs.isEmpty else { return [] }
    return ForwardWindow.all(of: episode).map { window in
      let kind = LevelQuestion.Kind.forward(
        states: window.states, actions: window.actions, returnsToGo: window.returnsToGo,
        timesteps: window.timesteps, attentionMask: window.attentionMask)
      return Case(question: LevelQuestion(model: model.name, kind: kind)) { answer in
        for output in model.model.forwardOutputs {
          let name = output.goldenName.name
          let rows = (answer.rows[name] ?? []).map { $0.map(Double.init) }
          let problem = wrong(rows, [window.expected(name)], 2e-5, "forward, \(name)")
          if problem != nil { return problem }
        }
        return nil
      }
    }
  }

  private func batches(_ model: LevelModel) throws -> [Case] {
    guard RecordedBatch.names.contains(model.name) else { return [] }
    let golden = try RecordedBatch(model.name)
    let width = model.model.config.actionDimension
    return [Pace.actOnly, .prepared, .executed, .rewardKnown].map { pace in
      let kind = LevelQuestion.Kind.batch(golden.script(pace))
      return Case(question: LevelQuestion(model: model.name, kind: kind)) { answer in
        let found = (answer.rows["actions"] ?? []).map { row in
          golden.modelUnits(RecordedEpisode.rows(row, of: width)).flatMap { $0 }
        }
        return wrong(
          found, golden.actions.map { $0.flatMap { $0 } }, max(2e-5, 3 * golden.float32Error),
          "a batch, \(pace)")
      }
    }
  }

  private func trunks(_ model: LevelModel) throws -> [Case] {
    let original = ["Rounded", "Int8", "Int16"].reduce(model.name) { $0.replacing($1, with: "") }
    guard RecordedTrunk.names.contains(original) else { return [] }
    let golden = try RecordedTrunk(model.name, answersOf: original)
    return try golden.scenarios.sorted { $0.key < $1.key }.map { name, calls in
      let kind = LevelQuestion.Kind.trunk(
        calls.map {
          LevelQuestion.TrunkCall(
            past: $0.past, usesCache: $0.usesCache, inputsEmbeds: $0.inputsEmbeds, mask: $0.mask,
            positions: $0.positions)
        })
      let expected = try self.expected(model, golden, calls)
      // A number between two integers may go to the other one: what the self test grants, twice what the rows' rounding changes.
      let rows =
        model.model.options.precision.format.inputs == .integers
        ? largestDifference(
          expected, try self.expected(model, golden, calls, quantizesRows: false)) : 0
      let tolerance = max(2e-5, 3 * golden.float32Error, 2 * rows)
      return Case(question: LevelQuestion(model: model.name, kind: kind)) { answer in
        wrong(
          (answer.rows["last_hidden_state"] ?? []).map { $0.map(Double.init) }, expected, tolerance,
          "trunk, \(name)")
      }
    }
  }

  /// Hugging Face's answers, or with rounded weights what exact arithmetic on them gives.
  private func expected(
    _ model: LevelModel, _ golden: RecordedTrunk, _ calls: [RecordedTrunk.Call],
    quantizesRows: Bool = true
  ) throws -> [[Double]] {
    guard model.model.options.precision != .float32 else {
      return calls.map { $0.lastHiddenState.flatMap { $0 } }
    }
    let payload = try Packer.payload(
      model.plan, checkpoint: golden.checkpoint, path: "")
    let weights = MachineWeights<Double>(model.plan, payload: payload)
    return answers(
      of: TrunkMachine(model.plan, quantizesRows ? weights : weights.withoutQuantizedInputs), calls)
  }

  private func answers(
    of machine: TrunkMachine<Double>, _ calls: [RecordedTrunk.Call]
  ) -> [[Double]] {
    var machine = machine
    return calls.map { call in
      machine.crop(to: call.past)
      return machine.forward(
        inputsEmbeds: call.inputsEmbeds.map { $0.map(Double.init) }, positionIDs: call.positions,
        attentionMask: call.mask, usesCache: call.usesCache
      ).flatMap { $0 }
    }
  }

  private func wrong(
    _ found: [[Double]], _ expected: [[Double]], _ tolerance: Double, _ what: String
  ) -> String? {
    let difference = largestDifference(found, expected)
    return difference <= tolerance ? nil : "\(what): off by \(difference), at most \(tolerance)"
  }
}
