/// Writes the register tiles: the inner loops, unrolled over rows and panels, and the sweeps of tiles over
/// all rows and panels of a product.
package struct TileRenderer {
  private let plan: Plan
  private let sweeps: SweepRenderer
  /// The format of weights that are not float32, if there are any.
  private let format: WeightFormat?
  private let hasScales: Bool
  private let prefetchDistance: Int?
  private let askingRows: Set<Int>

  package init(_ plan: Plan) {
    format = plan.widenedFormat
    hasScales = format?.scales == .perColumn
    prefetchDistance = plan.prefetchDistance
    askingRows = plan.askingTileRows
    self.plan = plan
    sweeps = SweepRenderer(plan, plan.products.filter { !$0.isOfIntegers }, prefix: "")
  }

  package func render(to writer: inout CodeWriter) {
    product(to: &writer)
    sweeps.render(to: &writer)
    writer.write("", "// Each tile holds its rows by the panels of `Sums` in registers.")
    let tileRows = sweeps.tileRows
    for size in tileRows { tile(size, to: &writer) }
    SumsRenderer(
      widths: sweeps.tileWidths, format: format,
      widenedRows: format == nil ? [] : tileRows.filter { $0 <= 2 }.reversed(),
      prefetchDistance: prefetchDistance
    ).render(to: &writer)
    format?.functions(to: &writer)
    for renderer in IntegerTileRenderer.all(plan) { renderer.render(to: &writer) }
  }

  // MARK: Operands

  private func product(to writer: inout CodeWriter) {
    writer.write("", "/// What happens to sums before they are stored.")
    writer.scope("private protocol Epilogue") { writer in
      writer.write("static func apply(_ sums: Vector, _ residual: Floats) -> Vector")
    }
    for (name, value) in epilogues {
      writer.write(
        "private enum \(name): Epilogue { @inline(__always) static func apply(_ sums: Vector, _ residual: Floats) -> Vector { \(value) } }"
      )
    }
    let option = format?.option
    let flags = [option, hasScales ? "scaled" : nil].compactMap(\.self)
    let parameters = flags.map { " \($0): Bool = false," }.joined()
    let asks = !askingRows.isEmpty
    writer.write("", "/// Where the operands of epilogue(x · w + b) lie.")
    writer.scope("private struct Product<Finish: Epilogue>") { writer in
      writer.write(
        "var x: Floats, xStride: Int, w: Floats, panel: Int, strip: Int, step: Int, depth: Int, hasBiases: Bool, biased: Bool",
        "var y: Floats, yStride: Int, residual: Floats, panels: Int, hidesKeys: Bool, hidesDepth: Bool, streams: Bool\(flags.map { ", \($0): Bool" }.joined())\(asks ? ", next: Floats" : "")",
        "",
        "/// - Parameter panel: Floats of a panel of 16 columns.",
        "/// - Parameter strip: Panels that lie side by side, a row of all of them and then the next; 1 where each is apart.",
        "/// - Parameter hasBiases: Whether the first row of each panel or strip are biases; `biased`: whether sums begin with them.",
        "/// - Parameter streams: Whether the weights are used once, and come from far away.",
        "@inline(__always)",
        "init(",
        "  _ x: Floats, _ xStride: Int, _ w: Floats, panel: Int, strip: Int = 1, step: Int = 16, depth: Int, hasBiases: Bool = true, biased: Bool = true,\(parameters)",
        "  streams: Bool = false, _ y: Floats, _ yStride: Int, panels: Int, residual: Floats? = nil,",
        "  hidesKeys: Bool = false, hidesDepth: Bool = false",
        ") {",
        "  \(asks ? "next = w; " : "")(self.x, self.xStride, self.w, self.panel, self.strip, self.step) = (x, xStride, w, panel, strip, step)",
        "  (self.hasBiases, self.biased) = (hasBiases, biased && hasBiases)",
        "  (self.depth, self.y, self.yStride, self.residual) = (depth, y, yStride, residual ?? y)",
        "  (self.panels, self.hidesKeys, self.hidesDepth, self.streams\(flags.map { ", self.\($0)" }.joined())) = (panels, hidesKeys, hidesDepth, streams\(flags.map { ", \($0)" }.joined()))",
        "}", "",
        "/// The tile at `row` and `panel`. No row sees a key behind it: whole panels of keys and the end of the",
        "/// depth are left out.",
        "@inline(__always)")
      writer.scope("func tile(row: Int, rows: Int, panel index: Int) -> Self") { writer in
        writer.write("var tile = self, first = index", "tile.x += row * xStride")
        writer.scope("if strip > 1") { writer in
          writer.write(
            "first = index / strip * strip",
            "(tile.panel, tile.step) = (16, 16 * min(strip, panels - first))")
        }
        writer.write(
          "tile.w += first * panel + (index - first) * 16",
          "tile.y += row * yStride + index * 16", "tile.residual += row * yStride + index * 16",
          "if hidesKeys && index * 16 >= row + rows { tile.depth = 0 }",
          "if hidesDepth { tile.depth = row + rows }")
        if !askingRows.isEmpty {
          writer.write(
            "tile.next = w + (first + strip) * panel + (index - first + row / rows) % strip * depth * 16"
          )
        }
        writer.write("return tile")
      }
      writer.write("", "@inline(__always)")
      writer.scope("func store(_ sums: Vector, _ place: Int)") { writer in
        writer.write("Finish.apply(sums, residual + place).store(at: y + place)")
      }
    }
  }

  private var epilogues: [(name: String, value: String)] {
    let activations = plan.activations.map {
      (name: plan.finishName(of: $0), value: "VectorMath.\($0.functionName)(sums)")
    }
    let ofSums = plan.activationsOfSums.map {
      (
        name: plan.finishName(of: .addActivated($0)),
        value: "VectorMath.\($0.functionName)(sums + Vector(at: residual))"
      )
    }
    return [("Store", "sums")] + activations + [("Add", "sums + Vector(at: residual)")] + ofSums
  }

  // MARK: Tiles

  private func tile(_ rows: Int, to writer: inout CodeWriter) {
    let indices = Array(0..<rows)
    writer.write("", "@inline(__always)")
    writer.scope(
      "private static func tile\(rows)<Sums: RowSums, Finish: Epilogue>(_: Sums.Type, _ p: Product<Finish>)"
    ) { writer in
      let start = hasScales ? "start" : "bias"
      writer.write("let bias = p.biased ? Sums(p.w, p.panel) : Sums()")
      if hasScales { writer.write("let start = p.scaled ? Sums() : bias") }
      writer.write(
        "var " + indices.map { "r\($0) = \(start)" }.joined(separator: ", "),
        "var x = p.x, w = p.hasBiases ? p.w + \(hasScales ? "(p.scaled ? 2 : 1) * " : "")p.step : p.w, k = 0"
      )
      let single: (inout CodeWriter) -> Void = { writer in
        writer.scope("while k < p.depth") { writer in
          if rows <= 2 { prefetch(to: &writer) }
          writer.write("let row = Sums(w, p.panel)")
          writer.write(list: indices.map { "r\($0).add(x[\(offset($0, "p.xStride"))], row)" })
          let asks = askingRows.contains(rows)
          let ask = asks ? "VectorMath.prefetch(p.next + k * 16); " : ""
          writer.write("\(ask)x += 1; w += p.step; k += 1")
        }
      }
      if let format, rows <= 2 {
        writer.branches([
          ("p.\(format.option)", { wordLoop(format, indices, to: &$0) }), (nil, single),
        ])
      } else {
        single(&writer)
      }
      if hasScales {
        writer.scope("if p.scaled") { writer in
          writer.write("let scales = Sums(p.w + p.step, p.panel)")
          writer.write(list: indices.map { "r\($0).scale(scales, bias)" })
        }
      }
      writer.write(list: indices.map { "r\($0).finish(p, \(offset($0, "p.yStride")))" })
    }
  }

  private func prefetch(to writer: inout CodeWriter) {
    guard let prefetchDistance else { return }
    writer.write(
      "if p.streams { for panel in 0..<Sums.width { VectorMath.prefetch(w + panel * p.panel + \(prefetchDistance)) } }"
    )
  }

  /// The rows of a word a turn.
  private func wordLoop(_ format: WeightFormat, _ indices: [Int], to writer: inout CodeWriter) {
    writer.scope("while k < p.depth") { writer in
      let rows = indices.map { "&r\($0), x\($0 == 0 ? "" : " + p.xStride")" }
      let streams = prefetchDistance == nil ? "" : ", p.streams"
      writer.write(
        "Sums.\(format.addFunction)(\(list(rows)), w, p.panel\(streams))",
        "x += \(format.rowsPerWord); w += p.step; k += \(format.rowsPerWord)")
    }
  }

  private func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
