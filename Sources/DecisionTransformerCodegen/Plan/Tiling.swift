/// How the sums of a matrix product are cut into register tiles for one target: rows by panels of 16 columns.
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
  /// The tiling of a product: `TileSize` has the table.
  public init(of product: TiledProduct, target: Target, batch: Int, isRounded: Bool) {
    let rows = product.rows
    let tile = TileSize.best(for: product, on: target, batch: batch, isRounded: isRounded)
    let mostRows = tile.rows
    panels = tile.panels
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
      deployment.targets.map { tiling(of: product, target: $0) }
        .filter(\.asksForNextStrip).flatMap(\.rows)
    }
    return Set(stretches.map(\.size).filter { $0 > 2 })
  }

  /// The tiling of one of the plan's products.
  public func tiling(of product: TiledProduct, target: Target) -> Tiling {
    Tiling(
      of: product, target: target, batch: shape.groupSize, isRounded: widenedFormat != nil)
  }
}

extension Target {
  /// Registers that a vector of 16 floats takes.
  public var registersPerVector: Int { (Shape.lanes + lanes - 1) / lanes }
}
