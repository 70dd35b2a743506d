/// Writes the register tiles: the inner loops, unrolled over rows and panels, and the sweeps of tiles over
/// all rows and panels of a product.
struct TileRenderer {
  /// For each number of rows that some kernel has: the panel counts of these kernels.
  private let panelCounts: [(rows: Int, counts: Set<Int>)]

  private let activation: Activation
  private let needsTanh: Bool

  init(_ plan: Plan, model: Model) {
    activation = model.config.activation
    needsTanh = model.config.hasActionTanh || activation == .tanh
    let sums = plan.kernels.compactMap(\.sums)
    panelCounts = Set(sums.map(\.rows)).sorted(by: >).map { rows in
      (rows, Set(sums.filter { $0.rows == rows }.map(\.panels)))
    }
  }

  func render(to writer: inout CodeWriter) {
    product(to: &writer)
    for (rows, counts) in panelCounts { sweep(rows, counts, to: &writer) }
    for size in tileRows { tile(size, to: &writer) }
    protocolOfSums(to: &writer)
    for width in tileWidths { sums(width, to: &writer) }
  }

  /// Heights and widths of the tiles in use.
  private var tileRows: [Int] {
    let sizes = panelCounts.flatMap { rows, _ in
      VectorLevel.allCases.flatMap { Tiling(rows: rows, level: $0).rows.map(\.size) }
    }
    return Set(sizes).sorted(by: >)
  }

  private var tileWidths: [Int] {
    let widths = panelCounts.flatMap { rows, counts in
      VectorLevel.allCases.flatMap { level in counts.flatMap { Tiling(rows: rows, level: level).widths(for: $0) } }
    }
    return Set(widths).sorted(by: >)
  }

  // MARK: Operands

  private func product(to writer: inout CodeWriter) {
    writer.write("", "/// Where the operands of epilogue(x · w + b) lie, and which part of the sums a causal product needs.")
    writer.scope("private struct Product") { writer in
      writer.write(
        "enum Epilogue { case store, activation\(needsTanh ? ", tanh" : ""), add(Floats) }", "enum Part { case all, visibleKeys, visibleDepth }", "",
        "var input: Floats, inputStride: Int, weights: Floats, panel: Int, step = 16, depth: Int, biased = true",
        "var output: MutableFloats, outputStride: Int, epilogue = Epilogue.store, part = Part.all", "",
        "/// The tile at `row` and `panel`. No row sees a key behind it: whole panels of keys and the end of the",
        "/// depth are left out.",
        "@inline(__always) @_noAllocation @_noLocks")
      writer.scope("func tile(row: Int, rows: Int, panel index: Int) -> Product") { writer in
        writer.write(
          "var tile = self", "tile.input += row * inputStride", "tile.weights += index * panel",
          "tile.output += row * outputStride + index * 16",
          "if case .add(let residual) = epilogue { tile.epilogue = .add(residual + row * outputStride + index * 16) }",
          "if part == .visibleKeys && index * 16 >= row + rows { tile.depth = 0 }",
          "if part == .visibleDepth { tile.depth = row + rows }", "return tile")
      }
      writer.write("", "@inline(__always) @_noAllocation @_noLocks")
      writer.scope("func store(_ sums: Vector, _ place: Int)") { writer in
        writer.write("let y = output + place", "switch epilogue {", "case .store: sums.store(at: y)")
        writer.write("case .activation: VectorMath.\(activation.functionName)(sums).store(at: y)")
        if needsTanh { writer.write("case .tanh: VectorMath.hyperbolicTangent(sums).store(at: y)") }
        writer.write("case .add(let residual): (sums + Vector(at: residual + place)).store(at: y)", "}")
      }
    }
  }

  // MARK: Sweeps

  private func sweep(_ rows: Int, _ counts: Set<Int>, to writer: inout CodeWriter) {
    writer.write("", "/// All tiles of \(rows == 1 ? "1 row" : "\(rows) rows").", "@inline(__always)")
    writer.scope("private func rows\(rows)(_ product: Product, panels: Int)") { writer in
      writer.branches(
        VectorLevel.allCases.reversed().map { level in
          (level == .sse2 ? nil : "VectorMath.level == \(level.rawValue)", { sweep(rows, counts, level, to: &$0) })
        })
    }
  }

