/// Writes the register tiles: the inner loops, unrolled over rows and panels, and the sweeps of tiles over
/// all rows and panels of a product.
package struct TileRenderer {
  private let plan: Plan
  /// The products of each number of rows, most rows first.
  private let products: [(rows: Int, products: [TiledProduct])]
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
    let all = plan.products
    products = Set(all.map(\.rows)).sorted(by: >).map { rows in
      (rows, all.filter { $0.rows == rows })
    }
  }

  package func render(to writer: inout CodeWriter) {
    product(to: &writer)
    for (rows, products) in products { sweep(rows, products, to: &writer) }
    writer.write("", "// Each tile holds its rows by the panels of `Sums` in registers.")
    for size in tileRows { tile(size, to: &writer) }
    SumsRenderer(
      widths: tileWidths, format: format,
      widenedRows: format == nil ? [] : tileRows.filter { $0 <= 2 }.reversed(),
      prefetchDistance: prefetchDistance
    ).render(to: &writer)
    format?.functions(to: &writer)
  }

  /// Heights and widths of the tiles in use, largest first.
  private var tileRows: [Int] { tiles { tiling, _ in tiling.rows.map(\.size) } }
  private var tileWidths: [Int] { tiles { $0.widths(for: $1.panels) } }

  /// Those of the lowest number come last: what is left when all questions are answered with no.
  private var targets: [Target] { plan.deployment.targets.sorted { $0.number > $1.number } }

  private func tiles(_ sizes: (Tiling, TiledProduct) -> [Int]) -> [Int] {
    let all = products.flatMap(\.products).flatMap { product in
      targets.flatMap { sizes(plan.tiling(of: product, target: $0), product) }
    }
    return Set(all).sorted(by: >)
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

  // MARK: Sweeps

  private func sweep(_ rows: Int, _ products: [TiledProduct], to writer: inout CodeWriter) {
    writer.write(
      "", "/// All tiles of \(rows == 1 ? "1 row" : "\(rows) rows").", "@inline(__always)")
    writer.scope(
      "private static func rows\(rows)<Finish: Epilogue>(_ product: Product<Finish>)"
    ) { writer in
      let branches = branches(products)
      let shared = sharedEnd(of: branches.map(\.lines))
      writer.branches(
        branches.map { branch in
          (branch.condition, { for line in branch.lines.dropLast(shared.count) { $0.write(line) } })
        })
      for line in shared { writer.write(line) }
    }
  }

  /// The tiles of some products for a target, and for those of lower numbers that have no branch of their own.
  private struct Branch {
    /// The lowest number of a target; nil where none is lower.
    package var number: Int?
    /// Which products the branch is for; nil for all that are left.
    package var products: String?
    package var lines: [String]

    /// The question is settled where a product is inlined.
    package var condition: String? {
      let parts = [number.map { "VectorMath.level >= \($0)" }, products].compactMap(\.self)
      return parts.isEmpty ? nil : parts.joined(separator: " && ")
    }
  }

  /// From the highest number on. For a target, products that differ from the others in how they are cut come first;
  /// targets of neighbouring numbers with the same tiling share a branch.
  private func branches(_ products: [TiledProduct]) -> [Branch] {
    var branches: [Branch] = []
    for target in targets {
      let number = target == targets.last ? nil : target.number
      var rest = products
      func take(_ condition: String, _ isTaken: (TiledProduct) -> Bool) {
        let (taken, others) = (rest.filter(isTaken), rest.filter { !isTaken($0) })
        guard !taken.isEmpty, !others.isEmpty, tilings(taken, target) != tilings(others, target)
        else { return }
        // All that the tail of a sweep may be for: it is then the same in every branch.
        let counts = Set((taken[0].hidesKeys ? taken : rest).map(\.panels))
        branches.append(
          Branch(
            number: number, products: condition, lines: sweep(counts, tilings(taken, target).first!)
          ))
        rest = others
      }
      take("product.hidesKeys", \.hidesKeys)
      let narrowest = products.map(\.order.widestTile).min()!
      let counts = Set(rest.map(\.panels))
      take("product.strip != \(narrowest)") { $0.order.widestTile != narrowest }
      precondition(tilings(rest, target).count == 1, "products of one sweep are cut alike")
      let lines = sweep(counts, tilings(rest, target).first!)
      if let last = branches.last, last.products == nil, last.lines == lines {
        branches[branches.count - 1].number = number
      } else {
        branches.append(Branch(number: number, lines: lines))
      }
    }
    return branches
  }

  private func tilings(_ products: [TiledProduct], _ target: Target) -> Set<Tiling> {
    Set(products.map { plan.tiling(of: $0, target: target) })
  }

  /// What several branches end with: behind them it is one tile to inline, and not one for each.
  private func sharedEnd(of branches: [[String]]) -> [String] {
    guard branches.count > 1 else { return [] }
    var shared: [String] = []
    for line in branches[0].reversed() {
      let end = [line] + shared
      // A line within braces is no statement of its own.
      guard branches.allSatisfy({ $0.count > end.count && Array($0.suffix(end.count)) == end }),
        line.hasPrefix("if "), line.hasSuffix("}")
      else { break }
      shared = end
    }
    return shared
  }

  private func sweep(_ counts: Set<Int>, _ tiling: Tiling) -> [String] {
    let widths = Set(counts.flatMap { tiling.widths(for: $0) }).sorted(by: >)
    return widths.flatMap { width -> [String] in
      let isWidest = width == tiling.panels
      let header =
        isWidest
        ? "for group in 0..<product.panels\(width == 1 ? "" : " / \(width)")"
        : "if product.panels & \(width) != 0"
      let panel =
        isWidest
        ? (width == 1 ? "group" : "group * \(width)") : "product.panels & ~\(2 * width - 1)"
      let calls = tiling.rows.map { stretch in
        let tile = stretch.size == 1 ? "tile" : "tile * \(stretch.size)"
        let row = stretch.count == 1 ? "\(stretch.start)" : tile
        let call =
          "tile\(stretch.size)(Sums\(width).self, product.tile(row: \(row), rows: \(stretch.size), panel: \(panel)))"
        return stretch.count == 1 ? call : "for tile in 0..<\(stretch.count) { \(call) }"
      }
      return calls.count == 1
        ? ["\(header) { \(calls[0]) }"] : ["\(header) {"] + calls.map { "  \($0)" } + ["}"]
    }
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
