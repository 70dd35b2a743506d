import Foundation

/// Draws what dtbench measured.
package struct LatencySection {
  package let benchmark: LatencyBenchmark?

  package init(benchmark: LatencyBenchmark?) {
    self.benchmark = benchmark
  }

  package var markup: Markup {
    guard let benchmark else {
      return .section(
        id: "latency", title: "Latency",
        introduction: "No measurement was given. dtbench --json makes one on the machine that "
          + "matters; dtgen inspect --html FILE --bench MEASUREMENT shows it here.", [])
    }
    return .section(
      id: "latency", title: "Latency",
      introduction: "\(NumberText.grouped(benchmark.steps)) steps at full speed on one core: "
        + "\(benchmark.processor), \(benchmark.vectorLevel) build. The spin loop touches no memory and "
        + "is as long as act: its tail is the machine's. "
        + (benchmark.selfTestPassed == true
          ? "The program passed its self test in the same run."
          : "The file does not say whether the program passed its self test."),
      [period(benchmark), drawing(benchmark), table(benchmark)])
  }

  /// What a control engineer asks first: whether the calls fit into a loop, and what they leave of it.
  private func period(_ benchmark: LatencyBenchmark) -> Markup {
    func latency(_ name: String) -> LatencyBenchmark.Latency? {
      benchmark.latencies.first { $0.name == name }
    }
    guard let act = latency("act"), let prepare = latency("prepare") else { return .nothing }
    let sentences = [100.0, 1000].map { hertz in
      let share = { NumberText.share($0 * hertz / 1e6) }
      return
        "At \(NumberText.significant(hertz)) Hz act takes \(share(act.p50)) of the period and prepare "
        + "\(share(prepare.p50)) (p50), \(share(act.p999)) and \(share(prepare.p999)) at p99.9."
    }
    return .tag("p", ["class": "period"], [.text(sentences[0]), .tag("br"), .text(sentences[1])])
  }

  private func drawing(_ benchmark: LatencyBenchmark) -> Markup {
    let scale = LogarithmicScale(fitting: benchmark.latencies.flatMap { [$0.min, $0.max] })
    return .tag(
      "figure", ["class": "latencies"],
      benchmark.latencies.map { line($0, scale) } + [axis(scale)])
  }

  /// Marks that stay apart on a narrow page: powers of ten alone where there are many of them.
  private func ticks(_ scale: LogarithmicScale) -> [Double] {
    let decades = scale.high - scale.low
    return scale.ticks(steps: decades < 2 ? [1, 2, 5] : decades < 3.5 ? [1, 3] : [1])
  }

  private func line(
    _ latency: LatencyBenchmark.Latency, _ scale: LogarithmicScale
  ) -> Markup {
    let quantiles = [("p50", latency.p50), ("p99", latency.p99), ("p99.9", latency.p999)]
    let label = quantiles.map { "\($0) \(NumberText.significant($1)) µs" }.joined(separator: ", ")
    return .tag(
      "div",
      [
        "class": "latency-line", "role": "img",
        "aria-label": "Distribution of \(latency.name): \(label)",
      ],
      parts: .tag(
        "div", ["class": "latency-title"],
        parts: .tag("b", [:], latency.name),
        .tag(
          "span", [:],
          quantiles.map { "\($0) \(NumberText.significant($1))" }.joined(separator: " · ") + " µs")),
      .tag(
        "div", ["class": "latency-track"],
        ticks(scale).map { .tag("i", ["class": "grid", "style": left($0, scale)]) }
          + [latency.histogram.map { histogram($0, scale) } ?? range(latency, scale)]
          + quantiles.map { name, value in
            .tag(
              "i",
              [
                "class": scale.percent(value) > 85 ? "quantile late" : "quantile",
                "data-name": name,
                "style": left(value, scale),
              ])
          }))
  }

  /// Bars whose heights are logarithms of counts, so that a single slow call shows.
  private func histogram(
    _ histogram: LatencyBenchmark.Histogram, _ scale: LogarithmicScale
  ) -> Markup {
    let most = log10(Double(histogram.counts.max() ?? 1) + 1)
    func edge(_ bin: Int) -> Double {
      scale.percent(exp2(Double(histogram.firstBin + bin) / Double(histogram.binsPerOctave)))
    }
    return .tag(
      "svg",
      [
        "viewBox": "0 0 100 100", "preserveAspectRatio": "none", "aria-hidden": "true",
        "focusable": "false",
      ],
      histogram.counts.enumerated().compactMap { bin, count in
        guard count > 0 else { return nil }
        let height = 100 * log10(Double(count) + 1) / most
        return .tag(
          "rect",
          [
            "x": NumberText.position(edge(bin)), "y": NumberText.position(100 - height),
            "width": NumberText.position(edge(bin + 1) - edge(bin)),
            "height": NumberText.position(height),
          ])
      })
  }

  /// From the fastest to the slowest call, where a file has no histogram.
  private func range(_ latency: LatencyBenchmark.Latency, _ scale: LogarithmicScale) -> Markup {
    let (start, end) = (scale.percent(latency.min), scale.percent(latency.max))
    return .tag(
      "i",
      [
        "class": "range",
        "style": "left:\(NumberText.position(start))%;width:\(NumberText.position(end - start))%",
      ])
  }

  private func axis(_ scale: LogarithmicScale) -> Markup {
    .tag(
      "div", ["class": "latency-line axis", "aria-hidden": "true"],
      parts: .tag(
        "div", ["class": "latency-title"],
        parts: .tag("span", [:], "time of a call; height: how many; both logarithmic")),
      .tag(
        "div", ["class": "latency-track"],
        ticks(scale).map { tick in
          .tag(
            "span", ["class": "tick", "style": left(tick, scale)], NumberText.microseconds(tick))
        }))
  }

  private func left(_ value: Double, _ scale: LogarithmicScale) -> String {
    "left:\(NumberText.position(scale.percent(value)))%"
  }

  private func table(_ benchmark: LatencyBenchmark) -> Markup {
    .table(
      caption: "Latencies in microseconds",
      columns: ["call", "min", "p50", "p90", "p99", "p99.9", "max"], numeric: [1, 2, 3, 4, 5, 6],
      rows: benchmark.latencies.map { latency in
        let numbers = [
          latency.min, latency.p50, latency.p90, latency.p99, latency.p999, latency.max,
        ]
        return (nil, [latency.name] + numbers.map(NumberText.significant))
      })
  }
}
