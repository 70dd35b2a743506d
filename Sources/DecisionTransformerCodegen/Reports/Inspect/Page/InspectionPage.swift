/// What `dtgen inspect --html` writes: one model on one page, in one file that needs nothing else.
///
/// The same model and the same measurement give the same bytes. The page loads nothing and runs no script but its
/// own: its content security policy names that script's digest.
public struct InspectionPage: Sendable {
  private let report: InspectionReport
  private let compilation: Compilation
  private let benchmark: LatencyBenchmark?
  private let matrixErrors: MatrixErrors?
  private let episode: ComparisonReport?

  /// - Parameter episode: a recorded episode, with errors by step.
  public init(
    _ compilation: Compilation, benchmark: LatencyBenchmark? = nil,
    matrixErrors: MatrixErrors? = nil, episode: ComparisonReport? = nil
  ) {
    (self.compilation, self.benchmark) = (compilation, benchmark)
    (self.matrixErrors, self.episode) = (matrixErrors, episode)
    report = InspectionReport(compilation)
  }

  public var html: String {
    "<!DOCTYPE html>\n"
      + Markup.tag("html", ["lang": "en"], parts: head, body).html
  }

  private var isTrunk: Bool { compilation.model.isTrunk }

  private var head: Markup {
    let script = "\(PageScript.text)"
    var digest: [UInt8] = []
    Base64.encode(SHA256.digest(of: Array(script.utf8)), into: &digest)
    return .tag(
      "head", [:],
      parts: .tag("meta", ["charset": "utf-8"]),
      .tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      .tag(
        "meta",
        [
          "http-equiv": "Content-Security-Policy",
          "content": "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"
            + "\(String(decoding: digest, as: UTF8.self))'; base-uri 'none'; form-action 'none'",
        ]),
      .tag("meta", ["name": "color-scheme", "content": "light dark"]),
      .tag("meta", ["name": "generator", "content": "dtgen \(report.generator)"]),
      .tag("title", [:], "\(report.name) · dtgen inspect"),
      .tag("style", [:], [.verbatim(.init(PageStyle.text))]))
  }

  private var body: Markup {
    .tag(
      "body", [:],
      parts: header,
      .tag("main", ["id": "main"], sections),
      footer, .tag("script", [:], [.verbatim(.init(PageScript.text))]))
  }

  private var sections: [Markup] {
    [
      LayoutMapSection(map: LayoutMap(compilation.plan), digest: report.plan.layoutDigest).markup,
      CostSection(timeline: CostTimeline(compilation.plan)).markup,
      WindowSection(
        window: WindowMap(compilation.plan), cacheTokens: compilation.plan.shape.tokenCapacity
      ).markup,
      ErrorSection(
        selfTest: report.selfTest, syntheticSteps: report.syntheticSteps,
        precisionCost: compilation.precisionCost,
        matrixErrors: matrixErrors,
        checkpoint: report.checkpoint, precision: report.options.precision, isTrunk: isTrunk,
        asksForSelfTest: compilation.model.options.hasSelfTest
      ).markup,
    ]
      + (isTrunk
        ? []
        : [
          StepErrorSection(episode: episode).markup, LatencySection(benchmark: benchmark).markup,
        ])
  }

  // MARK: Top and bottom

  private var header: Markup {
    let links =
      [
        ("layout", "Packed weights"), ("cost", isTrunk ? "Cost" : "Two phases"),
        ("window", isTrunk ? "Cache" : "Window"), ("error", "Error by stage"),
      ] + (isTrunk ? [] : [("steps", "Error by step"), ("latency", "Latency")])
    return .tag(
      "header", [:],
      parts: .tag("a", ["class": "skip", "href": "#main"], "Skip to the content"),
      .tag("p", ["class": "kicker"], report.options.modelClass),
      .tag("h1", [:], report.name),
      .tag("p", ["class": "shape"], shape),
      .tag(
        "dl", ["class": "cards"],
        cards.map { title, value, note in
          .tag(
            "div", [:],
            parts: .tag("dt", [:], title),
            .tag("dd", [:], parts: .tag("b", [:], value), .tag("span", [:], note)))
        }),
      .tag(
        "nav", ["aria-label": "Sections"],
        links.map { id, title in .tag("a", ["href": "#\(id)"], title) }))
  }

  private var shape: String {
    let (shape, options) = (report.shape, report.options)
    return [
      shape.stateDim.map { "state \($0)" }, shape.actDim.map { "action \($0)" },
      "hidden size \(shape.hiddenSize)", counted(shape.nLayer, "layer"),
      counted(shape.nHead, "head"),
      "inner size \(shape.nInner) \(shape.activationFunction)",
      options.window.map { "window of \($0) steps" },
      options.tokens.map { "cache of \($0) tokens" },
      options.batch.flatMap { $0 == 1 ? nil : "\($0) agents" }, "\(options.precision) weights",
    ].compactMap(\.self).joined(separator: " · ")
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  private var cards: [(title: String, value: String, note: String)] {
    let critical = report.plan.phases.prefix(isTrunk ? 2 : 1)
    var cards = critical.map {
      ($0.name, NumberText.abbreviated($0.multiplyAdds), "multiply-adds")
    }
    if !isTrunk {
      let prepare = report.plan.phases[2]
      cards.append((prepare.name, NumberText.abbreviated(prepare.multiplyAdds), "multiply-adds"))
    }
    cards += [
      (
        "packed weights", NumberText.bytes(report.plan.packedWeights.bytes),
        report.plan.attention.first.map { "\($0) attention" } ?? ""
      ),
      ("memory", NumberText.bytes(report.plan.memory.bytes), isTrunk ? "a trunk" : "a controller"),
    ]
    if let cost = compilation.precisionCost, !isTrunk {
      cards.append(
        (
          "cost of \(report.options.precision)", NumberText.scientific(cost.largestDifference),
          "largest change of an action"
        ))
    }
    if let action = report.selfTest?.stages.last {
      cards.append(
        (
          "error of an action", NumberText.scientific(action.largestError),
          report.selfTest?.quantizesRows == true
            ? "largest, rows rounded the other way" : "largest, float32"
        ))
    }
    if let act = benchmark?.latencies.first(where: { $0.name == "act" }) {
      cards.append(
        (
          "act, median", "\(NumberText.significant(act.p50)) µs",
          "p99.9 \(NumberText.significant(act.p999)) µs"
        ))
    }
    return cards
  }

  private var footer: Markup {
    .tag(
      "footer", [:],
      "dtgen \(report.generator) · \(report.name).dtmodel, config.json sha256 \(report.configDigest) · "
        + "checkpoint \(report.checkpoint ?? "none") · layout \(report.plan.layoutDigest)")
  }
}
