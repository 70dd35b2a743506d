extension InspectionReport {
  /// The report for people: tables with a title each.
  public var text: String {
    let tables =
      [heading, phases, workingSets, weights, memory] + expectedErrors + roundingCost + [fileSizes]
    return tables.map(\.text).joined(separator: "\n")
  }

  private func grouped(_ number: Int) -> String { NumberText.grouped(number) }

  private var heading: Table {
    let attention =
      (shape.scaleAttnWeights ? "scores / sqrt(head size)" : "scores unscaled")
      + (shape.scaleAttnByInverseLayerIdx ? " / layer number" : "")
    let rows: [[String?]] = [
      ["checkpoint", checkpoint ?? "none"],
      ["class", shape.nPositions == nil ? nil : options.modelClass],
      [
        "state",
        shape.stateDim.map {
          guard let frames = shape.stateFrames else {
            return "\($0)" + (options.normalizesState == true ? ", normalised" : "")
          }
          return "\(frames[0]) frames of \(frames[1]) x \(frames[2]) bytes, "
            + (options.frameInput == FrameInput.newest.rawValue ? "the newest given" : "all given")
        },
      ],
      ["convolutions", convolutions],
      ["state encoder", encoder],
      ["action", action],
      ["hidden size", "\(shape.hiddenSize)"],
      ["layers", "\(shape.nLayer)"],
      ["heads", "\(shape.nHead), \(attention)"],
      ["attention", plan.attention.joined(separator: ", ")],
      ["inner size", "\(shape.nInner), \(shape.activationFunction)"],
      [
        "layer norm epsilon",
        "\(shape.layerNormEpsilon)"
          + (shape.layerNormPlacement == nil ? "" : ", behind attention and MLP"),
      ],
      ["window", options.window.map { "\($0) steps, \(tokensPerStep * $0) tokens" }],
      ["padding", shape.seesPadding == true ? "seen: zeros in front of an episode" : nil],
      ["batch", options.batch.map { $0 == 1 ? "1 agent" : "\($0) agents" }],
      ["cache", options.tokens.map { "\($0) tokens" }],
      ["tokens", tokens],
      [
        "positions",
        (shape.nSlots ?? shape.nTokenSlots).map {
          "of the current timestep and of \($0) places\(shape.nSlots == nil ? ", one for each token" : ""), moving"
        },
      ],
      ["n_positions", shape.nPositions.map { "\($0)" }],
      ["max_ep_len", episode],
      ["return scale", returns],
      [
        "target return",
        options.window.map { _ in options.targetReturn.map { "\($0)" } ?? "given to reset" },
      ],
      ["precision", options.precision],
      ["expected rows", rows],
      ["outputs", options.outputs?.joined(separator: ", ")],
      ["access", options.access],
      ["weights", options.weights],
    ]
    return Table(
      title: "\(name) (config.json sha256 \(configDigest.prefix(12)), dtgen \(generator))",
      rows: rows.filter { $0[1] != nil }.map { $0.compactMap(\.self) })
  }

  /// What Hugging Face's tokens have not, or have besides.
  private var tokens: String? {
    let parts = [
      shape.returnTokens == false ? "no returns" : nil,
      shape.embeddingActivation, shape.embeddingLayerNorm == false ? "without embed_ln" : nil,
    ].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private var rows: String? {
    expectedRows.map { rows in
      "\(rows.rows) of \(rows.file) checked, off by at most \(NumberText.scientific(rows.largestDifference))"
    }
  }

  private var tokensPerStep: Int { shape.returnTokens == false ? 2 : 3 }

  private var convolutions: String? {
    guard let layers = shape.stateConvolutions, let activation = shape.stateConvolutionActivation
    else { return nil }
    return layers.map { "\($0[0]) of \($0[1]) x \($0[1]) by \($0[2])" }.joined(separator: ", ")
      + ", \(activation)"
  }

  private var encoder: String? {
    guard let sizes = shape.stateEncoderSizes, let names = shape.stateEncoderActivations else {
      return nil
    }
    return sizes.indices.map { layer in
      (shape.stateEncoderNorms?[layer] == true ? "norm, " : "")
        + "\(sizes[layer]) \(names[layer])"
        + (shape.stateEncoderShortcuts?[layer] == true ? ", shortcut" : "")
    }.joined(separator: ", ")
  }

  private var action: String? {
    guard let size = shape.actDim, let scale = options.actionScale,
      let offset = options.actionOffset
    else { return nil }
    func text(_ numbers: [Double]) -> String {
      (Set(numbers).count == 1 ? [numbers[0]] : numbers).map { "\($0)" }.joined(separator: " ")
    }
    if let temperature = options.temperature {
      return "one of \(size) by its number" + (shape.actionTanh == true ? ", tanh" : "")
        + ", temperature \(temperature)"
    }
    return "\(size)" + (shape.actionTanh == true ? ", tanh" : "") + ", scale \(text(scale))"
      + (offset.allSatisfy { $0 == 0 } ? "" : ", offset \(text(offset))")
      + (options.actionMinimum.map { ", at least \(text($0))" } ?? "")
      + (options.actionMaximum.map { ", at most \(text($0))" } ?? "")
      + (options.actionHistory == ActionHistory.raw.rawValue ? "" : ", history clamped, too")
  }

  private var returns: String? {
    guard let scale = options.returnScale, let offset = options.returnOffset else { return nil }
    return "\(scale)" + (offset == 0 ? "" : ", offset \(offset)")
      + (options.returnRounding == ReturnRounding.step.rawValue ? "" : ", kept in double precision")
      + (options.returnRounding == ReturnRounding.first.rawValue ? " behind the first token" : "")
      + (options.returnRounding == ReturnRounding.unscaled.rawValue ? ", unscaled" : "")
  }

  private var episode: String? {
    guard let length = shape.maxEpLen, let overflow = options.timestepOverflow else { return nil }
    let first = options.firstTimestep ?? 0
    return
      "\(length - first) steps\(first == 0 ? "" : " from timestep \(first) on"), then \(overflow)"
  }

  private var phases: Table {
    Table(
      title: "what a call costs",
      rows: [["", "multiply-adds", "weight bytes"] + perAgent("of an agent")]
        + (plan.phases + [plan.plainGraph].compactMap(\.self)).map { phase in
          [phase.name, grouped(phase.multiplyAdds), grouped(phase.weightBytes)]
            + perAgent(grouped(phase.multiplyAddsPerAgent))
        }
        + [("saved by act", plan.savingOfAct), ("saved by act and prepare", plan.savingOfStep)]
        .compactMap { name, saving in saving.map { [name, "\($0) times"] } },
      rightAligned: [1, 2, 3])
  }

  private var workingSets: Table {
    Table(
      title: "what a call touches, in bytes",
      rows: [["", "in all", "of weights", "of memory"]]
        + plan.workingSets.map {
          [$0.name, grouped($0.bytes), grouped($0.weightBytes), grouped($0.memoryBytes)]
        },
      rightAligned: [1, 2, 3])
  }

  /// A column that there is with several agents only.
  private func perAgent(_ cell: String) -> [String] { (options.batch ?? 1) == 1 ? [] : [cell] }

  private var weights: Table {
    table(
      "packed weights: \(grouped(plan.packedWeights.bytes)) bytes, layout \(plan.layoutDigest)",
      plan.packedWeights)
  }

  private var memory: Table {
    table(
      "memory of a \(shape.nPositions == nil ? "controller" : "trunk"): \(grouped(plan.memory.bytes)) bytes",
      plan.memory)
  }

  private var hasIntegers: Bool { selfTest?.quantizesRows ?? false }

  /// What the self test expects; nothing without one.
  private var expectedErrors: [Table] {
    guard let selfTest else { return [] }
    return [
      Table(
        title:
          "expected error of float32\(hasIntegers ? " and of rows rounded the other way" : ""): \(syntheticSteps) steps against double precision, "
          + "\(grouped(selfTest.bytes)) bytes beside the weights",
        rows: [["", "magnitude", "largest", "mean", "tolerance"]]
          + selfTest.stages.map {
            [$0.name]
              + [$0.magnitude, $0.largestError, $0.meanError, $0.tolerance].map(
                NumberText.scientific)
          },
        rightAligned: [1, 2, 3, 4])
    ]
  }

  /// What rounded weights cost; nothing where they are not rounded.
  private var roundingCost: [Table] {
    guard let precisionCost else { return [] }
    return [
      Table(
        title: "cost of \(options.precision) weights",
        rows: precisionCost.sorted { $0.key < $1.key }.map { key, value in
          let text = if case .string(let text) = value { text } else { value.excerpt }
          return [key.replacing("_", with: " "), text]
        })
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
      // As generated code and `dtgen trace` count.
      rows: [["", "", "offset in floats", "bytes", ""]]
        + layout.regions.map {
          [
            $0.name, $0.shape, grouped($0.offset / MemoryLayout<Float>.stride), grouped($0.bytes),
            $0.holds,
          ]
        },
      rightAligned: [2, 3])
  }
}
