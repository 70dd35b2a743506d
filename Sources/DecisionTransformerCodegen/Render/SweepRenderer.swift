/// Writes the sweeps of tiles over all rows and panels of products: for each number of rows a function, which chooses the
/// tiles of the build's target.
package struct SweepRenderer {
  private let plan: Plan
  /// The products of each number of rows, most rows first.
  private let products: [(rows: Int, products: [TiledProduct])]
  /// What the names of functions and types begin with, where these are not those of float32.
  private let prefix: String

  package init(_ plan: Plan, _ all: Set<TiledProduct>, prefix: String) {
    (self.plan, self.prefix) = (plan, prefix)
    products = Set(all.map(\.rows)).sorted(by: >).map { rows in
      (rows, all.filter { $0.rows == rows })
    }
  }

  /// `rows` or `int8Rows`, `Sums` or `Int8Sums`.
  private func named(_ name: String) -> String {
    guard let first = name.first, !prefix.isEmpty else { return name }
    let start = first.isUppercase ? prefix.prefix(1).uppercased() + prefix.dropFirst() : prefix
    return start + first.uppercased() + name.dropFirst()
  }

  /// Heights and widths of the tiles in use, largest first.
  package var tileRows: [Int] { tiles { tiling, _ in tiling.rows.map(\.size) } }
  package var tileWidths: [Int] { tiles { $0.widths(for: $1.panels) } }

  /// Those of the lowest number come last: what is left when all questions are answered with no.
  private var targets: [Target] { plan.deployment.targets.sorted { $0.number > $1.number } }

  private func tiles(_ sizes: (Tiling, TiledProduct) -> [Int]) -> [Int] {
    let all = products.flatMap(\.products).flatMap { product in
      targets.flatMap { sizes(plan.tiling(of: product, target: $0), product) }
    }
    return Set(all).sorted(by: >)
  }

  package func render(to writer: inout CodeWriter) {
    for (rows, products) in products { sweep(rows, products, to: &writer) }
  }

  private func sweep(_ rows: Int, _ products: [TiledProduct], to writer: inout CodeWriter) {
    writer.write(
      "",
      "/// All tiles of \(rows == 1 ? "1 row" : "\(rows) rows")\(prefix.isEmpty ? "" : " of \(prefix) numbers").",
      "@inline(__always)")
    writer.scope(
      "private static func \(named("rows"))\(rows)<Finish: Epilogue>(_ product: \(named("Product"))<Finish>)"
    ) { writer in
      let branches = branches(products)
      let shared = sharedEnd(of: branches.map(\.lines))
      writer.branches(
        branches.map { branch in
          (branch.condition, { for line in branch.lines.dropLast(shared.count) { $0.write(line) } })
        })
      for line in shared { writer.write(line) }
    }
  }

  /// The tiles of some products for a target, and for those of lower numbers that have no branch of their own.
  private struct Branch {
    /// The lowest number of a target; nil where none is lower.
    package var number: Int?
    /// Which products the branch is for; nil for all that are left.
    package var products: String?
    package var lines: [String]

    /// The question is settled where a product is inlined.
    package var condition: String? {
      let parts = [number.map { "VectorMath.level >= \($0)" }, products].compactMap(\.self)
      return parts.isEmpty ? nil : parts.joined(separator: " && ")
    }
  }

  /// From the highest number on. For a target, products that differ from the others in how they are cut come first;
  /// targets of neighbouring numbers with the same tiling share a branch.
  private func branches(_ products: [TiledProduct]) -> [Branch] {
    var branches: [Branch] = []
    for target in targets {
      let number = target == targets.last ? nil : target.number
      var rest = products
      func take(_ condition: String, _ isTaken: (TiledProduct) -> Bool) {
        let (taken, others) = (rest.filter(isTaken), rest.filter { !isTaken($0) })
        guard !taken.isEmpty, !others.isEmpty, tilings(taken, target) != tilings(others, target)
        else { return }
        // All that the tail of a sweep may be for: it is then the same in every branch.
        let tiling = tilings(taken, target).first!
        let own = Set(taken.map(\.panels))
        // Where none of them is as wide as the widest tile, nobody has that tile.
        let counts =
          taken[0].hidesKeys || own.max()! < tiling.panels ? own : Set(rest.map(\.panels))
        branches.append(
          Branch(
            number: number, products: condition, lines: sweep(counts, tiling)
          ))
        rest = others
      }
      take("product.hidesKeys", \.hidesKeys)
      let narrowest = products.map(\.order.widestTile).min()!
      let counts = Set(rest.map(\.panels))
      take("product.strip != \(narrowest)") { $0.order.widestTile != narrowest }
      precondition(tilings(rest, target).count == 1, "products of one sweep are cut alike")
      let lines = sweep(counts, tilings(rest, target).first!)
      if let last = branches.last, last.products == nil, last.lines == lines {
        branches[branches.count - 1].number = number
      } else {
        branches.append(Branch(number: number, lines: lines))
      }
    }
    return branches
  }

  private func tilings(_ products: [TiledProduct], _ target: Target) -> Set<Tiling> {
    Set(products.map { plan.tiling(of: $0, target: target) })
  }

  /// What several branches end with: behind them it is one tile to inline, and not one for each.
  private func sharedEnd(of branches: [[String]]) -> [String] {
    guard branches.count > 1 else { return [] }
    var shared: [String] = []
    for line in branches[0].reversed() {
      let end = [line] + shared
      // A line within braces is no statement of its own.
      guard branches.allSatisfy({ $0.count > end.count && Array($0.suffix(end.count)) == end }),
        line.hasPrefix("if "), line.hasSuffix("}")
      else { break }
      shared = end
    }
    return shared
  }

  private func sweep(_ counts: Set<Int>, _ tiling: Tiling) -> [String] {
    let widths = Set(counts.flatMap { tiling.widths(for: $0) }).sorted(by: >)
    return widths.flatMap { width -> [String] in
      let isWidest = width == tiling.panels
      let header =
        isWidest
        ? "for group in 0..<product.panels\(width == 1 ? "" : " / \(width)")"
        : "if product.panels & \(width) != 0"
      let panel =
        isWidest
        ? (width == 1 ? "group" : "group * \(width)") : "product.panels & ~\(2 * width - 1)"
      let calls = tiling.rows.map { stretch in
        let tile = stretch.size == 1 ? "tile" : "tile * \(stretch.size)"
        let row = stretch.count == 1 ? "\(stretch.start)" : tile
        let call =
          "\(named("tile"))\(stretch.size)(\(named("Sums"))\(width).self, product.tile(row: \(row), rows: \(stretch.size), panel: \(panel)))"
        return stretch.count == 1 ? call : "for tile in 0..<\(stretch.count) { \(call) }"
      }
      return calls.count == 1
        ? ["\(header) { \(calls[0]) }"] : ["\(header) {"] + calls.map { "  \($0)" } + ["}"]
    }
  }
}
