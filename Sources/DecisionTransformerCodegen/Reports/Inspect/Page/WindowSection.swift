/// Draws the window, token by token.
package struct WindowSection {
  /// Nil for a trunk.
  package let window: WindowMap?
  package let cacheTokens: Int?

  /// Steps that are drawn; of longer windows, those in the middle, which are all alike, are left out.
  private static let (oldest, latest) = (8, 12)

  package var markup: Markup {
    guard let window else {
      return .section(
        id: "window", title: "The cache",
        introduction:
          "A trunk has no window: the keys and values of up to \(cacheTokens ?? 0) tokens "
          + "stay as they are, and a call computes its own tokens only.", [])
    }
    return .section(
      id: "window", title: "The window",
      introduction:
        "\(window.steps) steps of three tokens (return, state, action) at the moment of "
        + "act, oldest first. When the window slides, every token from block 1 on changes: prepare "
        + "recomputes them, act runs the new ones.",
      [
        .legend(
          WindowMap.State.allCases.filter { state in
            window.rows.contains { $0.states.contains(state) }
          }.map { ("state-\($0.rawValue)", $0.title) }
            + ["return", "state", "action"].map { ("token-\($0)", "\($0) token") }),
        drawing(window),
        .panel(of: "tokens"),
        table(window),
      ])
  }

  // MARK: Drawing

  private func drawing(_ window: WindowMap) -> Markup {
    .tag(
      "div", ["class": "window"],
      [header(window)]
        + window.rows.enumerated().map { index, row in
          .tag(
            "div", ["class": row.stage == "keys and values" ? "window-row first" : "window-row"],
            parts: .tag(
              "div", ["class": "window-title"],
              parts: .tag("b", [:], row.title), .tag("span", [:], row.stage)),
            .tag(
              "div",
              ["class": "runs", "role": "toolbar", "aria-label": "\(row.title), \(row.stage)"],
              row.runs.enumerated().map { place, run in
                self.run(run, "\(index)-\(place)", row, window)
              }))
        })
  }

  private func header(_ window: WindowMap) -> Markup {
    let slots = 0..<(window.tokens.count * window.steps)
    return .tag(
      "div", ["class": "window-row axis", "aria-hidden": "true"],
      parts: .tag("div", ["class": "window-title"], parts: .tag("span", [:], "kind of token")),
      .tag(
        "div", ["class": "runs"],
        parts: .tag(
          "div", ["class": "run", "style": "flex:\(cellCount(slots, window)) 1 0"],
          cells(slots, window) { slot in
            .tag("i", ["class": "token-\(window.tokens[slot % window.tokens.count])"])
          })))
  }

  private func run(
    _ run: WindowMap.Run, _ id: String, _ row: WindowMap.Row, _ window: WindowMap
  ) -> Markup {
    .mark(
      row: "window-\(id)",
      label: "\(row.title), \(row.stage), \(tokens(run, window)): \(run.state.title)",
      kind: "run state-\(run.state.rawValue)",
      style: "flex:\(cellCount(run.slots, window)) 1 0",
      cells(run.slots, window) { _ in .tag("i") })
  }

  private func isDrawn(_ slot: Int, _ window: WindowMap) -> Bool {
    window.steps <= Self.oldest + Self.latest + 1 || slot < window.tokens.count * Self.oldest
      || slot >= window.tokens.count * (window.steps - Self.latest)
  }

  /// Cells, and one in the place of those that are left out.
  private func cells(
    _ slots: Range<Int>, _ window: WindowMap, _ cell: (Int) -> Markup
  ) -> [Markup] {
    slots.compactMap { slot in
      if isDrawn(slot, window) { return cell(slot) }
      return slot == window.tokens.count * Self.oldest || slot == slots.lowerBound
        ? .tag("i", ["class": "gap"], "⋯") : nil
    }
  }

  private func cellCount(_ slots: Range<Int>, _ window: WindowMap) -> Int {
    cells(slots, window) { _ in .nothing }.count
  }

  // MARK: Words

  private func tokens(_ run: WindowMap.Run, _ window: WindowMap) -> String {
    let (first, last) = (run.slots.lowerBound, run.slots.upperBound - 1)
    return first == last
      ? window.name(ofSlot: first)
      : "\(run.slots.count) tokens, \(window.name(ofSlot: first)) to \(window.name(ofSlot: last))"
  }

  private func table(_ window: WindowMap) -> Markup {
    .foldedTable(
      caption: "What happens to each token in each block",
      columns: ["tokens", "block", "stage", "what happens", "why"],
      numeric: [],
      rows: window.rows.enumerated().flatMap { index, row in
        row.runs.enumerated().map { place, run in
          (
            "window-\(index)-\(place)",
            [tokens(run, window), row.title, row.stage, run.state.title, run.state.reason]
          )
        }
      })
  }
}

extension WindowMap.State {
  package var title: String {
    switch self {
    case .kept: "kept, moved with the window"
    case .recomputed: "recomputed by prepare"
    case .act: "computed by act"
    case .appended: "computed by prepare, then kept"
    case .unused: "not needed"
    }
  }

  fileprivate var reason: String {
    switch self {
    case .kept: "depends on its own token alone, so a slide of the window does not change it"
    case .recomputed: "had seen the step that left the window"
    case .act: "needs the new state or the new return: the critical path"
    case .appended: "needs the action and nothing else; part of the window from the next step on"
    case .unused: "nothing that is asked for depends on it, or does any more"
    }
  }
}
