import DecisionTransformerCodegen
import Foundation
import Testing

/// A model folder and an episode that Hugging Face's model drove with it.
///
/// Tests/Oracle/README.md describes the files.
struct RecordedEpisode {
  let model: Model
  let checkpoint: Checkpoint
  let file: SafetensorsFile

  /// T rows of raw numbers.
  let states: [[Float]]
  /// `rewards[t]` follows step t.
  let rewards: [Float]
  /// As fed, divided by the return scale.
  let returnsToGo: [Float]
  /// T rows, predicted, in model units.
  let actions: [[Double]]
  /// T rows of environment units, where the executed actions differ from the predicted ones.
  let executed: [[Double]]?
  let targetReturn: Double
  /// A new target and the step from which it holds.
  let retarget: (step: Int, targetReturn: Double)?

  init(modelFolder: URL, file url: URL) throws {
    model = try ModelFolder(path: modelFolder.path).readModel().model
    var remarks: [Diagnostic] = []
    checkpoint = try #require(
      CheckpointReader.read(
        folder: modelFolder.path, config: model.config, remarks: &remarks))
    let file = try SafetensorsFile(path: url.path)
    self.file = file
    states = Self.rows(file.values(of: "states"), of: model.config.stateDimension)
    rewards = file.values(of: "rewards")
    returnsToGo = file.values(of: "returns_to_go")
    actions = Self.rows(file.doubles(of: "actions"), of: model.config.actionDimension)
    executed =
      file.tensors["executed"] == nil
      ? nil : Self.rows(file.doubles(of: "executed"), of: model.config.actionDimension)
    targetReturn = Double(file.metadata["target_return"]!)!
    retarget = file.metadata["retarget_step"].map {
      (Int($0)!, Double(file.metadata["retarget_value"]!)!)
    }
  }

  /// Consecutive rows of `count` numbers.
  static func rows<Value>(_ values: [Value], of count: Int) -> [[Value]] {
    stride(from: 0, to: values.count, by: count).map { Array(values[$0..<$0 + count]) }
  }
}

// MARK: - Where the files are

extension RecordedEpisode {
  private static let tests = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The golden files' names: every one of them is a case.
  static let goldenNames: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: tests.appending(path: "Goldens").path))?
    .filter { $0.hasSuffix(".safetensors") }
    .map { String($0.dropLast(".safetensors".count)) }
    .sorted() ?? []

  /// A small random model and its golden episode.
  init(golden name: String) throws {
    try self.init(
      modelFolder: Self.tests.appending(path: "Models/\(name).dtmodel"),
      file: Self.tests.appending(path: "Goldens/\(name).safetensors"))
  }

  /// A trained model and its episode in the real environment.
  init(trained name: String) throws {
    let hopper = Self.tests.deletingLastPathComponent().appending(path: "Sources/hopper")
    let isHopper = name == "Hopper"
    try self.init(
      modelFolder: (isHopper ? hopper : Self.tests.appending(path: "Models"))
        .appending(path: "\(name).dtmodel"),
      file: isHopper
        ? hopper.appending(path: "Resources/episode.safetensors")
        : Self.tests.appending(path: "Episodes/\(name).safetensors"))
  }
}

// MARK: - Replay

extension RecordedEpisode {
  /// What the reference controller, with `model` in place of the recorded one, answers to the
  /// recorded states and rewards: predicted actions and return tokens.
  func replay(
    model: Model? = nil, executing executed: [[Double]]? = nil, retargets: Bool = true
  ) -> (actions: [[Double]], returnsToGo: [Float]) {
    var controller = ReferenceController(model: model ?? self.model, checkpoint: checkpoint)
    controller.reset(targetReturn: targetReturn)
    var predicted: [[Double]] = []
    var tokens: [Float] = []
    for t in states.indices {
      if retargets, let retarget, retarget.step == t {
        controller.retarget(retarget.targetReturn)
      }
      let reward = t == 0 ? 0 : rewards[t - 1]
      predicted.append(controller.act(state: states[t], reward: reward))
      tokens.append(controller.returnToGo!)
      if let executed { controller.execute(executed[t]) }
    }
    return (predicted, tokens)
  }
}

/// The largest absolute difference; infinite where shapes differ or a number is not finite.
func largestDifference(_ left: [[Double]], _ right: [[Double]]) -> Double {
  guard left.map(\.count) == right.map(\.count) else { return .infinity }
  let differences = zip(left.joined(), right.joined()).map { abs($0 - $1) }
  return differences.allSatisfy(\.isFinite) ? differences.max() ?? 0 : .infinity
}
