import Foundation

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

  private let width = 760.0, height = 440.0
  private let left = 64.0, right = 150.0, top = 44.0, bottom = 48.0
  /// The last percentile shown, as a number of nines.
  private let nines: Double
  /// Powers of ten, microseconds.
  private let low, high: Double

  init(_ reports: [Report]) {
    title = reports.map { "\($0.model), \($0.precision)" }.joined(separator: "; ")
    curves = reports.flatMap { report in
      report.curves.map { curve in
        reports.count == 1
          ? curve : Curve(name: "\(report.model) \(curve.name)", distribution: curve.distribution)
      }
    }
    let most = curves.map { $0.distribution.nanoseconds.count }.max() ?? 1
    nines = max(1, log10(Double(most)).rounded(.up))
    low = log10(max(0.001, curves.map { $0.distribution.rank(0) }.min() ?? 1)).rounded(.down)
    high = max(low + 1, log10(curves.map { $0.distribution.rank(1) }.max() ?? 1).rounded(.up))
  }

  var svg: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" \
    font-family="system-ui, sans-serif" font-size="12">
    <style>
    text { fill: #1f2328 } .grid { stroke: #d0d7de } .line { fill: none; stroke-width: 2 }
    \(style(Self.lightColors))
    @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .grid { stroke: #3d444d }
    \(style(Self.darkColors))
    }
    </style>
    <text x="\(text(left))" y="22" font-size="15">Latency of a call: \(escaped(title))</text>
    \(axes)
    \(lines)
    </svg>

    """
  }

  private static let lightColors = [
    "#0969da", "#bc4c00", "#1a7f37", "#6e7781", "#8250df", "#a40e26", "#9a6700", "#57606a",
  ]
  private static let darkColors = [
    "#58a6ff", "#f0883e", "#56d364", "#9198a1", "#bc8cff", "#ff7b72", "#d29922", "#b1bac4",
  ]

  private func style(_ colors: [String]) -> String {
    colors.enumerated().map { index, color in
      ".c\(index) { stroke: \(color) } text.c\(index) { fill: \(color); stroke: none }"
    }.joined(separator: "\n")
  }

  // MARK: Scales

  private func x(nines value: Double) -> Double {
    left + (width - left - right) * value / nines
  }

  private func y(microseconds: Double) -> Double {
    height - bottom - (height - top - bottom) * (log10(microseconds) - low) / (high - low)
  }

  // MARK: Parts

  private var axes: String {
    var parts: [String] = []
    for power in stride(from: low, through: high, by: 1) {
      let place = y(microseconds: pow(10, power))
      parts.append(grid(left, place, width - right, place))
      parts.append(
        label(left - 6, place + 4, ReportText.plain(pow(10, power)), anchor: "end"))
    }
    for nine in stride(from: 0, through: nines, by: 1) {
      let place = x(nines: nine)
      parts.append(grid(place, top, place, height - bottom))
      parts.append(label(place, height - bottom + 16, percentile(nine)))
    }
    parts.append(label((left + width - right) / 2, height - 10, "percentile"))
    parts.append(
      "<text transform=\"translate(16 \(text(height / 2))) rotate(-90)\" "
        + "text-anchor=\"middle\">microseconds</text>")
    return parts.joined(separator: "\n")
  }

  private func percentile(_ nines: Double) -> String {
    switch nines {
    case 0: "0"
    case 1: "90"
    case 2: "99"
    default: "99." + String(repeating: "9", count: Int(nines) - 2)
    }
  }

  private var lines: String {
    // Names that would cover each other move apart.
    var taken: [Double] = []
    return curves.enumerated().map { index, curve in
      let count = Double(curve.distribution.nanoseconds.count)
      let end = min(nines, log10(count))
      let points = (0...200).map { step -> (x: String, y: String) in
        let nines = end * Double(step) / 200
        let latency = curve.distribution.rank(1 - pow(10, -nines))
        return (text(x(nines: nines)), text(y(microseconds: latency)))
      }
      // Of a level stretch, both ends.
      let corners = points.indices.filter { index in
        index == 0 || index == points.count - 1 || points[index - 1].y != points[index].y
          || points[index + 1].y != points[index].y
      }
      let path = corners.map { "\(points[$0].x),\(points[$0].y)" }.joined(separator: " ")
      var place = y(microseconds: curve.distribution.rank(1)) + 4
      while let near = taken.first(where: { abs($0 - place) < 14 }) { place = near + 14 }
      taken.append(place)
      let color = "c\(index % Self.lightColors.count)"
      return """
        <polyline class="line \(color)" points="\(path)"/>
        <text class="\(color)" x="\(text(width - right + 8))" y="\(text(place))">\
        \(escaped(curve.name))</text>
        """
    }.joined(separator: "\n")
  }

  private func grid(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<line class=\"grid\" x1=\"\(text(x1))\" y1=\"\(text(y1))\" x2=\"\(text(x2))\" "
      + "y2=\"\(text(y2))\"/>"
  }

  private func label(
    _ x: Double, _ y: Double, _ content: String, anchor: String = "middle"
  ) -> String {
    "<text x=\"\(text(x))\" y=\"\(text(y))\" text-anchor=\"\(anchor)\">\(content)</text>"
  }

  private func text(_ number: Double) -> String { String(format: "%.1f", number) }

  private func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
  }
}
