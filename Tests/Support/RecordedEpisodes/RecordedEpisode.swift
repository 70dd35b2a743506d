import DecisionTransformerCodegen
import Foundation
import TestFolders

/// A model folder and an episode that Hugging Face's model drove with it.
///
/// Tests/Tools/Oracle/README.md describes the files.
package struct RecordedEpisode: Sendable {
  package let folder: URL
  package let model: Model
  package let checkpoint: Checkpoint
  package let file: SafetensorsFile

  /// T rows of raw numbers.
  package let states: [[Float]]
  /// `rewards[t]` follows step t.
  package let rewards: [Float]
  /// As fed, divided by the return scale.
  package let returnsToGo: [Float]
  /// T rows, predicted, in model units.
  package let actions: [[Double]]
  /// T rows of environment units, where the executed actions differ from the predicted ones.
  package let executed: [[Double]]?
  package let targetReturn: Double
  /// A new target and the step from which it holds.
  package let retarget: (step: Int, targetReturn: Double)?

  package init(modelFolder: URL, file url: URL) throws {
    model = try ModelFolder(path: modelFolder.path).readModel().model
    var remarks: [Diagnostic] = []
    guard
      let checkpoint = try CheckpointReader.read(
        folder: modelFolder.path, config: model.config, remarks: &remarks)
    else { throw CocoaError(.fileNoSuchFile) }
    self.checkpoint = checkpoint
    folder = modelFolder
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
  package static func rows<Value>(_ values: [Value], of count: Int) -> [[Value]] {
    stride(from: 0, to: values.count, by: count).map { Array(values[$0..<$0 + count]) }
  }
}

// MARK: - Where the files are

extension RecordedEpisode {
  /// The golden files' names: every one of them is a case.
  package static let goldenNames = TestData.recordings(in: TestData.goldens)

  /// A small random model and its golden episode.
  package init(golden name: String) throws {
    try self.init(
      modelFolder: TestData.model(name),
      file: TestData.goldens.appending(path: "\(name).safetensors"))
  }

  /// The trained models' names.
  package static let trainedNames = ["Hopper", "Pendulum", "HalfCheetah"]

  /// A trained model and its episode in the real environment.
  package init(trained name: String) throws {
    let sources = TestData.package.appending(path: "Sources")
    let recorded = TestData.episodes.appending(path: "\(name).safetensors")
    let (folder, episode) =
      switch name {
      case "Hopper":
        (
          sources.appending(path: "hopper/Hopper.dtmodel"),
          sources.appending(path: "hopper/Resources/episode.safetensors")
        )
      case "Pendulum": (sources.appending(path: "pendulum/Pendulum.dtmodel"), recorded)
      default: (TestData.model(name), recorded)
      }
    try self.init(modelFolder: folder, file: episode)
  }
}

// MARK: - Replay

extension Replay where Controller: ~Copyable {
  /// - Parameter retargetsEarly: whether a new target is set before the step before it is prepared,
  ///   or after.
  package init(_ episode: RecordedEpisode, pace: Pace = .prepared, retargetsEarly: Bool = false) {
    self.init(
      states: episode.states, rewards: episode.rewards,
      executed: episode.executed?.map { $0.map { Float($0) } },
      targetReturn: Float(episode.targetReturn),
      retarget: episode.retarget.map { ($0.step, Float($0.targetReturn)) }, pace: pace,
      retargetsEarly: retargetsEarly)
  }
}

extension RecordedEpisode {
  /// Actions in environment units as numbers in the model's units.
  package func modelUnits(_ actions: [[Float]]) -> [[Double]] {
    let units = Array(zip(model.actionScale, model.actionOffset))
    return actions.map { zip($0, units).map { (Double($0) - $1.1) / $1.0 } }
  }
}

/// The largest absolute difference; infinite where shapes differ or a number is not finite.
package func largestDifference(_ left: [[Double]], _ right: [[Double]]) -> Double {
  guard left.map(\.count) == right.map(\.count) else { return .infinity }
  let differences = zip(left.joined(), right.joined()).map { abs($0 - $1) }
  return differences.allSatisfy(\.isFinite) ? differences.max() ?? 0 : .infinity
}
