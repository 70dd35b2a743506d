/// How far actions move if one matrix alone is rounded as the plan says, for every one that is: what the page shows.
public struct MatrixErrors: Sendable {
  /// Of one matrix, environment units; of numbered actions the logits.
  public struct Matrix: Sendable {
    public var name: String
    public var precision: WeightPrecision
    public var largest: Double
    public var mean: Double
  }

  public var source: String
  public var stepCount: Int
  public var isOfLogits: Bool
  /// In the plan's order.
  public var matrices: [Matrix]

  /// nil where there is nothing to measure: no rounded matrix, no checkpoint, or a trunk, which has no actions.
  ///
  /// - Parameter progress: told the part of the matrices that is done.
  public init?(_ folder: String, progress: (Double) -> Void) throws(InvalidInput) {
    let folder = ModelFolder(path: folder)
    var (model, remarks) = try folder.readModel()
    guard !model.isTrunk, model.deployment.isRounded,
      let checkpoint = try CheckpointReader.read(
        folder: folder.path, config: model.config, remarks: &remarks)
    else { return nil }
    let meter = ActionErrorMeter(
      model, checkpoint, recorded: try CalibrationEpisode.recorded(in: folder.path, model),
      path: folder.path(of: "codegen.json"))
    (source, stepCount) = (meter.source, meter.stepCount)
    isOfLogits = model.options.actions == .discrete
    let all = Plan(model).matrices
    matrices = []
    for (index, matrix) in all.enumerated() {
      progress(Double(index) / Double(all.count))
      guard let precision = WeightPrecision(rawValue: matrix.format.name), precision != .float32
      else { continue }
      var others = Dictionary(uniqueKeysWithValues: all.map { ($0.name, WeightPrecision.float32) })
      others[matrix.name] = precision
      // The plan's own precision decides its forms.
      let error = try meter.error(model.options.precision, others)
      matrices.append(
        Matrix(name: matrix.name, precision: precision, largest: error.largest, mean: error.mean))
    }
  }
}
