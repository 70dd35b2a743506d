import AddedValues
import DecisionTransformerCodegen
import Testing

/// What tiles read. Packing says where a number lies (`Arrangement.place`); a walk over every tile of every product, as
/// generated code goes, must find each number there, once for each row, and nothing else.
@Suite("Tiles")
struct TileTests {
  /// Every format, shape, form, batch and kind of model: controllers, forward, batches, trunks.
  private static func plans(seed: UInt64) -> [Plan] {
    let model = RandomModel.model(seed: seed)
    var wide = model
    wide.config.hiddenSize = wide.config.headCount * [24, 40, 64, 96][Int(seed % 4)]
    wide.config.innerSize = [64, 100, 256, 300][Int(seed / 4 % 4)]
    var batch = wide
    batch.options.outputs = [.action]
    batch.config.allowAgents()
    batch.options.batch = 2 + Int(seed % 12)
    var trunk = RandomModel.trunk(seed: seed)
    trunk.config.hiddenSize = wide.config.hiddenSize
    trunk.config.innerSize = wide.config.innerSize
    return WeightFormat.all.flatMap { format in
      [model, wide, batch, trunk].map { $0.plan(format: format, targets: targets) }
    }
  }

  /// Those that generated code tells apart, and some that no processor is.
  private static let targets = Target.numbered + Target.added

  @Test("read each packed number at its place, once for each row, and nothing else")
  func packedNumbers() {
    for seed in RandomModel.seeds.prefix(60) {
      for plan in Self.plans(seed: seed) {
        // Layers repeat each other: a kernel is walked once.
        var walked: Set<Kernel> = []
        for operation in plan.routines.flatMap(\.operations) {
          if let kernel = operation.kernel, !walked.insert(kernel).inserted { continue }
          for target in Self.targets {
            for problem in TileWalk(plan, target).problems(of: operation) {
              Issue.record("seed \(seed), \(target.name), \(operation.kind): \(problem)")
              return
            }
          }
        }
      }
    }
  }

  @Test("of every product keep to their strips, for every target")
  func strips() {
    for seed in RandomModel.seeds {
      for plan in Self.plans(seed: seed) {
        for product in plan.products {
          for target in Target.all + Target.added {
            #expect(
              product.problem(with: plan.tiling(of: product, target: target)) == nil,
              "seed \(seed)")
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
        target: .avx512, batch: 1, isRounded: true)
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
    let tiling = Tiling(of: product, target: .avx512, batch: 1, isRounded: false)
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

/// The tiles of a plan's operations for one target, number by number.
private struct TileWalk {
  let plan: Plan
  let target: Target

  init(_ plan: Plan, _ target: Target) { (self.plan, self.target) = (plan, target) }

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
      let column = firstPanel * 16 + column
      if row == 1, product.hasScales { return arrangement.scalePlace(column: column)! - base }
      // The first of the rows that share the word; row 0 are the biases.
      let word = row - product.headRowCount
      return arrangement.place(
        row: row == 0 ? 0 : 1 + word * product.format.rowsPerWord, column: column) - base
    }
  }

  /// Every word that the tiles load, against where `place` says that row and column lie.
  private func walk(_ product: TiledProduct, place: (Int, Int) -> Int) -> [String] {
    let tiling = plan.tiling(of: product, target: target)
    let words = product.depth / product.format.rowsPerWord + product.headRowCount
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

  /// Groups of panels go through `widen`, which reads words as a tile as wide as the group would, and lays the rows into
  /// a strip of the group's own.
  private func widened(_ kernel: Kernel, _ arrangement: PackedTensor.Arrangement) -> [String] {
    guard case .linear(let rows, let depth, let columns, _, let format, _) = kernel else {
      return []
    }
    let (panels, most) = ((columns + 15) / 16, Kernel.widenedPanelCount)
    let shared = format.rowsPerWord
    let (head, words) = (format.scales == .none ? 1 : 2, (depth + shared - 1) / shared)
    let wide = format.stripPanels
    var products = Set<TiledProduct>()
    for first in stride(from: 0, to: panels, by: most) {
      let group = TiledProduct(
        rows: rows, depth: shared * words, panels: min(most, panels - first),
        order: .strips(width: most, panel: (shared * words + head) * 16), hasScales: head == 2)
      products.insert(group)
      // As KernelRenderer writes it: from the strip's start, a row of all its panels a step.
      let strip = first / wide * wide
      let (start, step) = (
        strip * (words + head) * 16 + (first - strip) * 16, 16 * min(wide, panels - strip)
      )
      for row in 0..<head + words {
        for panel in 0..<group.panels {
          let word = start + row * step + panel * 16
          let column = (first + panel) * 16
          let place =
            row == 1 && head == 2
            ? arrangement.scalePlace(column: column)
            : arrangement.place(
              row: row == 0 ? 0 : 1 + (row - head) * shared, column: column)
          if word != place {
            return ["widens word \(word) of panel \(first + panel), row \(row): not \(place ?? -1)"]
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
