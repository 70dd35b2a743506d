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
public struct Tiling: Equatable, Sendable {
  /// `count` consecutive tiles of `size` rows, the first at row `start`.
  public struct RowStretch: Equatable, Sendable {
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
  /// The tiling of `rows` rows.
  ///
  /// Many rows are bound by arithmetic: as many sums as registers allow (6x4 vectors of 16 floats; more
  /// spills). One or two rows are bound by streaming weights: enough independent sums to hide the latency
  /// of the multiply-add.
  /// Without a fused multiply-add a window is bound by issuing instructions, three for each multiply-add: a
  /// tile of one row, as wide as registers allow, has the fewest broadcasts.
  /// With `causal`, narrower tiles where that leaves out more hidden keys. With `isRounded`, some of the weights
  /// come in half the bytes and have to be widened: arithmetic, and so the latency of a sum, counts again.
  ///
  /// The rows of a `batch` of a few agents are one tile where registers allow it (10x2): the weights, which
  /// stream from far away, are read once.
  public init(
    rows: Int, level: VectorLevel, causal: Bool = false, batch: Int = 1, isRounded: Bool = false
  ) {
    let mostRows: Int
    (mostRows, panels) =
      switch (level, rows) {
      case (.avx512, 1): (1, isRounded ? 8 : 4)
      case (.avx512, 2): (2, isRounded ? 8 : 4)
      case (.avx512, 7...10) where batch > 1: (rows, 2)
      case (.avx512, _): (6, causal ? 2 : 4)
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
    while left > 0 {
      if left >= width { widths.append(width) }
      left %= width
      width /= 2
    }
    return widths
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
    guard !weights.tensors.contains(where: \.isPaired) else { return [] }
    let stretches = Set(sums.map(\.rows)).flatMap { rows in
      VectorLevel.allCases.map { Tiling(rows: rows, level: $0, batch: shape.batch) }
        .filter(\.asksForNextStrip).flatMap(\.rows)
    }
    return Set(stretches.map(\.size).filter { $0 > 2 })
  }

  /// Rows of all sums and how many panels are computed at a time: the kernels', and those of a token that enters a
  /// carried block.
  public var sums: [(rows: Int, panels: Set<Int>)] {
    let kernels = kernels.compactMap(\.sums)
    guard carriesTokens else { return kernels }
    let strides = [shape.hiddenStride, shape.innerStride, shape.carriedStride]
    return kernels + [(1, Set(strides.map { $0 / Shape.lanes }))]
  }
}

extension Kernel {
  /// Rows of the kernel's sums and how many panels it computes at a time; nil for a kernel without sums.
  public var sums: (rows: Int, panels: Set<Int>)? {
    switch self {
    case .linear(let rows, _, let columns, _, _, _):
      let (panels, most) = (Shape.stride(columns) / Shape.lanes, Self.widenedPanelCount)
      guard widensWeights else { return (rows, [panels]) }
      return (rows, Set([min(panels, most), panels % most]).subtracting([0]))
    case .scores(let rows, _, _, _, let keys, _): return (rows, [keys / Shape.lanes])
    case .mix(let rows, _, _, let columns, _, _, _, _, _): return (rows, [columns / Shape.lanes])
    case .rowScores, .storeKeys: return nil
    }
  }
}
