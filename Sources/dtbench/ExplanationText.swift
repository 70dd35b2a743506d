import Foundation

extension Explanation {
  /// The explanation for people.
  var text: String {
    let measured = """
      where the time goes (measured: us in the loop, medians of \(rounds) rounds, and again at once, with all it touches near;
        computed from measured rates, in us: multiply-adds at \(Self.number(rates.multiplyAdd)) GFLOP/s, all it touches at \
      \(Self.number(rates.nearCache)) GB/s as out of a buffer
        of \(rates.nearBytes) bytes, and at \(Self.number(rates.farCache)) GB/s as out of one of \(rates.farBytes))
      """
    return ([measured] + phases.map(table)).joined(separator: "\n")
  }

  private func table(_ phase: Phase) -> String {
    let header = [
      phase.name, "", "share", "us", "again", "arithmetic", "near", "far", "bytes", "bound by",
    ]
    let rows = operations.filter { $0.phase == phase.name }.map { operation in
      [
        operation.routine, operation.name, Self.percent(operation.share),
        Self.number(operation.microseconds), Self.number(operation.microsecondsAgain),
        Self.number(operation.arithmetic), Self.number(operation.nearCache),
        Self.number(operation.farCache),
        "\(operation.weightBytes + operation.memoryBytes)", operation.bound.rawValue,
      ]
    }
    return (Self.columns([header] + rows) + summary(phase)).map { "  \($0)" }
      .joined(separator: "\n")
  }

  private func summary(_ phase: Phase) -> [String] {
    let bounds = phase.byBound.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      name, time in
      "\(name) \(Self.percent(time / max(phase.operations, .leastNormalMagnitude)))"
    }
    let formats = precisions.map { name in
      let saved = phase.savedByPrecision[name] ?? 0
      return "\(name) \(phase.weightBytesByPrecision[name] ?? 0)"
        + (saved > 0.005 ? " (computed: about \(Self.number(saved)) us less)" : "")
    }
    return [
      "operations together \(Self.number(phase.operations)), the whole call "
        + "\(Self.number(phase.call)) in the loop at full speed",
      "bound by \(bounds.joined(separator: ", "))",
      "bytes of weights that operations read: \(phase.weightBytes); as \(formats.joined(separator: ", as "))",
    ]
  }

  /// Names to the left, numbers to the right.
  private static func columns(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return (2...8).contains(column) ? padding + cell : cell + padding
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  private static func number(_ value: Double) -> String { String(format: "%.2f", value) }
  private static func percent(_ value: Double) -> String { String(format: "%.1f %%", 100 * value) }
}
