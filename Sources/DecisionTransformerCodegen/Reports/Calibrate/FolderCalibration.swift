import DecisionTransformer
import Foundation

/// The calibration of a model folder: what is measured, and codegen.json with the choice.
public struct FolderCalibration: Sendable {
  public var calibration: Calibration
  /// codegen.json as it would be.
  public var options: OutputFile
  public var remarks: [Diagnostic]

  /// - Parameters:
  ///   - bound: Instead of codegen.json's `max_action_error`.
  ///   - progress: told the part of the measurements that is done.
  public init(
    folder: String, bound given: Double?, progress: (Double) -> Void
  ) throws(InvalidInput) {
    let folder = ModelFolder(path: folder)
    var (model, remarks) = try folder.readModel()
    let path = folder.path(of: "codegen.json")
    func refuse(_ key: String?, _ message: String) -> InvalidInput {
      InvalidInput([Diagnostic(path: path, key: key, message)])
    }
    guard !model.isTrunk else { throw refuse("model_class", "a trunk has no actions to calibrate") }
    guard let bound = given ?? model.options.maximumActionError else {
      throw refuse(
        "max_action_error",
        "is missing; accepted: a positive number, environment units, here or as --max-action-error")
    }
    guard
      let checkpoint = try CheckpointReader.read(
        folder: folder.path, config: model.config, remarks: &remarks)
    else {
      throw InvalidInput([
        Diagnostic(
          path: folder.path, "has no checkpoint; accepted: one, since errors are measured with it")
      ])
    }
    let recorded = try CalibrationEpisode.recorded(in: folder.path, model)
    if recorded == nil {
      remarks.append(
        Diagnostic(
          .warning, path: folder.path(of: CalibrationEpisode.fileName),
          "is not there, and random states are no robot's; accepted: an episode of your own, states and rewards as dtgen compare's golden files have them"
        ))
    }
    calibration = try Calibration(
      model, checkpoint, bound: bound, recorded: recorded, path: path, progress: progress)
    var text = OptionsText(
      (try? String(contentsOfFile: path, encoding: .utf8)) ?? "{\n}\n")
    text.set("max_action_error", to: "\(bound)")
    text.set("precision", to: "\"\(calibration.precision.rawValue)\"")
    text.set("matrix_precisions", to: Self.json(calibration.matrixPrecisions))
    options = OutputFile(name: "codegen.json", contents: Array(text.text.utf8))
    self.remarks = remarks
  }

  private static func json(_ precisions: [String: WeightPrecision]) -> String {
    guard !precisions.isEmpty else { return "{}" }
    let lines = precisions.sorted { $0.key < $1.key }.map {
      "    \"\($0.key)\": \"\($0.value.rawValue)\""
    }
    return "{\n\(lines.joined(separator: ",\n"))\n  }"
  }
}
