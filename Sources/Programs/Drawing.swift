import Foundation

/// A position in a drawing: x to the right, y downwards.
package struct Point: Equatable, Sendable {
  package var x, y: Double

  package init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

/// A drawing as SVG, with colours for light and for dark ground, whichever it is looked at on.
package struct Drawing {
  /// How a line, a mark or a text looks.
  package struct Style: Sendable {
    fileprivate let classes: String

    package static let grid = Style(classes: "grid")
    /// Where something is zero, or two things are equal: a line to compare with.
    package static let reference = Style(classes: "reference")
    package static let plain = Style(classes: "plain")
    package static let title = Style(classes: "title")
    package static let note = Style(classes: "note")
    /// A curve of the palette: solid, with marks and texts of the same colour.
    package static func curve(_ index: Int) -> Style {
      Style(classes: "c\(index % lightColors.count)")
    }
    /// The same, in the background.
    package static func faint(_ index: Int) -> Style {
      Style(classes: "c\(index % lightColors.count) faint")
    }
  }

  package enum Anchor: String { case start, middle, end }

  private let width, height: Int
  private let description: String
  private var elements: [String] = []

  /// - Parameter description: what the drawing shows, for those who cannot see it.
  package init(width: Int, height: Int, description: String) {
    (self.width, self.height, self.description) = (width, height, description)
  }

  package mutating func line(from: Point, to: Point, _ style: Style) {
    elements.append(
      "<line class=\"\(style.classes)\" x1=\"\(text(from.x))\" y1=\"\(text(from.y))\" "
        + "x2=\"\(text(to.x))\" y2=\"\(text(to.y))\"/>")
  }

  package mutating func polyline(_ points: [Point], _ style: Style) {
    let list = points.map { "\(text($0.x)),\(text($0.y))" }.joined(separator: " ")
    elements.append("<polyline class=\"\(style.classes)\" points=\"\(list)\"/>")
  }

  package mutating func disc(at center: Point, radius: Double, _ style: Style) {
    elements.append("<circle class=\"\(style.classes) mark\" \(circle(center, radius))/>")
  }

  package mutating func ring(at center: Point, radius: Double, _ style: Style) {
    elements.append("<circle class=\"\(style.classes)\" \(circle(center, radius))/>")
  }

  package mutating func label(
    _ content: String, at place: Point, _ style: Style = .plain, anchor: Anchor = .middle
  ) {
    elements.append(
      "<text class=\"\(style.classes)\" x=\"\(text(place.x))\" y=\"\(text(place.y))\" "
        + "text-anchor=\"\(anchor.rawValue)\">\(escaped(content))</text>")
  }

  /// A text that reads upwards.
  package mutating func uprightLabel(_ content: String, at place: Point) {
    elements.append(
      "<text class=\"plain\" transform=\"translate(\(text(place.x)) \(text(place.y))) rotate(-90)\" "
        + "text-anchor=\"middle\">\(escaped(content))</text>")
  }

  package var svg: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" role="img" \
    font-family="system-ui, sans-serif" font-size="12">
    <title>\(escaped(description))</title>
    <style>
    line, polyline, circle { fill: none; stroke-width: 2; stroke-linejoin: round }
    line.grid { stroke-width: 1 } line.reference { stroke-width: 1.5; stroke-dasharray: 5 4 }
    .faint { opacity: 0.4 } text { stroke: none } .title { font-size: 15px } .note { font-size: 11px }
    \(Self.style(Self.lightColors, text: "#1f2328", note: "#59636e", grid: "#d0d7de"))
    @media (prefers-color-scheme: dark) {
    \(Self.style(Self.darkColors, text: "#e6edf3", note: "#9198a1", grid: "#3d444d"))
    }
    </style>
    \(elements.joined(separator: "\n"))
    </svg>

    """
  }

  // MARK: Colours

  private static let lightColors = [
    "#0969da", "#bc4c00", "#1a7f37", "#6e7781", "#8250df", "#a40e26", "#9a6700", "#57606a",
  ]
  private static let darkColors = [
    "#58a6ff", "#f0883e", "#56d364", "#9198a1", "#bc8cff", "#ff7b72", "#d29922", "#b1bac4",
  ]

  private static func style(
    _ colors: [String], text: String, note: String, grid: String
  ) -> String {
    let palette = colors.enumerated().map { index, color in
      ".c\(index) { stroke: \(color) } circle.c\(index).mark, text.c\(index) "
        + "{ fill: \(color); stroke: none }"
    }
    return """
      text { fill: \(text) } text.note { fill: \(note) }
      .grid { stroke: \(grid) } .reference { stroke: \(note) }
      \(palette.joined(separator: "\n"))
      """
  }

  // MARK: Text

  private func circle(_ center: Point, _ radius: Double) -> String {
    "cx=\"\(text(center.x))\" cy=\"\(text(center.y))\" r=\"\(text(radius))\""
  }

  private func text(_ number: Double) -> String { String(format: "%.1f", number) }

  private func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
  }
}
