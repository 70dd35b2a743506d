import Foundation
import Programs

/// A line of the plot.
struct Curve {
  let name: String
  let distribution: Distribution
}

/// Latency against percentile, both on logarithmic scales: the tail is as wide as the body. A plot as
/// SVG that can be read on light and on dark ground.
struct Chart {
  private let title: String
  private let curves: [Curve]

  /// The last percentile shown, as a number of nines.
  private let nines: Double
  /// Powers of ten, microseconds.
  private let low, high: Double

  init(_ reports: [Report]) {
    self.init(
      title: reports.map { "\($0.model), \($0.precision)" }.joined(separator: "; "),
      curves: reports.flatMap { report in
        report.curves.map { curve in
          reports.count == 1
            ? curve
            : Curve(name: "\(report.model) \(curve.name)", distribution: curve.distribution)
        }
      })
  }

  init(title: String, curves: [Curve]) {
    (self.title, self.curves) = (title, curves)
    let most = curves.map { $0.distribution.nanoseconds.count }.max() ?? 1
    nines = max(1, log10(Double(most)).rounded(.up))
    low = log10(max(0.001, curves.map { $0.distribution.rank(0) }.min() ?? 1)).rounded(.down)
    high = max(low + 1, log10(curves.map { $0.distribution.rank(1) }.max() ?? 1).rounded(.up))
  }

  var svg: String {
    let panel = Panel(
      left: 78, right: 610, top: 44, bottom: 392,
      x: Axis(
        "percentile of the calls", 0...nines,
        ticks: stride(from: 0, through: nines, by: 1).map { Axis.Tick($0, percentile($0)) }),
      y: Axis("time of a call", microseconds: low...high))
    let heading = "Latency of a call: \(title)"
    var drawing = Drawing(width: 760, height: 440, description: heading)
    drawing.label(heading, at: Point(panel.left, 22), .title, anchor: .start)
    panel.drawAxes(in: &drawing, titleGap: 62)
    drawCurves(on: panel, in: &drawing)
    return drawing.svg
  }

  private func percentile(_ nines: Double) -> String {
    switch nines {
    case 0: "0 %"
    case 1: "90 %"
    case 2: "99 %"
    default: "99." + String(repeating: "9", count: Int(nines) - 2) + " %"
    }
  }

  private func drawCurves(on panel: Panel, in drawing: inout Drawing) {
    // Names that would cover each other move apart.
    var taken: [Double] = []
    for (index, curve) in curves.enumerated() {
      let end = min(nines, log10(Double(curve.distribution.nanoseconds.count)))
      let points = (0...200).map { step in
        let nines = end * Double(step) / 200
        return panel.point(nines, log10(curve.distribution.rank(1 - pow(10, -nines))))
      }
      // Of a level stretch, both ends.
      let corners = points.indices.filter { index in
        index == 0 || index == points.count - 1 || points[index - 1].y != points[index].y
          || points[index + 1].y != points[index].y
      }
      drawing.polyline(corners.map { points[$0] }, .curve(index))
      var place = points.last!.y + 4
      while let near = taken.first(where: { abs($0 - place) < 14 }) { place = near + 14 }
      taken.append(place)
      drawing.label(curve.name, at: Point(panel.right + 8, place), .curve(index), anchor: .start)
    }
  }
}
