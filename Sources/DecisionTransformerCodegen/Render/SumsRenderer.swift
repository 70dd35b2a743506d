/// Writes the sums that tiles hold in registers: of one row, over neighbouring panels.
package struct SumsRenderer {
  /// Numbers of panels.
  package let widths: [Int]
  /// The format of weights that are not float32, if there are any.
  package let format: WeightFormat?
  /// Rows of the tiles that widen these themselves.
  package let widenedRows: [Int]
  /// Floats that weights are asked for ahead, if they are.
  package let prefetchDistance: Int?

  package func render(to writer: inout CodeWriter) {
    protocolOfSums(to: &writer)
    for width in widths { sums(width, to: &writer) }
  }

  private func protocolOfSums(to writer: inout CodeWriter) {
    writer.write("", "/// Sums of one row over neighbouring panels.")
    writer.scope("private protocol RowSums") { writer in
      writer.write(
        "init()", "init(_ place: Floats, _ panel: Int)",
        "mutating func add(_ x: Float, _ w: Self)",
        "func finish<Finish: Epilogue>(_ p: Product<Finish>, _ place: Int)")
      if prefetchDistance != nil { writer.write("static var width: Int { get }") }
      if hasScales { writer.write("mutating func scale(_ scales: Self, _ bias: Self)") }
      if let format {
        for rows in widenedRows { writer.write(declaration(format, rows)) }
      }
    }
  }

  private func sums(_ width: Int, to writer: inout CodeWriter) {
    let indices = Array(0..<width)
    writer.write("")
    writer.scope("private struct Sums\(width): RowSums") { writer in
      writer.write("var \(list(indices.map { "s\($0)" })): Vector")
      writer.oneLine("init()", indices.map { "s\($0) = Vector()" })
      writer.oneLine(
        "init(_ place: Floats, _ panel: Int)",
        indices.map { "s\($0) = Vector(at: place\($0 == 0 ? "" : " + " + offset($0, "panel")))" })
      if prefetchDistance != nil {
        writer.write("@inline(__always) static var width: Int { \(width) }")
      }
      writer.oneLine(
        "mutating func add(_ x: Float, _ w: Self)",
        ["let x = Vector(repeating: x)"]
          + indices.map { "s\($0) = VectorMath.multiplyAdd(x, w.s\($0), s\($0))" })
      writer.oneLine(
        "func finish<Finish: Epilogue>(_ p: Product<Finish>, _ place: Int)", isGeneric: true,
        indices.map { "p.store(s\($0), place\($0 == 0 ? "" : " + \($0 * Shape.lanes)")" + ")" })
      if hasScales {
        writer.oneLine(
          "mutating func scale(_ scales: Self, _ bias: Self)",
          indices.map { "s\($0) = VectorMath.multiplyAdd(s\($0), scales.s\($0), bias.s\($0))" })
      }
      if let format {
        for rows in widenedRows { addWord(format, rows, indices, to: &writer) }
      }
    }
  }

  private var hasScales: Bool { format?.scales == .perColumn }

  private func declaration(_ format: WeightFormat, _ rows: Int) -> String {
    let operands = (0..<rows).map { "_ r\($0): inout Self, _ x\($0): Floats" }
    return
      "static func \(format.addFunction)(\(list(operands)), _ w: Floats, _ panel: Int\(prefetchDistance == nil ? "" : ", _ streams: Bool"))"
  }

  /// Panel after panel, so that few registers hold widened weights at a time.
  private func addWord(
    _ format: WeightFormat, _ rows: Int, _ panels: [Int], to writer: inout CodeWriter
  ) {
    writer.write("@inline(__always) @_noAllocation @_noLocks")
    writer.scope(declaration(format, rows)) { writer in
      // No load moves across a prefetch: with one row they keep the panels in order, which saves registers.
      func prefetch(_ panel: Int) {
        guard let prefetchDistance else { return }
        let place = panel == 0 ? "" : "\(offset(panel, "panel")) + "
        writer.write("if streams { VectorMath.prefetch(w + \(place)\(prefetchDistance)) }")
      }
      if rows > 1 { panels.forEach(prefetch) }
      for row in 0..<rows {
        let numbers = format.rowNames.enumerated().map {
          "\($0.element)\(row) = Vector(repeating: x\(row)[\($0.offset)])"
        }
        writer.write("let \(list(numbers))")
      }
      for panel in panels {
        let place = panel == 0 ? "w" : "w + \(offset(panel, "panel"))"
        if rows == 1 { prefetch(panel) }
        writer.write("let w\(panel) = Vector(at: \(place))")
        for (index, name) in format.rowNames.enumerated() {
          writer.write("let \(name)W\(panel) = \(format.widened(row: index, of: "w\(panel)"))")
          writer.write(
            list: (0..<rows).map {
              "r\($0).s\(panel) = VectorMath.multiplyAdd(\(name)\($0), \(name)W\(panel), r\($0).s\(panel))"
            })
        }
      }
    }
  }

  private func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}

/// `index * stride`, as short as it can be.
package func offset(_ index: Int, _ stride: String) -> String {
  index == 0 ? "0" : index == 1 ? stride : "\(index) * \(stride)"
}
