extension InspectionReport {
  /// The report for people: tables with a title each.
  public var text: String {
    ([heading, phases, weights, memory, fileSizes] as [Table]).map(\.text).joined(separator: "\n")
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
      rows: [["", "multiply-adds", "weight bytes"]]
        + (plan.phases + [plan.plainGraph]).map {
          [$0.name, grouped($0.multiplyAdds), grouped($0.weightBytes)]
        } + [
          ["saved by act", "\(plan.savingOfAct) times"],
          ["saved by act and prepare", "\(plan.savingOfStep) times"],
        ],
      rightAligned: [1, 2])
  }

  private var weights: Table {
    table(
      "packed weights: \(grouped(plan.packedWeights.bytes)) bytes, layout \(plan.layoutDigest)",
      plan.packedWeights)
  }

  private var memory: Table {
    table("memory of a controller: \(grouped(plan.memory.bytes)) bytes", plan.memory)
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

/// Aligned columns under a title.
private struct Table {
  var title: String
  var rows: [[String]]
  var rightAligned: Set<Int> = []

  var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    let lines = rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return rightAligned.contains(column) ? padding + cell : cell + padding
      }
      let line = "  " + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    return ([title] + lines).joined(separator: "\n") + "\n"
  }
}
