import Foundation

/// A picture of dots, two across and four down in a character: Unicode's braille patterns. In the
/// usual fonts the dots are as far apart down as across.
package struct DotCanvas: Sendable {
  package let columns, rows: Int
  private var cells: [UInt8]

  package var width: Int { 2 * columns }
  package var height: Int { 4 * rows }

  package init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (max(0, columns), max(0, rows))
    cells = Array(repeating: 0, count: self.columns * self.rows)
  }

  /// x to the right, y downwards, in dots; nothing happens outside.
  package mutating func dot(_ x: Double, _ y: Double) {
    guard x.isFinite, y.isFinite, abs(x) < 1e6, abs(y) < 1e6 else { return }
    let (column, row) = (Int(x.rounded()), Int(y.rounded()))
    guard (0..<width).contains(column), (0..<height).contains(row) else { return }
    cells[row / 4 * columns + column / 2] |= Self.bits[row % 4][column % 2]
  }

  package mutating func line(from: (x: Double, y: Double), to: (x: Double, y: Double)) {
    let steps = max(1, Int(max(abs(to.x - from.x), abs(to.y - from.y)).rounded(.up)))
    for step in 0...steps {
      let part = Double(step) / Double(steps)
      dot(from.x + part * (to.x - from.x), from.y + part * (to.y - from.y))
    }
  }

  package mutating func disc(at center: (x: Double, y: Double), radius: Double) {
    let reach = Int(radius.rounded(.up))
    for y in -reach...reach {
      for x in -reach...reach where Double(x * x + y * y) <= radius * radius {
        dot(center.x + Double(x), center.y + Double(y))
      }
    }
  }

  /// A row of characters.
  package func text(row: Int) -> String {
    String(
      String.UnicodeScalarView(
        cells[row * columns..<(row + 1) * columns].map { Unicode.Scalar(0x2800 + UInt32($0))! }))
  }

  /// The bit of a dot, by row and column of its character.
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
}
