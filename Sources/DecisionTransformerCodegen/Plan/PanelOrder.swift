/// How the right side of a matrix product, rows of panels of 16 columns, lies in memory.
///
/// Packing and storing write in this order, tiles read in it: `Product.tile` of generated code is `place(of:in:)`.
public enum PanelOrder: Hashable, Sendable {
  /// Each panel apart: its rows of 16 numbers one behind the other, `panel` floats in all.
  case apart(panel: Int)
  /// Strips of `width` panels, the last one as narrow as it can be: a row of all of a strip's panels, then the next
  /// row. `panel` floats for each panel.
  case strips(width: Int, panel: Int)
  /// Whole rows, `stride` floats apart.
  case rows(stride: Int)

  /// Where a tile finds its numbers.
  public struct Place: Equatable, Sendable {
    /// Floats to its first panel's first row.
    public var start: Int
    /// Floats from a panel to the next.
    public var panel: Int
    /// Floats from a row to the next.
    public var step: Int
  }

  /// Where the tile that begins at panel `index` of `count` reads.
  public func place(of index: Int, in count: Int) -> Place {
    switch self {
    case .apart(let panel): Place(start: index * panel, panel: panel, step: Shape.lanes)
    case .rows(let stride): Place(start: index * Shape.lanes, panel: Shape.lanes, step: stride)
    case .strips(let width, let panel):
      {
        let first = index / width * width
        return Place(
          start: first * panel + (index - first) * Shape.lanes, panel: Shape.lanes,
          step: Shape.lanes * min(width, count - first))
      }()
    }
  }

  /// The widest tile that finds its panels at one distance wherever it may begin.
  public var widestTile: Int {
    if case .strips(let width, _) = self { width } else { .max }
  }
}
