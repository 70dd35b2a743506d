import Foundation

extension InspectionReport {
  /// The report for people: tables with a title each.
  public var text: String {
    ([heading, phases, weights, memory] + expectedErrors + [fileSizes]).map(\.text).joined(
      separator: "\n")
  }

  private var heading: Table {
    let scales =
      Set(options.actionScale).count == 1 ? [options.actionScale[0]] : options.actionScale
    let attention =
      (shape.scaleAttnWeights ? "scores / sqrt(head size)" : "scores unscaled")
      + (shape.scaleAttnByInverseLayerIdx ? " / layer number" : "")
    return Table(
      title: "\(name) (config.json sha256 \(configDigest.prefix(12)), dtgen \(generator))",
      rows: [
        ["checkpoint", checkpoint ?? "none"],
        ["state", "\(shape.stateDim)" + (options.normalizesState ? ", normalised" : "")],
        [
          "action",
          "\(shape.actDim)" + (shape.actionTanh ? ", tanh" : "") + ", scale "
            + scales.map { "\($0)" }.joined(separator: " "),
        ],
        ["hidden size", "\(shape.hiddenSize)"],
        ["layers", "\(shape.nLayer)"],
        ["heads", "\(shape.nHead), \(attention)"],
        ["attention", plan.attention.joined(separator: ", ")],
        ["inner size", "\(shape.nInner), \(shape.activationFunction)"],
        ["layer norm epsilon", "\(shape.layerNormEpsilon)"],
        ["window", "\(options.window) steps, \(3 * options.window) tokens"],
        ["batch", options.batch == 1 ? "1 agent" : "\(options.batch) agents"],
        ["max_ep_len", "\(shape.maxEpLen) steps, then \(options.timestepOverflow)"],
        ["return scale", "\(options.returnScale)"],
        ["target return", options.targetReturn.map { "\($0)" } ?? "given to reset"],
        ["precision", options.precision],
        ["outputs", options.outputs.joined(separator: ", ")],
        ["access", options.access],
        ["weights", options.weights],
      ])
  }

  private var phases: Table {
    Table(
      title: "what a call costs",
      rows: [["", "multiply-adds", "weight bytes"] + perAgent("of an agent")]
        + (plan.phases + [plan.plainGraph]).map { phase in
          [phase.name, grouped(phase.multiplyAdds), grouped(phase.weightBytes)]
            + perAgent(grouped(phase.multiplyAddsPerAgent))
        } + [
          ["saved by act", "\(plan.savingOfAct) times"],
          ["saved by act and prepare", "\(plan.savingOfStep) times"],
        ],
      rightAligned: [1, 2, 3])
  }

  /// A column that there is with several agents only.
  private func perAgent(_ cell: String) -> [String] { options.batch == 1 ? [] : [cell] }

  private var weights: Table {
    table(
      "packed weights: \(grouped(plan.packedWeights.bytes)) bytes, layout \(plan.layoutDigest)",
      plan.packedWeights)
  }

  private var memory: Table {
    table("memory of a controller: \(grouped(plan.memory.bytes)) bytes", plan.memory)
  }

  /// What the self test expects; nothing without one.
  private var expectedErrors: [Table] {
    guard let selfTest else { return [] }
    func digits(_ value: Double) -> String { String(format: "%.1e", value) }
    return [
      Table(
        title: "expected error of float32: \(selfTest.steps) steps against double precision, "
          + "\(grouped(selfTest.bytes)) bytes beside the weights",
        rows: [["", "magnitude", "largest", "mean", "tolerance"]]
          + selfTest.stages.map {
            [
              $0.name, digits($0.magnitude), digits($0.largestError), digits($0.meanError),
              digits($0.tolerance),
            ]
          },
        rightAligned: [1, 2, 3, 4])
    ]
  }

  private var fileSizes: Table {
    Table(
      title: "files of dtgen generate", rows: files.map { [$0.name, grouped($0.bytes), "bytes"] },
      rightAligned: [1])
  }

  private func table(_ title: String, _ layout: Layout) -> Table {
    Table(
      title: title,
      rows: [["", "", "offset", "bytes", ""]]
        + layout.regions.map {
          [$0.name, $0.shape, grouped($0.offset), grouped($0.bytes), $0.holds]
        },
      rightAligned: [2, 3])
  }

  /// Digits in groups of three: `1 966 080`.
  private func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.enumerated().map { index, digit in
      (index > 0 && (digits.count - index) % 3 == 0 ? " " : "") + String(digit)
    }.joined()
  }
}
