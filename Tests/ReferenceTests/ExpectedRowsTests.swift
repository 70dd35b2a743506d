import DecisionTransformerCodegen
import Foundation
import RecordedEpisodes
import TestFolders
import Testing

/// Rows that a model folder expects against its checkpoint, when code is generated.
@Suite("Rows that a model folder expects")
struct ExpectedRowsTests {
  /// Hugging Face's own actions of a recorded episode, as a user's loop would have printed them.
  private func recordedText(_ golden: RecordedEpisode, count: Int) -> ExpectedRowsText {
    var text = ExpectedRowsText(golden.model, golden.checkpoint, count: count)
    text.targetReturn = golden.targetReturn
    text.states = Array(golden.states.prefix(count))
    text.rewards = [0] + golden.rewards.prefix(count - 1)
    text.actions = golden.actions.prefix(count).map { action in
      zip(action, zip(golden.model.actionScale, golden.model.actionOffset)).map {
        $0 * $1.0 + $1.1
      }
    }
    return text
  }

  private func lines(
    _ rows: ExpectedRows, _ model: Model, _ checkpoint: Checkpoint
  ) -> [String] {
    do throws(InvalidInput) {
      _ = try ExpectedRowsCheck.run(rows, model, checkpoint)
      return []
    } catch {
      return error.diagnostics.map { $0.description.replacing(rows.path, with: "expected.json") }
    }
  }

  @Test(
    "are what Hugging Face answered, in windows of one row, fewer and more",
    arguments: [
      "WindowOfOne", "WholeEpisode", "TanhOddInner", "UnboundedActions", "WrappedTimesteps",
      "PrefixedBFloat16Checkpoint",
    ])
  func recorded(name: String) throws {
    let golden = try RecordedEpisode(golden: name)
    for count in [1, 10, min(golden.states.count, 14)] {
      let rows = try recordedText(golden, count: count).rows(golden.model)
      let checked = try ExpectedRowsCheck.run(rows, golden.model, golden.checkpoint)
      #expect(checked.count == count && checked.largestDifference < 1e-9)
      #expect(checked.note.description.contains("\(count) row"))
    }
  }

