/// A tile: rows by panels of 16 columns, whose sums stay in registers.
public struct TileSize: Hashable, Sendable {
  public var rows: Int
  public var panels: Int

  public init(rows: Int, panels: Int) { (self.rows, self.panels) = (rows, panels) }

  /// The table: which tile computes a product. What is measured, with its reason; else what follows from registers.
  ///
  /// With `isRounded`, some of the weights come in half the bytes or less and have to be widened: arithmetic, and so the
  /// latency of a sum, counts again, and tiles of few rows are wider. Products whose panels lie in strips that are too
  /// narrow for that, weights that stay float32, keep to their strips.
  package static func best(
    for product: TiledProduct, on target: Target, batch: Int, isRounded: Bool
  ) -> TileSize {
    let rows = product.rows
    let target = target.served
    if product.isOfIntegers { return ofIntegers(rows: rows, on: target) }
    return switch (target, rows) {
    // The rows of a few agents are one tile: the weights, which stream from far away, are read once.
    case (.avx512, 7...10) where batch > 1: TileSize(rows: rows, panels: 2)
    // Where hidden keys are skipped, narrower tiles skip more.
    case (.avx512, 3...) where product.hidesKeys: TileSize(rows: 6, panels: 2)
    default:
      byRegisters(
        rows: rows, mostPanels: isRounded && product.order.widestTile >= 8 ? 8 : 4, on: target)
    }
  }

  /// The tile of a product of integers.
  ///
  /// Where no instruction adds up four products, weights are taken apart into pairs, which is worth doing once for several
  /// rows; they, and both pairs of a row, take registers besides.
  private static func ofIntegers(rows: Int, on target: Target) -> TileSize {
    let hasRoom = target.registersPerVector == 1
    // Registers beside the sums: a panel's pairs of weights, a row's pairs, a product.
    let left =
      target.registers - (target.registersPerVector > 2 ? 5 : 2 * target.registersPerVector + 3)
    let most = max(1, left / target.registersPerVector)
    return switch rows {
    case 1: TileSize(rows: 1, panels: hasRoom ? 8 : most >= 4 ? 4 : most >= 2 ? 2 : 1)
    case 2: TileSize(rows: 2, panels: hasRoom ? 8 : most >= 4 ? 2 : 1)
    default: TileSize(rows: min(rows, hasRoom ? 6 : most), panels: hasRoom ? 4 : 1)
    }
  }

  /// Registers that the tile takes: its sums; the weights of a row of its panels where several rows multiply with
  /// them, one at a time where it is one row; and a number of the left side in every lane.
  public func registerCount(on target: Target) -> Int {
    let vectors = rows == 1 ? panels : rows * panels + panels
    return vectors * target.registersPerVector + (rows == 1 ? 2 : 1)
  }

  /// The tile that a target's registers suggest; where they hold none, the smallest.
  ///
  /// Without a fused multiply-add, issuing instructions is what takes time, three for each multiply-add: a tile of one
  /// row, as wide as registers allow, has the fewest broadcasts. With it, one or two rows are bound by streaming
  /// weights: enough independent sums to hide the latency of the multiply-add, from one stream. Many rows are
  /// bound by arithmetic: the most multiply-adds for each load.
  package static func byRegisters(rows: Int, mostPanels: Int, on target: Target) -> TileSize {
    func fitting(_ heights: ClosedRange<Int>, upTo panels: Int) -> [TileSize] {
      let all = [8, 4, 2, 1].filter { $0 <= panels }.flatMap { panels in
        heights.map { TileSize(rows: $0, panels: panels) }
      }
      return all.filter { $0.registerCount(on: target) <= target.registers }
    }
    let smallest = TileSize(rows: 1, panels: 1)
    guard target.hasFusedMultiplyAdd else {
      return fitting(1...1, upTo: mostPanels).first ?? smallest
    }
    guard rows > 2 else {
      return fitting(rows...rows, upTo: mostPanels).first
        ?? fitting(1...1, upTo: mostPanels).first ?? smallest
    }
    // A window's strips, and the panels that are widened together, are four panels wide.
    return fitting(1...target.registers, upTo: Kernel.widenedPanelCount)
      .max { $0.multiplyAddsPerLoad(on: target) < $1.multiplyAddsPerLoad(on: target) } ?? smallest
  }

  private func multiplyAddsPerLoad(on target: Target) -> Double {
    let vectors = panels * target.registersPerVector
    return Double(rows * vectors) / Double(rows + vectors)
  }
}
