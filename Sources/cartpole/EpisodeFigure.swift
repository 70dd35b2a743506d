import Foundation
import Programs

/// An episode as a drawing: over time, where the cart is, how far the pole leans, and how sure the model is
/// of pushing to the right.
struct EpisodeFigure {
  private let episode: Episode

  init(_ episode: Episode) { self.episode = episode }

  private static let (left, right) = (70.0, 880.0)

  var svg: String {
    let heading = "CartPole-v1, driven by the Decision Transformer"
    var drawing = Drawing(width: 900, height: 552, description: heading)
    drawing.label(heading, at: Point(Self.left, 24), .title, anchor: .start)
    drawing.label(
      "asked for a return of \(Report.number(Double(episode.target))), "
        + "got \(Axis.label(episode.achieved)) in \(Axis.label(episode.time, digits: 2)) s: "
        + "\(Report.words(episode.state.end)); seed \(episode.seed); dashed: limits, and even odds",
      at: Point(Self.left, 43), .note, anchor: .start)
    // The last state, which ended the episode, is one that no action followed.
    let states = episode.steps.map(\.state) + [episode.state]
    drawState(
      "position (m)", states.map(\.position), limit: CartPoleEnvironment.positionLimit,
      top: 62, .curve(0), in: &drawing)
    drawState(
      "angle (°)", states.map { $0.angle * 180 / .pi },
      limit: CartPoleEnvironment.angleLimit * 180 / .pi, top: 220, .curve(1), in: &drawing)
    drawProbability(in: &drawing)
    return drawing.svg
  }

  private var timeAxis: Axis {
    Axis("time (s)", covering: 0...max(episode.time, 0.1), atMost: 12)
  }

  private func time(_ step: Int) -> Double { Double(step) * CartPoleEnvironment.timeStep }

  /// The marks of the panel below, without their labels.
  private var unlabelledTimeAxis: Axis {
    Axis("", timeAxis.range, ticks: timeAxis.ticks.map { Axis.Tick($0.value, "") })
  }

  private func drawState(
    _ title: String, _ values: [Double], limit: Double, top: Double, _ style: Drawing.Style,
    in drawing: inout Drawing
  ) {
    let panel = Panel(
      left: Self.left, right: Self.right, top: top, bottom: top + 130, x: unlabelledTimeAxis,
      y: Axis(title, covering: min(0, values.min() ?? 0)...max(0, values.max() ?? 0), atMost: 6))
    panel.drawAxes(in: &drawing)
    for place in [-limit, limit] where panel.y.range.contains(place) {
      drawReference(place, on: panel, in: &drawing)
    }
    drawing.polyline(values.indices.map { panel.point(time($0), values[$0]) }, style)
  }

  private func drawProbability(in drawing: inout Drawing) {
    let panel = Panel(
      left: Self.left, right: Self.right, top: 378, bottom: 508, x: timeAxis,
      y: Axis(
        "P(push right)", 0...1,
        ticks: stride(from: 0, through: 1, by: 0.25).map {
          Axis.Tick($0, Axis.label($0, digits: 2))
        }))
    panel.drawAxes(in: &drawing)
    drawReference(0.5, on: panel, in: &drawing)
    // It is held for the whole of a step.
    let corners = episode.steps.indices.flatMap { index in
      [index, index + 1].map { panel.point(time($0), episode.steps[index].probabilityOfRight) }
    }
    drawing.polyline(corners, .curve(2))
  }

  private func drawReference(_ value: Double, on panel: Panel, in drawing: inout Drawing) {
    drawing.line(
      from: panel.point(panel.x.range.lowerBound, value),
      to: panel.point(panel.x.range.upperBound, value), .reference)
  }
}
