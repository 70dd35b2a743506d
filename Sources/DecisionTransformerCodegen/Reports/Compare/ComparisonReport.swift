import Foundation

/// What `dtgen compare` shows: how far this package's formulas are from another program's numbers, stage by stage.
public struct ComparisonReport: Encodable, Equatable, Sendable {
  public struct Error: Encodable, Equatable, Sendable {
    public var largest: Double
    public var mean: Double
    /// Of the largest error, in the tensor of the golden file.
    public var worstIndex: [Int]
  }

  public struct Stage: Encodable, Equatable, Sendable {
    public var name: String
    /// In the golden file.
    public var tensor: String
    /// The largest magnitude of the golden numbers.
    public var magnitude: Double
    /// The checkpoint in double precision, nothing folded.
    public var reference: Error
    /// The packed weights, folded and rounded, in double precision.
    public var packed: Error
    /// `tolerance` times the magnitude where that is above one.
    public var tolerance: Double
    /// Whether a difference counts as another function. Rounded weights (`precision`) are another function on
    /// purpose: there `packed` is not judged.
    public var passed: Bool
  }

  public var name: String
  public var golden: String
  public var steps: Int
  public var tolerance: Double
  public var passed: Bool
  public var stages: [Stage]
  /// Of actions; nil where the file has none.
  public var byStep: StepErrors?

  /// Compares a model folder with a golden file.
  ///
  /// - Parameter tolerance: absolute, and relative to the stage's largest number where that is above one.
  public init(folder: String, golden path: String, tolerance: Double) throws(InvalidInput) {
    var (model, remarks) = try ModelFolder(path: folder).readModel()
    guard !model.isTrunk else {
      throw InvalidInput([
        Diagnostic(
          path: ModelFolder(path: folder).path(of: "codegen.json"), key: "model_class",
          "found \"\(ModelClass.trunk.rawValue)\", which has no episode to compare; accepted: "
            + "\"\(ModelClass.decisionTransformer.rawValue)\"")
      ])
    }
    guard
      let checkpoint = try CheckpointReader.read(
        folder: folder, config: model.config, remarks: &remarks)
    else {
      throw InvalidInput([
        Diagnostic(path: folder, "holds no checkpoint; accepted: a folder with model.safetensors")
      ])
    }
    let golden = try GoldenFile(path: path, model: model)
    let reference = GoldenStages(golden, reference: model, checkpoint)
    let packed = try GoldenStages(golden, packed: model, checkpoint, path: folder)
    name = model.name
    self.golden = path
    steps = golden.stepCount
    self.tolerance = tolerance
    stages = try Self.stages(
      golden, reference.stages, packed.stages, tolerance: tolerance,
      judgesPacked: !model.deployment.isRounded)
    passed = stages.allSatisfy(\.passed)
    byStep = stepErrors(golden, reference, packed, judgesPacked: !model.deployment.isRounded)
  }

  /// Errors of actions by step: those that the environment sees, where the file has them.
  private func stepErrors(
    _ golden: GoldenFile, _ reference: GoldenStages, _ packed: GoldenStages, judgesPacked: Bool
  ) -> StepErrors? {
    for tensor in ["environment_actions", "actions"] {
      guard let judged = stages.first(where: { $0.tensor == tensor }),
        let exact = reference.stages.first(where: { $0.tensor == tensor }),
        let rounded = packed.stages.first(where: { $0.tensor == tensor })
      else { continue }
      let expected = golden.file.doubles(of: tensor)
      func errors(_ stage: GoldenStages.Stage) -> [Double] {
        StepErrors.largest(stage.values, expected: expected, stepCount: steps)
      }
      return StepErrors(
        tensor: tensor, reference: errors(exact), packed: errors(rounded),
        tolerance: judged.tolerance, judgesPacked: judgesPacked)
    }
    return nil
  }

