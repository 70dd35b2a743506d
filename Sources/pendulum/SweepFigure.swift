import Foundation
import Programs

/// Achieved against desired return, as in figure 4 of the Decision Transformer paper
/// (https://arxiv.org/abs/2106.01345): every episode, mean and spread, and where both are equal.
struct SweepFigure {
  private let sweep: Sweep

  init(_ sweep: Sweep) { self.sweep = sweep }

  var svg: String {
    let heading = "Pendulum-v1: achieved against desired return"
    let rows = sweep.rows.sorted { $0.target < $1.target }
    let panel = panel(rows)
    var drawing = Drawing(width: 560, height: 560, description: heading)
    drawing.label(heading, at: Point(panel.left, 24), .title, anchor: .start)
    drawing.label(
      "\(Report.seeds(sweep)) for each target; bars: ± one standard deviation",
      at: Point(panel.left, 43), .note, anchor: .start)
    panel.drawAxes(in: &drawing, titleGap: 56)
    drawDiagonal(on: panel, in: &drawing)
    for row in rows { drawReturns(row, on: panel, in: &drawing) }
    drawing.polyline(rows.map { panel.point(Double($0.target), $0.mean) }, .curve(0))
    for row in rows { drawMean(row, on: panel, in: &drawing) }
    drawLegend(of: panel, in: &drawing)
    return drawing.svg
  }

  /// The same scale across and up.
  private func panel(_ rows: [Sweep.Row]) -> Panel {
    let values = rows.flatMap { row in
      row.returns + [Double(row.target), row.mean - row.deviation, row.mean + row.deviation]
    }
    let range = (values.min() ?? 0)...(values.max() ?? 0)
    return Panel(
      left: 80, right: 540, top: 58, bottom: 510,
      x: Axis("desired return", covering: range, atMost: 8),
      y: Axis("achieved return", covering: range, atMost: 8))
  }

  private func drawDiagonal(on panel: Panel, in drawing: inout Drawing) {
    let (low, high) = (panel.x.range.lowerBound, panel.x.range.upperBound)
    drawing.line(from: panel.point(low, low), to: panel.point(high, high), .reference)
  }

  private func drawReturns(_ row: Sweep.Row, on panel: Panel, in drawing: inout Drawing) {
    for value in row.returns {
      drawing.disc(at: panel.point(Double(row.target), value), radius: 3.5, .faint(1))
    }
  }

  private func drawMean(_ row: Sweep.Row, on panel: Panel, in drawing: inout Drawing) {
    let ends = [row.mean - row.deviation, row.mean + row.deviation].map {
      panel.point(Double(row.target), $0)
    }
    drawing.line(from: ends[0], to: ends[1], .curve(0))
    for end in ends {
      drawing.line(from: Point(end.x - 5, end.y), to: Point(end.x + 5, end.y), .curve(0))
    }
    drawing.disc(at: panel.point(Double(row.target), row.mean), radius: 4.5, .curve(0))
  }

  private func drawLegend(of panel: Panel, in drawing: inout Drawing) {
    let (left, top) = (panel.left + 16, panel.top + 20)
    drawing.line(from: Point(left, top), to: Point(left + 24, top), .curve(0))
    drawing.disc(at: Point(left + 12, top), radius: 4.5, .curve(0))
    drawing.label("mean", at: Point(left + 32, top + 4), anchor: .start)
    drawing.disc(at: Point(left + 12, top + 19), radius: 3.5, .faint(1))
    drawing.label("an episode", at: Point(left + 32, top + 23), anchor: .start)
    drawing.line(from: Point(left, top + 38), to: Point(left + 24, top + 38), .reference)
    drawing.label("achieved = desired", at: Point(left + 32, top + 42), anchor: .start)
  }
}
