/// The vector levels one generated source serves; the C shim's `dt_vector_level`.
public enum VectorLevel: Int, CaseIterable, Sendable {
  /// 16 registers of 4 floats, multiply and add apart.
  case sse2 = 0
  /// 16 registers of 8 floats with FMA (AVX2), or 32 of 4 (NEON).
  case avx2 = 1
  /// 32 registers of 16 floats.
  case avx512 = 2
}

/// How the sums of a matrix product are cut into register tiles at one vector level: rows by panels of
/// 16 columns.
public struct Tiling: Hashable, Sendable {
  /// `count` consecutive tiles of `size` rows, the first at row `start`.
  public struct RowStretch: Hashable, Sendable {
    public var start: Int
    public var size: Int
    public var count: Int
  }

  /// Tiles along the rows: full ones, then what is left over (half a tile in a window of 3·(K - 1) tokens).
  public var rows: [RowStretch]
  /// Panels of the widest tile; what is left over is cut in halves: 8, 4, 2, 1.
  public var panels: Int

  /// Whether the tiles of a strip ask for the next strip's weights, a part each. Where many rows share weights,
  /// the first tile would wait for memory; one or two rows read a stream.
  public var asksForNextStrip: Bool { rows[0].size > 2 && rows[0].count > 1 }
}

extension Tiling {
  /// The tiling of a product.
  ///
  /// Many rows are bound by arithmetic: as many sums as registers allow (6x4 vectors of 16 floats; more
  /// spills). One or two rows are bound by streaming weights: enough independent sums to hide the latency
  /// of the multiply-add.
  /// Without a fused multiply-add a window is bound by issuing instructions, three for each multiply-add: a
  /// tile of one row, as wide as registers allow, has the fewest broadcasts.
  /// Where hidden keys are skipped, narrower tiles skip more. With `isRounded`, some of the weights come in half the
  /// bytes and have to be widened: arithmetic, and so the latency of a sum, counts again; products whose panels lie
  /// in strips that are too narrow for that, weights that stay float32, keep to their strips.
  ///
  /// The rows of a `batch` of a few agents are one tile where registers allow it (10x2): the weights, which
  /// stream from far away, are read once.
  public init(of product: TiledProduct, level: VectorLevel, batch: Int, isRounded: Bool) {
    let rows = product.rows
    let mostRows: Int
    (mostRows, panels) =
      switch (level, rows) {
      case (.avx512, 1...2): (rows, isRounded && product.order.widestTile >= 8 ? 8 : 4)
      case (.avx512, 7...10) where batch > 1: (rows, 2)
      case (.avx512, _): (6, product.hidesKeys ? 2 : 4)
      case (.avx2, 1): (1, 4)
      case (.avx2, 2): (2, 2)
      case (.avx2, _): (6, 1)
      case (.sse2, _): (1, 2)
      }
    self.rows = [
      RowStretch(start: 0, size: mostRows, count: rows / mostRows),
      RowStretch(start: rows / mostRows * mostRows, size: rows % mostRows, count: 1),
    ].filter { $0.count > 0 && $0.size > 0 }
  }

  /// The tile widths that `count` panels need, widest first.
  public func widths(for count: Int) -> [Int] {
    var (widths, left, width): ([Int], Int, Int) = ([], count, panels)
    while left > 0 && width > 0 {
      if left >= width { widths.append(width) }
      left %= width
      width /= 2
    }
    return widths
  }

  /// The tiles that cover `count` panels: the first panel and the width of each, as generated code takes them: groups
  /// of the widest, then a tile for each lower bit of the count.
  public func tiles(for count: Int) -> [(panel: Int, width: Int)] {
    widths(for: count).flatMap { width in
      width == panels
        ? (0..<count / width).map { ($0 * width, width) } : [(count & ~(2 * width - 1), width)]
    }
  }
}

extension Plan {
  /// Floats that the weights of one or two rows are asked for ahead of their use; nil where the processor does better
  /// alone. Measured: from caches of a few megabytes asking is 4 to 10 % faster, from further away slower.
  public var prefetchDistance: Int? {
    let phase = token.isEmpty ? feedback : token
    return total(phase, \.weightBytes) <= 8 << 20 ? 256 : nil
  }

  /// Whether a product asks for its weights ahead: one of few rows, with at least a whole strip of columns.
  public func streams(rows: Int, columns: Int) -> Bool {
    prefetchDistance != nil && rows <= 2 && columns >= 64
  }

  /// Heights of the tiles that ask for the next strip's weights. Rounded ones are widened before, into the caches.
  public var askingTileRows: Set<Int> {
    guard widenedFormat == nil else { return [] }
    let stretches = products.flatMap { product in
      VectorLevel.allCases.map { tiling(of: product, level: $0) }
        .filter(\.asksForNextStrip).flatMap(\.rows)
    }
    return Set(stretches.map(\.size).filter { $0 > 2 })
  }

  /// The tiling of one of the plan's products.
  public func tiling(of product: TiledProduct, level: VectorLevel) -> Tiling {
    Tiling(
      of: product, level: level, batch: shape.batch, isRounded: widenedFormat != nil)
  }
}
