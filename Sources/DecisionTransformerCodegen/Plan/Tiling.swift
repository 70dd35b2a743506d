/// The vector levels one generated source serves; the C shim's `dt_vector_level`.
public enum VectorLevel: Int, CaseIterable, Sendable {
  /// 16 registers of 4 floats, multiply and add apart.
  case sse2 = 0
  /// 16 registers of 8 floats with FMA (AVX2), or 32 of 4 (NEON).
  case avx2 = 1
  /// 32 registers of 16 floats.
  case avx512 = 2
}

/// A block of sums held in registers: some rows by some panels of 16 columns.
public struct Tile: Hashable, Sendable {
  public var rows: Int
  public var panels: Int
}

/// How a matrix of sums is cut into tiles: equal stretches along rows and along panels.
public struct Tiling: Equatable, Sendable {
  /// `count` consecutive pieces of `size`, the first at `start`.
  public struct Stretch: Equatable, Sendable {
    public var start: Int
    public var size: Int
    public var count: Int
  }

  public var rows: [Stretch]
  public var panels: [Stretch]

  /// The tiles in use.
  public var tiles: [Tile] {
    rows.flatMap { row in panels.map { Tile(rows: row.size, panels: $0.size) } }
  }
}

extension Tiling {
  /// The tiling for `rows` rows of `panels` panels.
  ///
  /// Many rows are bound by arithmetic: as many sums as registers allow (6x4 vectors of 16 floats; more
  /// spills). One or two rows are bound by streaming weights: enough independent sums to hide the latency
  /// of the multiply-add. With `causal`, narrow groups of panels, so that fewer hidden keys are computed.
  public init(rows: Int, panels: Int, level: VectorLevel, causal: Bool = false) {
    let (mostRows, mostPanels): (Int, Int) =
      switch (level, rows) {
      case (.avx512, 1): (1, 8)
      case (.avx512, 2): (2, 4)
      case (.avx512, _): (6, causal ? 2 : 4)
      case (.avx2, 1): (1, 4)
      case (.avx2, 2): (2, 2)
      case (.avx2, _): (6, 1)
      case (.sse2, 1): (1, 2)
      case (.sse2, 2): (2, 1)
      case (.sse2, _): (3, 1)
      }
    self.rows = Self.balanced(rows, most: mostRows)
    self.panels = Self.greedy(panels, most: mostPanels)
  }

  /// Pieces of at most `most` that differ by one at most, so that no piece is left over small.
  private static func balanced(_ total: Int, most: Int) -> [Stretch] {
    let pieces = (total + most - 1) / most
    let (small, larger) = (total / pieces, total % pieces)
    let rest = Stretch(start: larger * (small + 1), size: small, count: pieces - larger)
    return larger == 0 ? [rest] : [Stretch(start: 0, size: small + 1, count: larger), rest]
  }

  /// As many pieces of `most` as fit, then what is left.
  private static func greedy(_ total: Int, most: Int) -> [Stretch] {
    let whole = total / most
    let full = Stretch(start: 0, size: most, count: whole)
    let rest = Stretch(start: whole * most, size: total % most, count: 1)
    return [full, rest].filter { $0.size > 0 && $0.count > 0 }
  }
}