  private func sweep(_ rows: Int, _ counts: Set<Int>, _ level: VectorLevel, to writer: inout CodeWriter) {
    let tiling = Tiling(rows: rows, level: level)
    let widths = Set(counts.flatMap { tiling.widths(for: $0) }).sorted(by: >)
    for width in widths {
      let isWidest = width == tiling.panels
      let header = isWidest ? "for group in 0..<panels\(width == 1 ? "" : " / \(width)")" : "if panels & \(width) != 0"
      let panel = isWidest ? (width == 1 ? "group" : "group * \(width)") : "panels & ~\(2 * width - 1)"
      writer.scope(header) { writer in
        for stretch in tiling.rows {
          let row = stretch.count == 1
            ? "\(stretch.start)" : "tile * \(stretch.size)\(stretch.start == 0 ? "" : " + \(stretch.start)")"
          let call = "tile\(stretch.size)(Sums\(width).self, product.tile(row: \(row), rows: \(stretch.size), panel: \(panel)))"
          writer.write(stretch.count == 1 ? call : "for tile in 0..<\(stretch.count) { \(call) }")
        }
      }
    }
  }

  // MARK: Tiles

  private func tile(_ rows: Int, to writer: inout CodeWriter) {
    let indices = Array(0..<rows)
    writer.write("", "/// \(rows == 1 ? "1 row" : "\(rows) rows") by the panels of `Sums`, in registers.", "@inline(__always)")
    writer.scope("private func tile\(rows)<Sums: RowSums>(_: Sums.Type, _ p: Product)") { writer in
      writer.write(
        "let bias = p.biased ? Sums(p.weights, p.panel) : Sums()",
        "var " + indices.map { "r\($0) = bias" }.joined(separator: ", "),
        "var x = p.input, w = p.biased ? p.weights + 16 : p.weights, k = 0")
      writer.scope("while k < p.depth") { writer in
        writer.write("let row = Sums(w, p.panel)")
        for index in indices { writer.write("r\(index).add(x[\(offset(index, "p.inputStride"))], row)") }
        writer.write("x += 1; w += p.step; k += 1")
      }
      for index in indices { writer.write("r\(index).finish(p, \(offset(index, "p.outputStride")))") }
    }
  }

  private func protocolOfSums(to writer: inout CodeWriter) {
    writer.write("", "/// Sums of one row over neighbouring panels.")
    writer.scope("private protocol RowSums") { writer in
      writer.write(
        "init()", "init(_ place: Floats, _ panel: Int)", "mutating func add(_ x: Float, _ w: Self)",
        "func finish(_ p: Product, _ place: Int)")
    }
  }

  private func sums(_ width: Int, to writer: inout CodeWriter) {
    let indices = Array(0..<width)
    writer.write("")
    writer.scope("private struct Sums\(width): RowSums") { writer in
      writer.write("var \(list(indices.map { "s\($0)" })): Vector")
      writer.write("@inline(__always) @_noAllocation @_noLocks")
      writer.scope("init()") { $0.write(list: indices.map { "s\($0) = Vector(repeating: 0)" }) }
      writer.write("@inline(__always) @_noAllocation @_noLocks")
      writer.scope("init(_ place: Floats, _ panel: Int)") { writer in
        writer.write(list: indices.map { "s\($0) = Vector(at: place\($0 == 0 ? "" : " + " + offset($0, "panel")))" })
      }
      writer.write("@inline(__always) @_noAllocation @_noLocks")
      writer.scope("mutating func add(_ x: Float, _ w: Self)") { writer in
        writer.write("let x = Vector(repeating: x)")
        writer.write(list: indices.map { "s\($0) = VectorMath.multiplyAdd(x, w.s\($0), s\($0))" })
      }
      writer.write("@inline(__always) @_noAllocation @_noLocks")
      writer.scope("func finish(_ p: Product, _ place: Int)") { writer in
        writer.write(list: indices.map { "p.store(s\($0), place\($0 == 0 ? "" : " + \($0 * Shape.lanes)")" + ")" })
      }
    }
  }

  private func list(_ names: [String]) -> String { names.joined(separator: ", ") }

  /// `index * stride`, as short as it can be.
  private func offset(_ index: Int, _ stride: String) -> String {
    index == 0 ? "0" : index == 1 ? stride : "\(index) * \(stride)"
  }
}

extension CodeWriter {
  /// Writes short statements several to a line.
  fileprivate mutating func write(list statements: [String]) {
    var line = ""
    for statement in statements {
      if !line.isEmpty && line.count + statement.count > 80 {
        write(line)
        line = ""
      }
      line += (line.isEmpty ? "" : "; ") + statement
    }
    write(line)
  }
}
