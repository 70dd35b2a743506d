import DecisionTransformerCodegen
import Testing

/// What tiles read. Packing says where a number lies (`Arrangement.place`); a walk over every tile of every product, as
/// generated code goes, must find each number there, once for each row, and nothing else.
@Suite("Tiles")
struct TileTests {
  /// Every precision, shape, form, batch and target: controllers, forward, batches, trunks.
  private static func models(seed: UInt64) -> [Model] {
    let model = RandomModel.model(seed: seed)
    return WeightPrecision.allCases.flatMap { precision -> [Model] in
      var one = model
      one.options.precision = precision
      var wide = one
      wide.config.hiddenSize = wide.config.headCount * [24, 40, 64, 96][Int(seed % 4)]
      wide.config.innerSize = [64, 100, 256, 300][Int(seed / 4 % 4)]
      var batch = wide
      batch.options.outputs = [.action]
      batch.options.batch = 2 + Int(seed % 12)
      var trunk = RandomModel.trunk(seed: seed)
      (trunk.options.precision, trunk.config.hiddenSize) = (precision, wide.config.hiddenSize)
      trunk.config.innerSize = wide.config.innerSize
      return [one, wide, batch, trunk]
    }
  }

  @Test("read each packed number at its place, once for each row, and nothing else")
  func packedNumbers() {
    for seed in RandomModel.seeds.prefix(60) {
      for model in Self.models(seed: seed) {
        let plan = Plan(model)
        // Layers repeat each other: a kernel is walked once.
        var walked: Set<Kernel> = []
        for operation in plan.routines.flatMap(\.operations) {
          if let kernel = operation.kernel, !walked.insert(kernel).inserted { continue }
          for level in VectorLevel.allCases {
            for problem in TileWalk(plan, level).problems(of: operation) {
              Issue.record("seed \(seed), level \(level), \(operation.kind): \(problem)")
              return
            }
          }
        }
      }
    }
  }

  @Test("of every product keep to their strips, at every level")
  func strips() {
    for seed in RandomModel.seeds {
      for model in Self.models(seed: seed) {
        let plan = Plan(model)
        for product in plan.products {
          for level in VectorLevel.allCases {
            #expect(
              product.problem(with: plan.tiling(of: product, level: level)) == nil, "seed \(seed)")
          }
        }
      }
    }
  }

  // What the strips' change of 2026 did: weights that stay float32 in tiles as wide as rounded ones need.
  @Test("that reach out of their strip stop the plan")
  func wideTile() {
    for rows in 1...2 {
      var product = TiledProduct(
        rows: rows, depth: 11, panels: 8, order: .strips(width: 4, panel: 12 * 16))
      let wide = Tiling(
        of: TiledProduct(
          rows: rows, depth: 12, panels: 8, order: .strips(width: 8, panel: 7 * 16),
          format: .bfloat16),
        level: .avx512, batch: 1, isRounded: true)
      #expect(wide.panels == 8)
      #expect(product.problem(with: wide)?.contains("leaves its strip of 4") == true)
      // One strip is all that a hidden size of 64 has.
      product.panels = 4
      #expect(product.problem(with: wide) == nil)
    }
  }

  @Test("whose table is changed stop the plan, or cut the same numbers in another way")
  func changedTables() {
    let product = TiledProduct(
      rows: 57, depth: 128, panels: 8, order: .strips(width: 4, panel: 129 * 16))
    let tiling = Tiling(of: product, level: .avx512, batch: 1, isRounded: false)
    #expect(product.problem(with: tiling) == nil)
    for panels in 1...9 {
      var changed = tiling
      changed.panels = panels
      #expect((product.problem(with: changed) == nil) == [1, 2, 4].contains(panels), "\(panels)")
    }
    for size in 1...9 {
      var changed = tiling
      changed.rows[0].size = size
      #expect((product.problem(with: changed) == nil) == (size == tiling.rows[0].size), "\(size)")
    }
    for width in 1...9 {
      var changed = product
      changed.order = .strips(width: width, panel: 129 * 16)
      #expect((changed.problem(with: tiling) == nil) == [4, 8, 9].contains(width), "\(width)")
    }
  }
}

/// The tiles of a plan's operations at one vector level, number by number.
private struct TileWalk {
  let plan: Plan
  let level: VectorLevel

  init(_ plan: Plan, _ level: VectorLevel) { (self.plan, self.level) = (plan, level) }

