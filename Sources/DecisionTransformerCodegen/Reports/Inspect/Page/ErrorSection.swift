import Foundation

/// Draws how far each stage of the network is off, against double precision.
package struct ErrorSection {
  package let selfTest: InspectionReport.SelfTest?
  package let syntheticSteps: Int
  /// Of rounded weights.
  package let precisionCost: PrecisionCost?
  /// Of rounded matrices, one by one.
  package let matrixErrors: MatrixErrors?
  package let checkpoint: String?
  package let precision: String
  package let isTrunk: Bool
  /// What codegen.json says.
  package let asksForSelfTest: Bool?

  package var markup: Markup {
    guard let selfTest else {
      return .section(id: "error", title: "Error by stage", introduction: absence, byMatrix)
    }
    return .section(
      id: "error", title: "Error by stage",
      introduction: "The state token after each stage, over \(syntheticSteps) steps of a "
        + "synthetic episode, against double precision with nothing folded. Actions are in model units.",
      [.legend(legend), drawing(selfTest), table(selfTest)] + byMatrix)
  }

  /// Why there is nothing to draw.
  private var absence: String {
    if checkpoint == nil {
      return "Without a checkpoint there are no numbers to compare: put model.safetensors into the "
        + "folder and run dtgen inspect again."
    }
    if isTrunk {
      return
        "A trunk has no episode to replay; dtgen generate writes what rounded weights cost into "
        + "its manifest."
    }
    return asksForSelfTest == false
      ? "codegen.json says \"self_test\": false, so no episode was recorded."
      : "No episode is recorded for weights of this size; \"self_test\": true in codegen.json asks for one."
  }

  private var arithmetic: String {
    selfTest?.quantizesRows == true ? "float32 and of rows rounded the other way" : "float32"
  }

  private var legend: [(kind: String, text: String)] {
    [
      ("error-mean", "mean error of \(arithmetic)"),
      ("error-largest", "largest error of \(arithmetic)"),
      ("error-tolerance", "what the self test grants"),
    ]
      + (precisionCost == nil
        ? [] : [("error-rounding", "mean to largest cost of \(precision) weights")])
      + [("error-magnitude", "largest number of the stage")]
  }

  // MARK: Drawing

  private func drawing(_ selfTest: InspectionReport.SelfTest) -> Markup {
    let scale = LogarithmicScale(
      covering: selfTest.stages.flatMap {
        [$0.meanError, $0.largestError, $0.tolerance, $0.magnitude]
      }
        + rounding.flatMap { [$0.mean, $0.largest] })
    let worst = selfTest.stages.map(\.largestError).max() ?? 0
    return .tag(
      "figure",
      [
        "class": "errors", "role": "img",
        "aria-label":
          "Errors on a logarithmic scale, one line for each of \(selfTest.stages.count) "
          + "stages; the largest is \(NumberText.scientific(worst)). The numbers are in the table.",
      ],
      [axis(scale)]
        + selfTest.stages.enumerated().map { index, stage in line(stage, index, scale) })
  }

  private func axis(_ scale: LogarithmicScale) -> Markup {
    let ticks = scale.ticks()
    let every = ticks.count > 7 ? 2 : 1
    return .tag(
      "div", ["class": "error-line axis"],
      parts: .tag(
        "div", ["class": "error-title"], parts: .tag("span", [:], "error, logarithmic")),
      .tag(
        "div", ["class": "error-track"],
        ticks.enumerated().map { index, tick in
          .tag(
            "span", ["class": "tick", "style": left(tick, scale)],
            index % every == 0 ? LogarithmicScale.label(tick) : "")
        }))
  }

  private func line(
    _ stage: InspectionReport.ExpectedError, _ index: Int, _ scale: LogarithmicScale
  ) -> Markup {
    func dot(_ kind: String, _ value: Double) -> Markup {
      .tag("i", ["class": "dot \(kind)", "style": left(value, scale)])
    }
    func span(_ kind: String, _ from: Double, _ to: Double) -> Markup {
      let (start, end) = (scale.percent(from), scale.percent(to))
      return .tag(
        "i",
        [
          "class": "span \(kind)",
          "style":
            "left:\(NumberText.position(start))%;width:\(NumberText.position(end - start))%",
        ])
    }
    let cost = index < rounding.count ? rounding[index] : nil
    return .tag(
      "div", ["class": "error-line"],
      parts: .tag(
        "div", ["class": "error-title"],
        parts: .tag("b", [:], stage.name),
        .tag("span", [:], NumberText.scientific(stage.largestError))),
      .tag(
        "div", ["class": "error-track"],
        [
          span("error-range", stage.meanError, stage.largestError),
          cost.map { span("error-rounding", $0.mean, $0.largest) } ?? .nothing,
          dot("error-magnitude", stage.magnitude), dot("error-tolerance", stage.tolerance),
          dot("error-mean", stage.meanError), dot("error-largest", stage.largestError),
        ]))
  }

  private func left(_ value: Double, _ scale: LogarithmicScale) -> String {
    "left:\(NumberText.position(scale.percent(value)))%"
  }

  // MARK: Numbers

  /// What each rounded matrix costs alone.
  private var byMatrix: [Markup] {
    guard let errors = matrixErrors, !errors.matrices.isEmpty else { return [] }
    let unit = errors.isOfLogits ? "logits" : "actions, environment units"
    return [
      .table(
        caption:
          "Change of \(unit), if one matrix alone is rounded: \(errors.source), \(errors.stepCount) steps",
        columns: ["matrix", "precision", "largest", "mean"], numeric: [2, 3],
        rows: errors.matrices.map {
          (
            nil,
            [$0.name, $0.precision.rawValue] + [$0.largest, $0.mean].map(NumberText.scientific)
          )
        })
    ]
  }

  /// What rounding costs each stage, the last being the action.
  private var rounding: [(mean: Double, largest: Double)] {
    guard let cost = precisionCost else { return [] }
    // Three digits: the others depend on the C library.
    func digits(_ value: Double) -> Double { Double(String(format: "%.2e", value))! }
    return cost.stages.map { (digits($0.meanDifference), digits($0.largestDifference)) } + [
      (digits(cost.meanDifference), digits(cost.largestDifference))
    ]
  }

  private func table(_ selfTest: InspectionReport.SelfTest) -> Markup {
    let rounding = rounding
    return .table(
      caption: "Errors by stage",
      columns: ["stage", "largest number", "largest error", "mean error", "granted"]
        + (rounding.isEmpty ? [] : ["\(precision), largest", "\(precision), mean"]),
      numeric: [1, 2, 3, 4, 5, 6],
      rows: selfTest.stages.enumerated().map { index, stage in
        let numbers =
          [stage.magnitude, stage.largestError, stage.meanError, stage.tolerance]
          + (index < rounding.count ? [rounding[index].largest, rounding[index].mean] : [])
        return (nil, [stage.name] + numbers.map(NumberText.scientific))
      })
  }
}
