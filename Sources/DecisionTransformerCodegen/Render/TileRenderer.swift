/// Writes the register tiles: the inner loops, unrolled.
struct TileRenderer {
  /// Every tile that some kernel uses at some vector level, largest first.
  let tiles: [Tile]

  init(_ plan: Plan) {
    var seen = Set<Tile>()
    for level in VectorLevel.allCases {
      for kernel in plan.kernels {
        if let tiling = kernel.tiling(level) { seen.formUnion(tiling.tiles) }
      }
    }
    tiles = seen.sorted { ($0.rows, $0.panels) > ($1.rows, $1.panels) }
  }

  func render(to writer: inout CodeWriter) {
    for tile in tiles {
      writer.write("")
      render(tile, to: &writer)
    }
  }

  private func render(_ tile: Tile, to writer: inout CodeWriter) {
    let (rows, panels) = (0..<tile.rows, 0..<tile.panels)
    let name = "tile\(tile.rows)x\(tile.panels)"
    writer.write("/// \(tile.rows) \(tile.rows == 1 ? "row" : "rows") by \(tile.panels * Shape.lanes) columns: \(tile.rows * tile.panels) vectors of sums.")
    writer.write("@inline(__always) @_noAllocation @_noLocks")
    writer.write("private func \(name)(")
    writer.write("  _ input: Floats, _ inputStride: Int, _ weights: Floats, panel: Int, step: Int, depth: Int,")
    writer.write("  biased: Bool, _ output: MutableFloats, _ outputStride: Int, _ epilogue: Epilogue")
    writer.scope(")") { writer in
      for panel in panels {
        writer.write("let b\(panel) = biased ? load(weights\(offset(panel, "panel"))) : Vector(repeating: 0)")
      }
      for row in rows {
        writer.write("var " + panels.map { "\(sum(row, $0)) = b\($0)" }.joined(separator: ", "))
      }
      writer.write("var w = biased ? weights + 16 : weights, k = 0")
      writer.scope("while k < depth") { writer in
        for panel in panels {
          writer.write("let w\(panel) = load(w\(offset(panel, "panel")))")
        }
        for row in rows {
          writer.write("let x\(row) = Vector(repeating: input[k\(offset(row, "inputStride"))])")
          for start in stride(from: 0, to: tile.panels, by: 4) {
            let group = panels.dropFirst(start).prefix(4)
            writer.write(group.map { "\(sum(row, $0)) = fma(x\(row), w\($0), \(sum(row, $0)))" }.joined(separator: "; "))
          }
        }
        writer.write("w += step; k += 1")
      }
      for row in rows {
        for panel in panels {
          let place = [offset(row, "outputStride"), panel == 0 ? "" : " + \(panel * Shape.lanes)"].joined()
          writer.write("finish(\(sum(row, panel)), epilogue, output, \(place.isEmpty ? "0" : String(place.dropFirst(3))))")
        }
      }
    }
  }

  private func sum(_ row: Int, _ panel: Int) -> String { "s\(row)\(panel)" }

  /// ` + index * stride`, as short as it can be.
  private func offset(_ index: Int, _ stride: String) -> String {
    switch index {
    case 0: ""
    case 1: " + \(stride)"
    default: " + \(index) * \(stride)"
    }
  }
}

extension Kernel {
  /// How the kernel's sums are cut into tiles; nil for a kernel without sums.
  func tiling(_ level: VectorLevel) -> Tiling? {
    switch self {
    case .linear(let rows, _, let columns, _):
      Tiling(rows: rows, panels: Shape.stride(columns) / Shape.lanes, level: level)
    case .scores(let rows, _, _, _, let keys, let causal):
      Tiling(rows: rows, panels: keys / Shape.lanes, level: level, causal: causal)
    case .mix(let rows, _, _, let columns, _, _, _):
      Tiling(rows: rows, panels: columns / Shape.lanes, level: level)
    case .storeKeys: nil
    }
  }
}
