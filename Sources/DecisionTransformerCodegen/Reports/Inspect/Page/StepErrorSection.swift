/// Draws how far actions are from those of an episode of the user's own, step by step.
package struct StepErrorSection {
  package let episode: ComparisonReport?

  package init(episode: ComparisonReport?) { self.episode = episode }

  package var markup: Markup {
    guard let episode, let errors = episode.byStep else {
      return .section(
        id: "steps", title: "Error by step",
        introduction: episode == nil
          ? "No recorded episode was given. dtgen inspect --html FILE --golden EPISODE shows here how far "
            + "actions are from those that you recorded."
          : "The recorded episode has no actions to compare.", [])
    }
    return .section(
      id: "steps", title: "Error by step",
      introduction:
        "\(NumberText.grouped(episode.steps)) steps of a recorded episode: the largest error of a "
        + "component of \(errors.tensor), replayed in double precision; \(errors.beginning).",
      [.legend(legend), drawing(errors), table(errors)])
  }

  private let legend: [(kind: String, text: String)] = [
    ("step-reference", "of the checkpoint"), ("step-packed", "of the packed weights"),
    ("step-tolerance", "what counts as equal"),
  ]

  private func drawing(_ errors: StepErrors) -> Markup {
    let scale = LogarithmicScale(
      covering: (errors.reference + errors.packed).filter { $0 > 1e-17 } + [errors.tolerance])
    let worst = errors.packed.indices.max { errors.packed[$0] < errors.packed[$1] } ?? 0
    return .tag(
      "figure",
      [
        "class": "step-errors", "role": "img",
        "aria-label":
          "Errors by step on a logarithmic scale; that of the packed weights is largest at step \(worst), "
          + "\(NumberText.scientific(errors.packed[worst])). The numbers are in the table.",
      ],
      parts: .tag(
        "div", ["class": "step-scale"],
        scale.ticks().filter { tick in scale.high - scale.low < 7 || isEven(tick) }.map { tick in
          .tag(
            "span", ["class": "tick", "style": "bottom:\(position(tick, scale))%"],
            LogarithmicScale.label(tick))
        }),
      .tag(
        "div", ["class": "step-track"],
        parts: .tag(
          "svg",
          [
            "viewBox": "0 0 100 100", "preserveAspectRatio": "none", "aria-hidden": "true",
            "focusable": "false",
          ],
          [
            line("step-tolerance", [errors.tolerance, errors.tolerance], scale),
            line("step-reference", errors.reference, scale),
            line("step-packed", errors.packed, scale),
          ])),
      .tag(
        "div", ["class": "step-axis"],
        parts: .tag("span", [:], "step 0"),
        .tag("span", [:], "step \(errors.packed.count - 1)")))
  }

  private func isEven(_ tick: Double) -> Bool {
    LogarithmicScale.power(tick).isMultiple(of: 2)
  }

  private func position(_ value: Double, _ scale: LogarithmicScale) -> String {
    NumberText.position(scale.percent(value))
  }

  /// A point for each step; of one step, a line across.
  private func line(_ kind: String, _ values: [Double], _ scale: LogarithmicScale) -> Markup {
    let values = values.count == 1 ? [values[0], values[0]] : values
    let last = Double(values.count - 1)
    let points = values.enumerated().map { step, value in
      let height = value.isFinite ? scale.percent(value) : 100
      return
        "\(NumberText.position(100 * Double(step) / last)),\(NumberText.position(100 - height))"
    }
    return .tag("polyline", ["class": kind, "points": points.joined(separator: " ")])
  }

  private func table(_ errors: StepErrors) -> Markup {
    .table(
      caption: "Largest errors by step",
      columns: ["steps", "checkpoint", "packed weights", "worst step"], numeric: [1, 2, 3],
      rows: errors.groups().map { group in
        (
          nil,
          [
            group.title, NumberText.scientific(group.reference),
            NumberText.scientific(group.packed), "\(group.worstStep)",
          ]
        )
      })
  }
}