  /// What an operation reads of the packed weights, or of values in strips, that is not where it was put.
  func problems(of operation: Operation) -> [String] {
    switch operation.kind {
    case .linear(let kernel, _, let index, _, _, _):
      let tensor = plan.weights.tensors[index]
      guard kernel.widensWeights else {
        return kernel.products.flatMap { reads(of: $0, from: tensor.arrangement) }
      }
      return widened(kernel, tensor.arrangement)
    case .enter(let entry):
      return plan.entryProducts(of: entry.input).flatMap { index, product in
        let arrangement = plan.weights.tensors[index].arrangement
        let all = (arrangement.columnCount + 15) / 16
        // Values are entered strip by strip, each a product of its own.
        return stride(from: 0, to: all, by: product.panels).flatMap {
          reads(of: product, from: arrangement, firstPanel: $0)
        }
      }
    case .mix(let kernel, _, let values, _, _):
      let buffer = plan.memory.buffer(values.buffer)
      guard buffer.stripCount > 1 else { return [] }
      return kernel.products.flatMap { product in
        walk(product) { row, column in
          column / buffer.strip * buffer.rows * buffer.strip + row * buffer.strip
            + column % buffer.strip
        }
      }
    default: return []
    }
  }

  private func reads(
    of product: TiledProduct, from arrangement: PackedTensor.Arrangement, firstPanel: Int = 0
  ) -> [String] {
    let base = arrangement.place(row: 0, column: firstPanel * 16)
    return walk(product) { row, column in
      // Of paired rows a word holds two: rows 1 and 2 are the first pair.
      let first = product.format == .bfloat16 && row > 0 ? 2 * row - 1 : row
      return arrangement.place(row: first, column: firstPanel * 16 + column) - base
    }
  }

  /// Every word that the tiles load, against where `place` says that row and column lie.
  private func walk(_ product: TiledProduct, place: (Int, Int) -> Int) -> [String] {
    let tiling = plan.tiling(of: product, level: level)
    let words =
      (product.format == .bfloat16 ? product.depth / 2 : product.depth)
      + (product.hasBiases ? 1 : 0)
    // By vectors: every word that is read lies at a multiple of 16, in the part of one product.
    let count = words * product.panels
    var (seen, vectors) = ([Bool](repeating: false, count: count), 0)
    for (panel, width) in tiling.tiles(for: product.panels) {
      let found = product.order.place(of: panel, in: product.panels)
      for row in 0..<words {
        for offset in 0..<width {
          let word = found.start + row * found.step + offset * found.panel
          let expected = place(row, (panel + offset) * 16)
          guard word == expected else {
            return ["panel \(panel + offset), row \(row): reads \(word), lies at \(expected)"]
          }
          // Values lie apart by their slots, of which a product may read fewer: they are counted alone.
          if product.hasBiases {
            guard !seen[word / 16] else { return ["word \(word) is read twice"] }
            seen[word / 16] = true
          }
          vectors += 1
        }
      }
    }
    guard vectors == count else { return ["\(vectors) of \(count) vectors are read"] }
    let rows = tiling.rows.reduce(0) { $0 + $1.size * $1.count }
    return rows == product.rows ? [] : ["\(rows) of \(product.rows) rows are computed"]
  }

  /// Groups of panels go through `widen`, which reads pairs as a tile as wide as the group would, and lays the rows into
  /// a strip of the group's own.
  private func widened(_ kernel: Kernel, _ arrangement: PackedTensor.Arrangement) -> [String] {
    guard case .linear(let rows, let depth, let columns, _, _, _) = kernel else { return [] }
    let (panels, most) = ((columns + 15) / 16, Kernel.widenedPanelCount)
    let pairs = (depth + 1) / 2
    var products = Set<TiledProduct>()
    for first in stride(from: 0, to: panels, by: most) {
      let group = TiledProduct(
        rows: rows, depth: 2 * pairs, panels: min(most, panels - first),
        order: .strips(width: most, panel: (2 * pairs + 1) * 16))
      products.insert(group)
      // As KernelRenderer writes it: from the strip's start, a row of all its panels a step.
      let strip = first / 8 * 8
      let (start, step) = (
        strip * (pairs + 1) * 16 + (first - strip) * 16, 16 * min(8, panels - strip)
      )
      for row in 0...pairs {
        for panel in 0..<group.panels {
          let word = start + row * step + panel * 16
          let place = arrangement.place(row: max(0, 2 * row - 1), column: (first + panel) * 16)
          if word != place {
            return [
              "widens word \(word) of panel \(first + panel), row \(row): it lies at \(place)"
            ]
          }
        }
      }
      let problems = walk(group) { row, column in
        row * group.panels * 16 + column / 16 * 16
      }
      if !problems.isEmpty { return problems }
    }
    return products == Set(kernel.products) ? [] : ["the plan has other groups of panels"]
  }
}
