extension OutputDifference {
  /// The report for a pull request: Markdown that reads as plain text, too.
  public var text: String {
    let parts =
      [
        title, summary, list("Shape", shape), list("Options", options), list("Plan", plan),
        list("Beside the code", besides), costs, list("Cost of rounded weights", precisionCost),
        layout,
      ] + weightTable + [codeLine]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private var title: String {
    "### \(old.name == new.name ? new.name : "\(old.name) → \(new.name)"): \(quoted(old.path)) → \(quoted(new.path))"
  }

  /// A name from outside as Markdown shows it unchanged.
  private func quoted(_ text: String) -> String {
    "`\(text.replacing("`", with: "'").replacing("\n", with: " "))`"
  }

  private var summary: String {
    var lines = [verdictText]
    for change in provenance where change.name == "generator" {
      lines.append(
        "dtgen \(change.old ?? "") → \(change.new ?? ""): another version of the generator.")
    }
    if changed("config.json sha256") {
      // max_length decides the window where codegen.json does not.
      let decides = !shape.isEmpty || options.contains { ["window", "tokens"].contains($0.name) }
      lines.append(
        decides
          ? "config.json changed."
          : "config.json has other bytes, but nothing in it that matters at inference changed.")
    }
    if changed("codegen.json sha256"), options.isEmpty {
      lines.append("codegen.json has other bytes, but no option in it changed.")
    }
    if weights == nil {
      let without = [old, new].filter { !$0.hasWeights }.map { quoted($0.path) }
      let checksums = hasSameNumbers.map { ". Their checksums are \($0 ? "the same" : "others")" }
      lines.append(
        "Weights are not compared: there are none in \(without.joined(separator: " and in "))"
          + "\(checksums ?? "").")
    }
    for side in [old, new] where !side.edited.isEmpty {
      lines.append(
        "\(side.edited.joined(separator: " and ")) in \(quoted(side.path)): changed since dtgen wrote it."
      )
    }
    return lines.joined(separator: "\n")
  }

  private func changed(_ name: String) -> Bool { provenance.contains { $0.name == name } }

  /// The header of generated code names both files' digests: `check` finds it stale where one of them changed.
  private var exceptDigests: String {
    let isOther = ["config.json", "codegen.json"].contains { changed("\($0) sha256") }
    return isOther ? " but for the digests in its header" : ""
  }

  private var verdictText: String {
    switch verdict {
    case .nothing:
      weights == nil
        ? "Nothing changed in the code." : "Nothing changed: the same code, the same weights."
    case .weights where weights == nil:
      "The code is the same\(exceptDigests); what goes into the weights, or lies beside the code, changed."
    case .weights where weights?.differing.isEmpty == true:
      "The code\(exceptDigests) and the numbers are the same; what lies beside them changed."
    case .weights:
      "Only the weights changed: the code is the same\(exceptDigests), and a new weights file serves the old program."
    case .code:
      "The code changed, the packed layout did not: each side's code takes the weights of the other, but the self test "
        + "beside them is of their own side and may fail."
    case .layout:
      "The packed layout changed: code and weights must be replaced together "
        + "(layout \(old.layoutDigest) → \(new.layoutDigest))."
    }
  }

  private func list(_ title: String, _ changes: [FactChange]) -> String {
    guard !changes.isEmpty else { return "" }
    return "**\(title)**\n\n" + changes.map { "- \($0.text)" }.joined(separator: "\n")
  }

  private var costs: String {
    guard !cost.isEmpty else { return "" }
    return "**Cost**\n\n"
      + cost.map { amount in
        let (before, after) = (NumberText.grouped(amount.old), NumberText.grouped(amount.new))
        return "- \(amount.name): \(before) → \(after)\(growth(amount))"
      }.joined(separator: "\n")
  }

  private func growth(_ amount: Amount) -> String {
    guard amount.old > 0 else { return "" }
    let share = Double(amount.new) / Double(amount.old) - 1
    return " (\(share > 0 ? "+" : "")\(NumberText.percent(share)))"
  }

  // MARK: Layout

  private var layout: String {
    let kinds: [(TensorChange.Kind, String)] = [
      (.added, "new"), (.removed, "gone"), (.resized, "resized"), (.rearranged, "rearranged"),
      (.moved, "moved, otherwise the same"), (.remade, "by another formula"),
    ]
    let lines = kinds.compactMap { kind, words -> String? in
      let changes = tensors.filter { $0.kind == kind }
      guard !changes.isEmpty else { return nil }
      return "- \(words): "
        + changes.map([.moved, .remade].contains(kind) ? { $0.name } : description)
        .joined(separator: ", ")
    }
    return lines.isEmpty ? "" : "**Packed tensors**\n\n" + lines.joined(separator: "\n")
  }

  private func description(_ change: TensorChange) -> String {
    switch (change.old, change.new) {
    case (let old?, let new?): "\(change.name) \(old) → \(new)"
    case (let shape?, nil), (nil, let shape?): "\(change.name) \(shape)"
    case (nil, nil): change.name
    }
  }

  // MARK: Weights

  private var weightTable: [String] {
    guard let weights, verdict != .nothing else { return [] }
    guard !weights.differing.isEmpty else {
      return weights.comparedTensors == 0
        ? []
        : [
          "**Weights**: the same numbers in all \(weights.comparedTensors) tensors of the same shape."
        ]
    }
    let differing = weights.differing.reduce(0) { $0 + $1.differing }
    let heading =
      "**Weights**: \(weights.differing.count) of \(weights.comparedTensors) tensors of the same shape differ, "
      + "\(NumberText.grouped(differing)) of \(NumberText.grouped(weights.comparedValues)) values."
    let rows = weights.differing.map { tensor in
      "| \(tensor.name) | \(NumberText.grouped(tensor.differing)) of \(NumberText.grouped(tensor.values)) "
        + "| \(NumberText.scientific(tensor.largest)) | \(NumberText.scientific(tensor.mean)) "
        + "| \(NumberText.percent(tensor.relative)) |"
    }
    return [
      heading,
      ([
        "| tensor | values that differ | largest | mean | mean, relative |",
        "|---|---:|---:|---:|---:|",
      ]
        + rows).joined(separator: "\n"),
    ]
  }

  private var codeLine: String {
    guard code.removedLines + code.addedLines > 0 else { return "" }
    let explained = !(shape + options + provenance).isEmpty || !tensors.isEmpty
    return "Code: \(NumberText.grouped(code.removedLines)) lines removed, "
      + "\(NumberText.grouped(code.addedLines)) added."
      + (explained
        ? ""
        : " Nothing above explains it: an option that leaves the shape alone, or an edit by hand. "
          + "`dtgen check` shows the lines.")
  }
}
