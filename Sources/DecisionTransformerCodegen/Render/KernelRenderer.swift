/// Writes each kernel of the plan once: loops over tiles with literal sizes and offsets.
struct KernelRenderer {
  let plan: Plan

  func render(to writer: inout CodeWriter) {
    for kernel in plan.kernels {
      writer.write("")
      switch kernel {
      case .linear: linear(kernel, to: &writer)
      case .scores: scores(kernel, to: &writer)
      case .mix: mix(kernel, to: &writer)
      case .storeKeys: storeKeys(kernel, to: &writer)
      }
    }
  }

  // MARK: Matrix products

  private func linear(_ kernel: Kernel, to writer: inout CodeWriter) {
    guard case .linear(let rows, let depth, let columns, let epilogue) = kernel else { return }
    let (ending, residual): (String, String) =
      switch epilogue {
      case .store: ("", "")
      case .activation(let activation): (", \(activation.rawValue)", "")
      case .add: (", added to the residual", " _ residual: Floats,")
      }
    writer.write("/// \(count(rows, "row")) of \(depth) to \(columns)\(ending).")
    writer.write("@inline(never) @_noAllocation @_noLocks")
    writer.write("private func \(kernel.name)(")
    writer.write("  _ input: Floats, _ weights: Floats,\(residual) _ output: MutableFloats")
    let panel = (depth + 1) * Shape.lanes
    let (inputStride, outputStride) = (Shape.stride(depth), Shape.stride(columns))
    writer.scope(")") { writer in
      levels(kernel, to: &writer) { tile, row, panels in
        let origin = place("output", row, outputStride, panels, Shape.lanes)
        return Call(
          tile: tile, input: place("input", row, inputStride), inputStride: inputStride,
          weights: place("weights", nil, 0, panels, panel), panel: panel, step: Shape.lanes, depth: literal(depth),
          biased: true, output: origin, outputStride: outputStride, epilogue: self.epilogue(epilogue, row, outputStride, panels))
      }
    }
  }

  private func scores(_ kernel: Kernel, to writer: inout CodeWriter) {
    guard case .scores(let rows, let heads, let depth, let queryStride, let keyStride, let causal) = kernel else { return }
    let panel = (depth + 1) * Shape.lanes
    let headKeys = keyStride / Shape.lanes * panel
    writer.write("/// Scores of \(count(rows, "query", "queries")) in \(count(heads, "head")) against \(plan.shape.keyCount) keys\(causal ? "; a tile stops at the panel its last row sees" : "").")
    writer.write("@inline(never) @_noAllocation @_noLocks")
    writer.scope("private func \(kernel.name)(_ queries: Floats, _ keys: Floats, _ scores: MutableFloats)") { writer in
      perHead(heads, to: &writer, [
        ("let queries", "queries + head * \(Shape.stride(depth))"), ("let keys", "keys + head * \(literal(headKeys))"),
        ("let scores", "scores + head * \(literal(rows * keyStride))"),
      ]) { writer in
        levels(kernel, to: &writer, causal: causal) { tile, row, panels in
          Call(
            tile: tile, input: place("queries", row, queryStride), inputStride: queryStride,
            weights: place("keys", nil, 0, panels, panel), panel: panel, step: Shape.lanes, depth: literal(depth),
            biased: true, output: place("scores", row, keyStride, panels, Shape.lanes), outputStride: keyStride, epilogue: ".store")
        }
      }
    }
  }

  private func mix(_ kernel: Kernel, to writer: inout CodeWriter) {
    guard case .mix(let rows, let heads, let keys, let columns, let keyStride, let rowStride, let causal) = kernel else { return }
    writer.write("/// Sums of value rows for \(count(rows, "query", "queries")) in \(count(heads, "head")), weighted by probabilities\(causal ? "; a tile stops at its last row" : "").")
    writer.write("@inline(never) @_noAllocation @_noLocks")
    writer.scope("private func \(kernel.name)(_ scores: Floats, _ values: Floats, _ mixed: MutableFloats)") { writer in
      perHead(heads, to: &writer, [
        ("let scores", "scores + head * \(literal(rows * keyStride))"), ("let values", "values + head * \(columns)"), ("let mixed", "mixed + head * \(columns)"),
      ]) { writer in
        levels(kernel, to: &writer) { tile, row, panels in
          Call(
            tile: tile, input: place("scores", row, keyStride), inputStride: keyStride,
            weights: place("values", nil, 0, panels, Shape.lanes), panel: Shape.lanes, step: rowStride,
            depth: causal ? lastRow(row, tile) : literal(keys),
            biased: false, output: place("mixed", row, rowStride, panels, Shape.lanes), outputStride: rowStride, epilogue: ".store")
        }
      }
    }
  }

  private func storeKeys(_ kernel: Kernel, to writer: inout CodeWriter) {
    guard case .storeKeys(let heads, let depth, let rowStride, let keyStride) = kernel else { return }
    let panel = (depth + 1) * Shape.lanes
    writer.write("/// Stores rows as keys `first`...: column by column into panels of 16 keys.")
    writer.write("@inline(never) @_noAllocation @_noLocks")
    writer.scope("private func \(kernel.name)(_ input: Floats, rows: Int, first: Int, _ keys: MutableFloats)") { writer in
      perHead(heads, to: &writer, [
        ("let input", "input + head * \(Shape.stride(depth))"), ("let keys", "keys + head * \(literal(keyStride / Shape.lanes * panel))"),
      ]) { writer in
        writer.write("var row = 0")
        writer.scope("while row < rows") { writer in
          writer.write("let key = first + row, x = input + row * \(rowStride)")
          writer.write("let column = keys + key / 16 * \(literal(panel)) + key % 16 + 16")
          writer.write("var index = 0")
          writer.scope("while index < \(depth)") { writer in
            writer.write("column[index * 16] = x[index]")
            writer.write("index += 1")
          }
          writer.write("row += 1")
        }
      }
    }
  }