  private static func stages(
    _ golden: GoldenFile, _ reference: [GoldenStages.Stage], _ packed: [GoldenStages.Stage],
    tolerance: Double, judgesPacked: Bool
  ) throws(InvalidInput) -> [Stage] {
    var (stages, problems): ([Stage], [Diagnostic]) = ([], [])
    for (reference, packed) in zip(reference, packed) {
      guard let tensor = golden.file.tensors[reference.tensor] else { continue }
      // A tensor of several slices is told of once.
      func reject(_ message: String) {
        guard reference.slice ?? 0 == 0 else { return }
        problems.append(
          Diagnostic(path: golden.file.path, key: reference.tensor, message))
      }
      guard tensor.shape == reference.shape else {
        reject("found shape \(tensor.shape); accepted: \(reference.shape)")
        continue
      }
      guard tensor.dataType.isReadable else {
        reject("found \(tensor.dataType.rawValue); accepted: F32, F64, F16, BF16")
        continue
      }
      let all = golden.file.doubles(of: reference.tensor)
      if let index = all.firstIndex(where: { !$0.isFinite }) {
        reject("element \(index) is \(all[index]); accepted: finite numbers")
        continue
      }
      let start = (reference.slice ?? 0) * reference.values.count
      let expected = Array(all[start..<start + reference.values.count])
      func error(_ values: [Double]) -> (statistics: ErrorStatistics, error: Error) {
        var statistics = ErrorStatistics()
        statistics.add(values, expected: expected)
        return (
          statistics,
          Error(
            largest: statistics.largest, mean: statistics.mean,
            worstIndex: index(start + statistics.worstIndex, in: tensor.shape))
        )
      }
      let ours = error(reference.values)
      let theirs = error(packed.values)
      let bound = tolerance * max(1, ours.statistics.magnitude)
      stages.append(
        Stage(
          name: reference.name, tensor: reference.tensor, magnitude: ours.statistics.magnitude,
          reference: ours.error, packed: theirs.error, tolerance: bound,
          passed: ours.error.largest <= bound
            && (!judgesPacked || theirs.error.largest <= bound)))
    }
    if stages.isEmpty && problems.isEmpty {
      problems.append(
        Diagnostic(
          path: golden.file.path,
          "holds nothing to compare; accepted: "
            + Set(reference.map(\.tensor)).sorted().joined(separator: ", ")))
    }
    guard problems.isEmpty else { throw InvalidInput(problems) }
    return stages
  }

  /// The indices of element `place` in row-major order.
  private static func index(_ place: Int, in shape: [Int]) -> [Int] {
    var (rest, indices): (Int, [Int]) = (place, [])
    for size in shape.reversed() {
      indices.insert(rest % size, at: 0)
      rest /= size
    }
    return indices
  }
}

extension ComparisonReport {
  /// Keys are in snake case and sorted; infinite errors are the string `inf`.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Strings, numbers and nothing else.
    return String(decoding: try! encoder.encode(self), as: UTF8.self)
  }

  /// A table and a verdict for people.
  public var text: String {
    func digits(_ value: Double) -> String { String(format: "%.1e", value) }
    let table = Table(
      title: "\(name) against \(golden): \(steps) steps",
      rows: [["", "magnitude", "reference", "mean", "packed", "mean", "tolerance", "worst", ""]]
        + stages.map { stage in
          [
            stage.name, digits(stage.magnitude), digits(stage.reference.largest),
            digits(stage.reference.mean), digits(stage.packed.largest), digits(stage.packed.mean),
            digits(stage.tolerance), "\(stage.packed.worstIndex)", stage.passed ? "" : "beyond",
          ]
        },
      rightAligned: [1, 2, 3, 4, 5, 6])
    let failed = stages.filter { !$0.passed }.map(\.name)
    return table.text + (byStep.map { $0.text + "\n" } ?? "")
      + (failed.isEmpty
        ? "equal within tolerance" : "beyond the tolerance: \(failed.joined(separator: ", "))")
      + (failed.contains("actions") ? "\n" + Self.unitsOfActions : "")
  }

  private static let unitsOfActions =
    "actions are the model's, as its last layer gives them; what act returns, scaled and bounded, is environment_actions"
}
