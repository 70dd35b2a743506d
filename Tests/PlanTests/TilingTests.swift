import AddedValues
import DecisionTransformerCodegen
import Testing

/// The table of tiles, by target.
@Suite("A tiling")
struct TilingTests {
  private static let targets = Target.all + Target.added

  /// Every kind of product that is cut, of all heights.
  private static let products: [TiledProduct] = (1...70).flatMap { rows in
    [
      TiledProduct(rows: rows, depth: 12, panels: 8, order: .strips(width: 4, panel: 13 * 16)),
      TiledProduct(rows: rows, depth: 12, panels: 8, order: .strips(width: 8, panel: 13 * 16)),
      TiledProduct(rows: rows, depth: 12, panels: 8, order: .rows(stride: 128)),
      TiledProduct(
        rows: rows, depth: 12, panels: 8, order: .apart(panel: 13 * 16), hidesKeys: true),
    ]
  }

  private static func tiling(
    _ product: TiledProduct, _ target: Target, batch: Int, _ isRounded: Bool
  ) -> Tiling {
    Tiling(of: product, target: target, batch: batch, isRounded: isRounded)
  }

  /// Rows and panels of the largest tile.
  private static func size(_ tiling: Tiling) -> [Int] { [tiling.rows[0].size, tiling.panels] }

  @Test("fits into the registers of its target, or is the smallest")
  func registers() {
    for target in Self.targets {
      for product in Self.products {
        for (batch, isRounded) in [(1, false), (1, true), (3, false), (3, true)] {
          let tiling = Self.tiling(product, target, batch: batch, isRounded)
          // Helium has fewer registers than the target whose tiles it gets.
          let registers = target == .helium ? Target.sse2.registers : target.registers
          for stretch in tiling.rows {
            let tile = TileSize(rows: stretch.size, panels: tiling.panels)
            let vectors = stretch.size * tiling.panels
            #expect(
              vectors * max(1, 16 / target.lanes) < registers || vectors == 1,
              "\(target.name): \(tile)")
            #expect(
              tile.registerCount(on: target) <= registers || vectors == 1,
              "\(target.name): \(tile)")
          }
        }
      }
    }
  }

  @Test("is the measured one on the processors that it was measured on")
  func measured() {
    for product in Self.products {
      for (batch, isRounded) in [(1, false), (1, true), (3, false), (3, true)] {
        func size(_ target: Target) -> [Int] {
          Self.size(Self.tiling(product, target, batch: batch, isRounded))
        }
        let rows = product.rows
        let isWide = isRounded && product.order.widestTile >= 8
        let avx512 =
          rows <= 2
          ? [rows, isWide ? 8 : 4]
          : batch > 1 && (7...10).contains(rows)
            ? [rows, 2] : [min(6, rows), product.hidesKeys ? 2 : 4]
        #expect(size(.avx512) == avx512, "\(product)")
        #expect(
          size(.avx2) == (rows == 1 ? [1, 4] : rows == 2 ? [2, 2] : [min(6, rows), 1]),
          "\(product)")
        #expect(size(.sse2) == [1, 2], "\(product)")
      }
    }
  }

  @Test("is one for all targets of a number: generated code knows no more")
  func numbers() {
    for target in Target.all {
      let named = Target.numbered.filter { $0.number == target.number }
      #expect(named.count == 1, "\(target.name)")
      for product in Self.products {
        let expected = Self.tiling(product, named[0], batch: 1, false)
        #expect(Self.tiling(product, target, batch: 1, false) == expected, "\(target.name)")
      }
    }
    // Twice AVX2's registers of half the size: they would be the same without that, too.
    var neon = Target.neon
    neon.number = 9
    for product in Self.products {
      let expected = Self.tiling(product, .neon, batch: 1, false)
      #expect(Self.tiling(product, neon, batch: 1, false) == expected)
    }
  }

  @Test("of a target that nobody measured follows from its registers")
  func budget() {
    for product in Self.products {
      func size(_ target: Target) -> [Int] {
        Self.size(Self.tiling(product, target, batch: 1, false))
      }
      #expect(size(.eightRegisters) == [1, 1])
      #expect(size(.eightWideRegisters) == (product.rows == 1 ? [1, 2] : [2, 1]))
      // Without a fused multiply-add it is one row, always.
      var plain = Target.eightWideRegisters
      plain.hasFusedMultiplyAdd = false
      #expect(size(plain) == [1, 2])
      // Less than one vector.
      var small = Target.eightRegisters
      small.registers = 4
      #expect(size(small) == [1, 1])
    }
  }

  @Test("for one more target is one more branch, and leaves the others as they are")
  func code() {
    for seed in RandomModel.seeds.prefix(20) {
      let model = RandomModel.model(seed: seed)
      func code(_ targets: [Target]) -> String {
        Compiler.sources(model.plan(targets: targets))
          .map { String(decoding: $0.contents, as: UTF8.self) }.joined()
      }
      let (without, with) = (code(Target.numbered), code(Target.numbered + Target.added))
      #expect(!without.contains("VectorMath.level >= 3"))
      #expect(with.contains("VectorMath.level >= "))
      // In whatever order they are named.
      #expect(code(Target.added + Target.numbered.reversed()) == with)
      // Alone it needs no question.
      #expect(!code([.eightRegisters]).contains("VectorMath.level"))
    }
  }
}