  // MARK: Loops over tiles

  /// One call of a tile function; expressions are Swift.
  private struct Call {
    var tile: Tile
    var input: String
    var inputStride: Int
    var weights: String
    var panel: Int
    var step: Int
    var depth: String
    var biased: Bool
    var output: String
    var outputStride: Int
    var epilogue: String
  }

  /// A stretch of tiles along one axis with the loop variable that counts them.
  private struct Axis {
    var stretch: Tiling.Stretch
    var variable: String
  }

  /// The loops over tiles for each vector level; levels with the same tiling share them.
  private func levels(
    _ kernel: Kernel, to writer: inout CodeWriter, causal: Bool = false,
    _ call: @escaping (Tile, Axis, Axis) -> Call
  ) {
    let tilings = VectorLevel.allCases.reversed().map { kernel.tiling($0)! }
    if Set(tilings.map(\.tiles)).count == 1 {
      loops(tilings[0], causal: causal, to: &writer, call)
      return
    }
    writer.branches(
      zip(VectorLevel.allCases.reversed(), tilings).map { level, tiling in
        let condition = level == .sse2 ? nil : "VectorMath.level == \(level.rawValue)"
        return (condition, { writer in loops(tiling, causal: causal, to: &writer, call) })
      })
  }

  private func loops(
    _ tiling: Tiling, causal: Bool, to writer: inout CodeWriter, _ call: (Tile, Axis, Axis) -> Call
  ) {
    for panels in tiling.panels {
      loop(panels, "panel", to: &writer) { panelAxis, writer in
        for rows in tiling.rows {
          loop(rows, "row", to: &writer) { rowAxis, writer in
            let text = statement(call(Tile(rows: rows.size, panels: panels.size), rowAxis, panelAxis))
            if causal && (panels.start > 0 || panels.count > 1) {
              // Keys of the first panel in the group must not lie behind the tile's last row.
              let firstKey = sum(panels.start * Shape.lanes, panels.count > 1 ? "\(panelAxis.variable) * \(panels.size * Shape.lanes)" : "")
              writer.scope("if \(firstKey) < \(lastRow(rowAxis, Tile(rows: rows.size, panels: 1)))") { writer in
                for line in text { writer.write(line) }
              }
            } else {
              for line in text { writer.write(line) }
            }
          }
        }
      }
    }
  }

  /// A counting loop where there is more than one piece. (`for` over a range is slow without optimisation.)
  private func loop(
    _ stretch: Tiling.Stretch, _ variable: String, to writer: inout CodeWriter, _ body: (Axis, inout CodeWriter) -> Void
  ) {
    if stretch.count == 1 {
      body(Axis(stretch: stretch, variable: variable), &writer)
      return
    }
    writer.scope("for \(variable) in 0..<\(stretch.count)") { writer in
      body(Axis(stretch: stretch, variable: variable), &writer)
    }
  }

  private func statement(_ call: Call) -> [String] {
    [
      "tile\(call.tile.rows)x\(call.tile.panels)(",
      "  \(call.input), \(call.inputStride), \(call.weights), panel: \(literal(call.panel)), step: \(call.step), depth: \(call.depth),",
      "  biased: \(call.biased), \(call.output), \(call.outputStride), \(call.epilogue))",
    ]
  }

  // MARK: Expressions

  /// `base` moved to the axes' current pieces.
  private func place(_ base: String, _ row: Axis?, _ rowStride: Int, _ panel: Axis? = nil, _ panelStride: Int = 0) -> String {
    var (constant, terms) = (0, [base])
    for (axis, stride) in [(row, rowStride), (panel, panelStride)] {
      guard let axis else { continue }
      constant += axis.stretch.start * stride
      if axis.stretch.count > 1 { terms.append("\(axis.variable) * \(literal(axis.stretch.size * stride))") }
    }
    if constant > 0 { terms.append(literal(constant)) }
    return terms.joined(separator: " + ")
  }

  /// One past the last row of the tile at `row`: how many keys it sees.
  private func lastRow(_ row: Axis, _ tile: Tile) -> String {
    let end = row.stretch.start + row.stretch.size
    return sum(end, row.stretch.count > 1 ? "\(row.variable) * \(row.stretch.size)" : "")
  }

  private func sum(_ constant: Int, _ term: String) -> String {
    term.isEmpty ? String(constant) : constant == 0 ? term : "\(term) + \(constant)"
  }

  private func epilogue(_ epilogue: Kernel.Epilogue, _ row: Axis, _ rowStride: Int, _ panel: Axis) -> String {
    switch epilogue {
    case .store: ".store"
    case .activation(let activation): activation == .tanh ? ".tanh" : ".activation"
    case .add: ".add(\(place("residual", row, rowStride, panel, Shape.lanes)))"
    }
  }

  private func perHead(_ heads: Int, to writer: inout CodeWriter, _ bindings: [(String, String)], _ body: (inout CodeWriter) -> Void) {
    if heads == 1 {
      body(&writer)
      return
    }
    writer.scope("for head in 0..<\(heads)") { writer in
      for (name, value) in bindings { writer.write("\(name) = \(value)") }
      body(&writer)
    }
  }

  private func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    number == 1 ? "1 \(singular)" : "\(number) \(plural ?? singular + "s")"
  }
}
