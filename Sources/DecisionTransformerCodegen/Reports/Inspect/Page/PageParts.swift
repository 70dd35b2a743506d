/// Parts that the page's sections share.
extension Markup {
  package static func tag(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], parts: Markup...
  )
    -> Markup
  {
    tag(name, attributes, parts)
  }

  /// A section under a heading, with an introduction in a sentence or two.
  package static func section(id: String, title: String, introduction: String, _ content: [Markup])
    -> Markup
  {
    tag(
      "section", ["id": id, "aria-labelledby": "\(id)-title", "data-explorer": ""],
      [tag("h2", ["id": "\(id)-title"], title), tag("p", ["class": "introduction"], introduction)]
        + content)
  }

  /// Where the script shows the table row of the mark that is pointed at; until then a line says how.
  package static func panel(of marks: String) -> Markup {
    tag(
      "div", ["class": "panel", "data-panel": "", "role": "status"],
      [
        tag(
          "p", ["class": "hint"],
          "Point at \(marks) or tap; by keyboard, Tab and the arrow keys walk through them.")
      ])
  }

  /// What can be pointed at, clicked and reached by keyboard; `row` is the id of the table row that it shows.
  package static func mark(
    row: String, label: String, kind: String, style: String? = nil, _ content: [Markup] = []
  ) -> Markup {
    tag(
      "button",
      [
        "type": "button", "class": "mark \(kind)", "style": style, "data-row": row,
        "aria-label": label, "aria-pressed": "false",
      ], content)
  }

  /// A table with a row of column headings; the first cell of each row is its heading.
  ///
  /// - Parameter numeric: columns of numbers.
  package static func table(
    caption: String, columns: [String], numeric: Set<Int>, rows: [(id: String?, cells: [String])]
  ) -> Markup {
    func style(_ column: Int) -> String? { numeric.contains(column) ? "number" : nil }
    let head = columns.enumerated().map {
      tag("th", ["scope": "col", "class": style($0)], $1)
    }
    let body = rows.map { row in
      tag(
        "tr", ["id": row.id],
        row.cells.enumerated().map { column, cell in
          column == 0
            ? tag("th", ["scope": "row"], cell) : tag("td", ["class": style(column)], cell)
        })
    }
    return tag(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption],
      [
        tag(
          "table", [:],
          [
            tag("caption", [:], caption), tag("thead", [:], [tag("tr", [:], head)]),
            tag("tbody", [:], body),
          ])
      ])
  }

  /// A table that is folded away on a screen, and not on paper.
  package static func foldedTable(
    caption: String, columns: [String], numeric: Set<Int>, rows: [(id: String?, cells: [String])]
  ) -> Markup {
    tag(
      "details", [:],
      [
        tag("summary", [:], caption),
        table(caption: caption, columns: columns, numeric: numeric, rows: rows),
      ])
  }

  /// Colours and what they stand for; `classes` style the squares.
  package static func legend(_ entries: [(kind: String, text: String)]) -> Markup {
    tag(
      "ul", ["class": "legend"],
      entries.map { kind, text in
        tag(
          "li", [:], [tag("i", ["class": "swatch \(kind)", "aria-hidden": "true"]), .text(text)])
      })
  }
}

extension LayoutMap.Role {
  /// What legends call it.
  package var title: String {
    switch self {
    case .embedding: "embedding"
    case .query: "queries and keys"
    case .attention: "scores and values"
    case .output: "attention's projection"
    case .inner: "MLP, first matrix"
    case .outer: "MLP, second matrix"
    case .head: "head"
    case .timesteps: "rows by timestep"
    case .other: "norms, softmax, copies"
    }
  }

  package var style: String { "role-\(rawValue)" }
}
