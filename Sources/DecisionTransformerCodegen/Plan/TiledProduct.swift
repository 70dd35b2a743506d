/// A matrix product that is computed in register tiles, rows by panels of 16 columns.
public struct TiledProduct: Hashable, Sendable {
  public var rows: Int
  /// Rows of the right side that are multiplied; whole words of them where they share words.
  public var depth: Int
  /// Panels of 16 columns.
  public var panels: Int
  public var order: PanelOrder
  /// How the right side's numbers are stored: float32, or what tiles widen themselves.
  public var format: WeightFormat
  /// Whether a row of biases precedes the others.
  public var hasBiases: Bool
  /// Whether a row of scales follows the biases, by which sums are multiplied.
  public var hasScales: Bool
  /// Whether tiles skip panels of keys that none of their rows sees.
  public var hidesKeys: Bool

  public init(
    rows: Int, depth: Int, panels: Int, order: PanelOrder, format: WeightFormat = .float32,
    hasBiases: Bool = true, hasScales: Bool = false, hidesKeys: Bool = false
  ) {
    (self.rows, self.depth, self.panels, self.order) = (rows, depth, panels, order)
    (self.format, self.hidesKeys) = (format, hidesKeys)
    (self.hasBiases, self.hasScales) = (hasBiases, hasScales)
  }

  /// Whether both sides are integers.
  public var isOfIntegers: Bool { format.inputs == .integers }

  /// Rows before those that are multiplied: of biases, of scales.
  public var headRowCount: Int { (hasBiases ? 1 : 0) + (hasScales ? 1 : 0) }
}

extension Kernel {
  /// The product behind the kernel, of one head; nil for a kernel without tiles. Where weights are widened first,
  /// that of one group of panels after the other.
  public var products: [TiledProduct] {
    switch self {
    case .linear(let rows, let depth, let columns, _, let format, _):
      let panels = Shape.stride(columns) / Shape.lanes
      let whole = format.wordRowCount(depth: depth) * format.rowsPerWord
      let hasScales = format.scales == .perColumn
      guard widensWeights else {
        return [
          TiledProduct(
            rows: rows, depth: whole, panels: panels, order: format.order(depth: depth),
            format: format, hasScales: hasScales)
        ]
      }
      let most = Self.widenedPanelCount
      return Set([min(panels, most), panels % most]).subtracting([0]).sorted(by: >).map { count in
        TiledProduct(
          rows: rows, depth: whole, panels: count,
          order: .strips(width: most, panel: (format.headRowCount + whole) * Shape.lanes),
          hasScales: hasScales)
      }
    case .scores(let rows, _, let depth, _, let keys, let causal):
      return [
        TiledProduct(
          rows: rows, depth: depth, panels: keys / Shape.lanes,
          order: .apart(panel: (depth + 1) * Shape.lanes), hidesKeys: causal)
      ]
    case .mix(let rows, _, let keys, let columns, _, let rowStride, let strips, _, _):
      let order =
        strips.map {
          PanelOrder.strips(width: $0.width / Shape.lanes, panel: $0.slots * Shape.lanes)
        } ?? .rows(stride: rowStride)
      return [
        TiledProduct(
          rows: rows, depth: keys, panels: columns / Shape.lanes, order: order, hasBiases: false)
      ]
    case .convolve(let shape, _):
      return [
        TiledProduct(
          rows: shape.outputColumns, depth: shape.depth,
          panels: Shape.stride(shape.filters) / Shape.lanes,
          order: WeightFormat.float32.order(depth: shape.depth))
      ]
    case .rowScores, .storeKeys: return []
    }
  }
}

extension Plan {
  /// The products of the routine `enter`, by packed tensor: those that embed an input as a token of the carried form.
  public func entryProducts(of input: EntryInput) -> [(weights: Int, product: TiledProduct)] {
    guard carriesTokens else { return [] }
    let contents: [PackedTensor.Content] = [
      .embed(input), .entryValue(input), .entryQuery(input), .entryInner(input),
    ]
    return contents.map { content in
      let index = weights.tensors.firstIndex { $0.content == content }!
      let tensor = weights.tensors[index]
      let depth = tensor.arrangement.rowCount - 1
      // Values in strips are computed strip by strip.
      let columns =
        tensor.content == .entryValue(input)
        ? memory.buffer(.carried).strip : Shape.stride(tensor.arrangement.columnCount)
      return (
        index,
        TiledProduct(
          rows: 1, depth: depth, panels: columns / Shape.lanes,
          order: WeightFormat.float32.order(depth: depth))
      )
    }
  }

  /// Every product that some routine computes in tiles.
  public var products: Set<TiledProduct> {
    Set(kernels.flatMap(\.products))
      .union((network.controlSteps?.tokens ?? []).flatMap { entryProducts(of: $0).map(\.product) })
  }
}
