import DecisionTransformer
import Foundation

/// The episode on which the cost of rounding is measured: the user's own, or a synthetic one.
public struct CalibrationEpisode: Equatable, Sendable {
  /// The file in a model folder; its format is that of `dtgen compare`'s golden files, without predictions.
  public static let fileName = ModelFolder.calibrationFile

  /// Environment units; one row, and the reward that follows it, for each step.
  package var states: [[Float]]
  package var rewards: [Float]
  package var targetReturn: Double
  /// As reports say it: the file's name, or `synthetic, seed 1`.
  package var source: String

  /// Runs past two windows.
  package init(synthetic model: Model) {
    let steps = min(2 * model.window + 10, model.episodeLength ?? .max)
    let episode = EpisodeInputs(synthetic: model, stepCount: steps)
    (states, rewards, targetReturn) = (episode.states, episode.rewards, episode.targetReturn)
    source = "synthetic, seed 1"
  }

  /// The one in the folder; nil where there is none, and of a trunk.
  ///
  /// - Throws: What is wrong with the file.
  package static func recorded(
    in folder: String, _ model: Model
  ) throws(InvalidInput) -> CalibrationEpisode? {
    let path = ModelFolder(path: folder).path(of: fileName)
    guard !model.isTrunk, FileManager.default.fileExists(atPath: path) else { return nil }
    let file = try GoldenFile(path: path, model: model)
    let token = (file.targetReturn - model.options.returnOffset) / model.options.returnScale
    guard Float(file.targetReturn).isFinite, Float(token).isFinite else {
      throw InvalidInput([
        Diagnostic(
          path: path, key: "__metadata__.target_return",
          "found \(file.targetReturn); accepted: a number that float32 can hold, divided by return_scale, too"
        )
      ])
    }
    return CalibrationEpisode(file)
  }

  private init(_ file: GoldenFile) {
    (states, rewards, targetReturn) = (file.states, file.rewards, file.targetReturn)
    source = Self.fileName
  }
}

extension ControlSteps.Action {
  /// Where actions are vectors, each component times its scale: differences are those that the environment sees.
  package func inEnvironment(_ action: [Double]) -> [Double] {
    choice == nil ? zip(action, scale).map { $0 * $1 } : action
  }
}
