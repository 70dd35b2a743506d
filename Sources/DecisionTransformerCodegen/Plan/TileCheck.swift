/// The invariant of strips and tiles: for every target, the tiles of a product cover its rows and panels once, and no
/// tile reaches out of the strip that it begins in: the numbers behind a strip's row are the next row's.
extension TiledProduct {
  /// What is wrong with a tiling of the product; nil where nothing is.
  public func problem(with tiling: Tiling) -> String? {
    let rows = tiling.rows.flatMap { stretch in
      (0..<stretch.count).flatMap { tile in
        (0..<stretch.size).map { stretch.start + tile * stretch.size + $0 }
      }
    }
    guard rows == Array(0..<self.rows) else { return "tiles cover rows \(rows) of \(self.rows)" }
    let tiles = tiling.tiles(for: panels)
    let covered = tiles.flatMap { Array($0.panel..<$0.panel + $0.width) }.sorted()
    guard covered == Array(0..<panels) else { return "tiles cover panels \(covered) of \(panels)" }
    if format.needsWidening, let size = tiling.rows.map(\.size).first(where: { $0 > 2 }) {
      return "a tile of \(size) rows does not widen weights"
    }
    let strip = order.widestTile
    for (panel, width) in tiles where panel / strip != (panel + width - 1) / strip {
      return "the tile of \(width) panels at panel \(panel) leaves its strip of \(strip)"
    }
    return nil
  }
}

extension Plan {
  /// The first product whose tiles would read something else than its numbers, with what is wrong; nil where there is
  /// none.
  package var tileProblem: String? {
    for product in products {
      for target in deployment.targets {
        if let problem = product.problem(with: tiling(of: product, target: target)) {
          return "\(product) for \(target.name): \(problem)"
        }
      }
    }
    return orderProblem
  }

  /// The first kernel that expects its weights in another order than they are packed in.
  private var orderProblem: String? {
    for case .convolve(.convolve(let shape, _), _, let index, _, _, _)
      in routines.flatMap(\.operations).map(\.kind)
    {
      let expected = PackedTensor.Arrangement.strips(depth: shape.depth, columns: shape.filters)
      let tensor = weights.tensors[index]
      if tensor.arrangement != expected {
        return "a convolution reads \(expected), \(tensor.name) lies in \(tensor.arrangement)"
      }
    }
    for case .linear(let kernel, _, let index, _, _, _) in routines.flatMap(\.operations).map(
      \.kind)
    {
      guard case .linear(_, let depth, let columns, _, let format, _) = kernel else { continue }
      let (tensor, order) = (weights.tensors[index], format.order(depth: depth))
      let expected = PackedTensor.Arrangement.strips(depth: depth, columns: columns, format: format)
      if tensor.arrangement != expected {
        return "\(name(of: kernel)) reads \(order), \(tensor.name) lies in \(tensor.arrangement)"
      }
      // A group of panels that are widened together must not leave a strip either.
      if kernel.widensWeights, order.widestTile % Kernel.widenedPanelCount != 0 {
        return "\(name(of: kernel)) widens \(Kernel.widenedPanelCount) panels of \(order)"
      }
    }
    return nil
  }
}