  @Test("are named where they differ: file, row, number, both values, and what is accepted")
  func oneNumber() throws {
    let golden = try RecordedEpisode(golden: "TanhOddInner")
    var text = recordedText(golden, count: 10)
    let right = Float(text.actions[3][1])
    text.actions[3][1] += 0.25
    let wrong = Float(text.actions[3][1])
    let found = lines(try text.rows(golden.model), golden.model, golden.checkpoint)
    #expect(
      found == [
        "expected.json: actions[3][1]: found \(wrong), the checkpoint with this codegen.json gives \(right); accepted: within "
          + "\(Float(ExpectedRows.defaultTolerance))",
        "expected.json: actions: 1 of 40 numbers are beyond that, by 0.25 at actions[3][1] at most; rows in front of 3 agree: "
          + "is each reward that of the step before, and is window (8 steps) that of training?",
      ])
    text.tolerance = 0.3
    #expect(lines(try text.rows(golden.model), golden.model, golden.checkpoint) == [])
  }

  @Test(
    "stop every option of the loop that is not the one of training",
    arguments: ["state_mean", "state_std", "return_scale", "action_scale", "action_offset"])
  func options(key: String) throws {
    for name in [
      "WindowOfOne", "WholeEpisode", "ExecutedActions", "RoundedTwoHeads", "Int8FourHeads",
    ] {
      let (model, checkpoint) = try parts(name)
      let rows = try ExpectedRowsText(model, checkpoint, count: 10).rows(model)
      #expect(lines(rows, model, checkpoint) == [])
      var other = model
      switch key {
      case "state_mean": other.options.stateMean![0] += 2
      case "state_std": other.options.stateStandardDeviation![1] *= 3
      case "return_scale": other.options.returnScale *= 10
      case "action_scale": other.options.actionScale = model.actionScale.map { $0 * 1.5 }
      default: other.options.actionOffset = model.actionOffset.map { $0 + 0.5 }
      }
      let found = lines(rows, other, checkpoint)
      #expect(found.first?.hasPrefix("expected.json: actions[0][0]: found ") == true, "\(name)")
      #expect(found.last?.contains("are state_mean, state_std, return_scale, ") == true)
      // Not a line for each of a hundred.
      #expect(found.count <= 9)
    }
  }

  @Test("tell a window and rewards apart from statistics: the first rows agree")
  func windowAndRewards() throws {
    let (model, checkpoint) = try parts("WholeEpisode")
    let text = ExpectedRowsText(model, checkpoint, count: 10)
    var narrow = model
    narrow.options.window = 3
    let found = lines(try text.rows(model), narrow, checkpoint)
    #expect(found.last?.contains("rows in front of 3 agree: ") == true, "\(found)")
    #expect(found.last?.contains("is window (3 steps) that of training?") == true)
    // A window that the rows do not fill is as good as any other.
    var wide = model
    wide.options.window = 20
    #expect(lines(try text.rows(model), wide, checkpoint).isEmpty == (model.window >= 10))
    var shifted = text
    shifted.rewards = Array(text.rewards.dropFirst()) + [0]
    let late = lines(try shifted.rows(model), model, checkpoint)
    #expect(late.last?.contains("rows in front of 1 agree: is each reward") == true, "\(late)")
    // Nobody looks at the first.
    var first = text
    first.rewards[0] = 1e6
    #expect(lines(try first.rows(model), model, checkpoint) == [])
  }

  @Test("of numbered actions are the largest logit's, or as good as equal to it")
  func numbered() throws {
    let (model, checkpoint) = try parts("NumberedActions")
    var text = ExpectedRowsText(model, checkpoint, count: 7)
    #expect(lines(try text.rows(model), model, checkpoint) == [])
    let right = Int(text.actions[2][0])
    text.actions[2][0] = Double((right + 1) % 3)
    let found = lines(try text.rows(model), model, checkpoint)
    #expect(
      found[0].hasPrefix(
        "expected.json: actions[2]: found \((right + 1) % 3), the checkpoint with this codegen.json gives \(right), whose "
          + "logit is larger by "), "\(found)")
    #expect(found[0].hasSuffix("; accepted: within 0.0001"), "\(found)")
    #expect(found.last?.contains(" of 7 are beyond that") == true)
    text.tolerance = 1e3
    #expect(lines(try text.rows(model), model, checkpoint) == [])
  }

  @Test("grant what float32 takes of large actions, scales and offsets, and no more")
  func tolerances() throws {
    let (model, checkpoint) = try parts("ExecutedActions")
    let text = ExpectedRowsText(model, checkpoint, count: 3)
    for (index, scale) in model.actionScale.enumerated() {
      for (share, passes) in [(0.9, true), (1.3, false)] {
        var other = text
        other.actions[1][index] += share * ExpectedRows.defaultTolerance * abs(scale)
        #expect(lines(try other.rows(model), model, checkpoint).isEmpty == passes)
      }
    }
  }

  @Test("change the packed weights by their replay alone, and nothing where there are none")
  func section() throws {
    for name in ["WindowOfOne", "RoundedTwoHeads", "Int8OneHead", "NumberedActions", "BatchOfTwo"] {
      let without = try PackedModel(folder: TestData.model(name))
      let with = try PackedModel(folder: TestData.model(name), expecting: 5)
      #expect(with.payload == without.payload)
      var section = Array(with.section.prefix(without.section.count))
      #expect(section != without.section)
      for byte in 32..<36 { section[byte] = 0 }
      #expect(section == without.section, "\(name)")
      let (states, actions) = (
        with.model.config.stateDimension, with.model.config.actionDimension
      )
      let words = 5 * (states + actions + 1) + 5 * actions
      #expect(with.section.count - without.section.count > 4 * words)
    }
  }

  private func parts(_ name: String) throws -> (Model, Checkpoint) {
    let packed = TestData.model(name).path
    var (model, remarks) = try ModelFolder(path: packed).readModel()
    let checkpoint = try #require(
      try CheckpointReader.read(folder: packed, config: model.config, remarks: &remarks))
    return (model, checkpoint)
  }
}
