/// Draws the calls as timelines by cost.
package struct CostSection {
  package let timeline: CostTimeline

  package var markup: Markup {
    .section(
      id: "cost", title: timeline.plainGraphMultiplyAdds == nil ? "Cost of a call" : "Two phases",
      introduction:
        "Operations in the order in which they run; widths are multiply-adds. What has none "
        + "(norms, softmax, copies) is a hairline.",
      [overview, legend]
        + timeline.phases.enumerated().map { index, phase in lanes(phase, index) } + [
          .panel(of: "an operation")
        ]
        + timeline.phases.enumerated().map { index, phase in table(phase, index) })
  }

  private var legend: Markup {
    let roles = timeline.phases.flatMap(\.stages).flatMap(\.bars).map(\.role)
    return .legend(
      LayoutMap.Role.allCases.filter(roles.contains).map { ($0.style, $0.title) })
  }

  // MARK: One step on one scale

  private var overview: Markup {
    guard let plain = timeline.plainGraphMultiplyAdds else { return .nothing }
    let phases = Array(timeline.phases.prefix { $0.name == "act" || $0.name == "prepare" })
    let step = phases.reduce(0) { $0 + $1.multiplyAdds }
    let scale = Double(max(plain, step))
    func width(_ multiplyAdds: Int) -> String {
      "width:\(NumberText.position(100 * Double(multiplyAdds) / scale))%"
    }
    func line(_ title: String, _ amount: String, _ bars: [Markup]) -> Markup {
      .tag(
        "div", ["class": "scale-line"],
        parts: .tag(
          "div", ["class": "scale-title"], parts: .tag("b", [:], title), .tag("span", [:], amount)),
        .tag("div", ["class": "scale-track"], bars))
    }
    let act = phases.first { $0.isCritical }?.multiplyAdds ?? 0
    let saved = Double(plain) / Double(max(1, act))
    return .tag(
      "figure",
      [
        "class": "overview", "role": "img",
        "aria-label":
          "One step on one scale: act \(NumberText.count(act)) multiply-adds, which is the critical "
          + "path; prepare \(NumberText.count(step - act)); the plain graph \(NumberText.count(plain)).",
      ],
      [
        line(
          "this model", NumberText.count(step),
          phases.map { phase in
            .tag(
              "div",
              [
                "class": phase.isCritical ? "scale-bar critical" : "scale-bar",
                "style": width(phase.multiplyAdds),
              ])
          }),
        line(
          "plain graph", NumberText.count(plain),
          [.tag("div", ["class": "scale-bar plain", "style": width(plain)])]),
        .tag(
          "figcaption", [:],
          parts: .tag("i", ["class": "swatch critical"]),
          .text(
            "act, the critical path: \(NumberText.count(act)), \(NumberText.significant(saved)) times less than the plain graph. "
          ),
          .tag("i", ["class": "swatch preparation"]),
          .text("prepare: \(NumberText.count(step - act)), while the world moves. "),
          .tag("i", ["class": "swatch plain"]),
          .text("Hugging Face's loop: the whole window for every action.")),
      ])
  }

  // MARK: One call, method by method

  private func lanes(_ phase: CostTimeline.Phase, _ index: Int) -> Markup {
    let largest = Double(max(1, phase.stages.map(\.multiplyAdds).max() ?? 1))
    return .tag(
      "div", ["class": phase.isCritical ? "phase critical" : "phase"],
      [
        .tag(
          "h3", [:],
          parts: .text(phase.name),
          phase.isCritical ? .tag("span", ["class": "badge"], "critical path") : .nothing),
        .tag(
          "p", ["class": "note"],
          "\(phase.explanation) \(NumberText.count(phase.multiplyAdds)) multiply-adds, "
            + "\(NumberText.bytes(phase.weightBytes)) of weights"
            + (phase.workingSetBytes.map {
              "; with the memory, \(NumberText.bytes($0)) are touched."
            } ?? ".")),
      ]
        + phase.stages.enumerated().map { stage, content in
          lane(content, "\(index)-\(stage)", largest)
        })
  }

  private func lane(_ stage: CostTimeline.Stage, _ id: String, _ largest: Double) -> Markup {
    let width = 100 * Double(stage.multiplyAdds) / largest
    return .tag(
      "div", ["class": "lane"],
      parts: .tag(
        "div", ["class": "lane-title", "title": stage.summary],
        parts: .tag("code", [:], stage.name),
        .tag("span", [:], NumberText.abbreviated(stage.multiplyAdds))),
      .tag(
        "div", ["class": "lane-track"],
        parts: .tag(
          "div",
          [
            "class": "lane-bars", "role": "toolbar",
            "aria-label": "\(stage.name): \(stage.summary)",
            "style": "width:\(NumberText.position(width))%",
          ],
          stage.bars.enumerated().map { index, bar in
            .mark(
              row: "operation-\(id)-\(index)",
              label: [
                bar.kind, bar.shape, bar.comment,
                "\(NumberText.grouped(bar.multiplyAdds)) multiply-adds",
              ].filter { !$0.isEmpty }.joined(separator: ", "),
              kind: "bar \(bar.role.style)", style: "flex:\(bar.multiplyAdds) 1 0")
          })))
  }

  private func table(_ phase: CostTimeline.Phase, _ index: Int) -> Markup {
    .foldedTable(
      caption: "All operations of \(phase.name)",
      columns: [
        "operation", "method", "shape", "multiply-adds", "share", "weight bytes", "from",
        "line of generated code",
      ],
      numeric: [3, 4, 5],
      rows: phase.stages.enumerated().flatMap { stage, content in
        content.bars.enumerated().map { bar, operation in
          (
            "operation-\(index)-\(stage)-\(bar)",
            [
              operation.kind, content.name, operation.shape,
              NumberText.grouped(operation.multiplyAdds),
              NumberText.percent(
                Double(operation.multiplyAdds) / Double(max(1, phase.multiplyAdds))),
              NumberText.grouped(operation.weightBytes), operation.comment, operation.statement,
            ]
          )
        }
      })
  }
}
