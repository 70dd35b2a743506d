/// A rectangle of a drawing with one axis below it and one at its left.
package struct Panel: Sendable {
  package let left, right, top, bottom: Double
  package let x, y: Axis

  /// Edges in the drawing's units.
  package init(left: Double, right: Double, top: Double, bottom: Double, x: Axis, y: Axis) {
    (self.left, self.right, self.top, self.bottom) = (left, right, top, bottom)
    (self.x, self.y) = (x, y)
  }

  /// Where the axes' values are in the drawing.
  package func point(_ x: Double, _ y: Double) -> Point {
    Point(
      left + (right - left) * part(x, of: self.x.range),
      bottom - (bottom - top) * part(y, of: self.y.range))
  }

  private func part(_ value: Double, of range: ClosedRange<Double>) -> Double {
    (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  }

  /// - Parameter titleGap: from the left edge to the title of the y axis, enough for its labels.
  package func drawAxes(in drawing: inout Drawing, titleGap: Double = 46) {
    for tick in y.ticks {
      let place = point(x.range.lowerBound, tick.value)
      drawing.line(from: place, to: Point(right, place.y), .grid)
      drawing.label(tick.label, at: Point(left - 6, place.y + 4), anchor: .end)
    }
    for tick in x.ticks {
      let place = point(tick.value, y.range.lowerBound)
      drawing.line(from: place, to: Point(place.x, top), .grid)
      drawing.label(tick.label, at: Point(place.x, bottom + 17))
    }
    drawing.label(x.title, at: Point((left + right) / 2, bottom + 36))
    drawing.uprightLabel(y.title, at: Point(left - titleGap, (top + bottom) / 2))
  }
}
