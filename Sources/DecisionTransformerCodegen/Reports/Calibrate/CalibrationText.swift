import Foundation

/// What a calibration found, for people.
extension Calibration {
  public var text: String {
    func digits(_ value: Double) -> String { NumberText.scientific(value) }
    let roundings = WeightPrecision.allCases.filter { $0 != .float32 }.reversed()
    let rows = matrices.map { matrix in
      [matrix.name, matrix.precision.rawValue] + roundings.map { digits(matrix.error($0)) }
    }
    let table = Table(
      title: "largest change of an action if one matrix alone is rounded",
      rows: [["", "chosen"] + roundings.map(\.rawValue)] + rows)
    let all = Table(
      title: "all matrices alike, and the choice",
      rows: [["", "largest change", "work, of float32's"]]
        + uniform.map {
          [$0.precision.rawValue, digits($0.largestError), NumberText.percent($0.work)]
        } + [["chosen", digits(largestError), NumberText.percent(work)]])
    let bits =
      Set(matrices.map(\.precision)).count == 1
      ? "\(matrices[0].precision.rawValue) for all" : "mixed"
    let unit = isOfLogits ? "of logits" : "environment units"
    return [
      "episode: \(source), \(stepCount) steps; max_action_error \(bound), \(unit)",
      table.text, all.text,
      "chosen: \(bits); actions move by \(digits(largestError)) at most, by \(digits(meanError)) on average",
    ].joined(separator: "\n")
  }
}
