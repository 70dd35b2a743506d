import Foundation
import Programs

/// An episode as a drawing: angle and torque over time, and the angular velocity over the angle.
struct EpisodeFigure {
  private let episode: Episode

  init(_ episode: Episode) { self.episode = episode }

  /// Whole turns are counted, so that curves have no gaps; marked at multiples of π/2, or of π, 2π, ...
  private var angleAxis: Axis {
    let angles = episode.steps.map(\.angle)
    let quarters = [angles.min() ?? 0, angles.max() ?? 0].map { $0 / (.pi / 2) }
    var step = 1
    while (quarters[1] - quarters[0]) / Double(step) > 7 { step *= 2 }
    let first = Int((quarters[0] / Double(step)).rounded(.down)) * step
    let last = max(first + step, Int((quarters[1] / Double(step)).rounded(.up)) * step)
    return Axis(
      "angle (rad)", Double(first) * .pi / 2...Double(last) * .pi / 2,
      ticks: stride(from: first, through: last, by: step).map {
        Axis.Tick(Double($0) * .pi / 2, Self.label(quarters: $0))
      })
  }

  /// A multiple of π/2.
  private static func label(quarters: Int) -> String {
    guard quarters != 0 else { return "0" }
    let count = quarters.isMultiple(of: 2) ? abs(quarters) / 2 : abs(quarters)
    return (quarters < 0 ? "\u{2212}" : "") + (count == 1 ? "" : "\(count)") + "π"
      + (quarters.isMultiple(of: 2) ? "" : "/2")
  }

  /// Where the pendulum is upright.
  private var uprightAngles: [Double] {
    let range = angleAxis.range
    return stride(
      from: (range.lowerBound / (2 * .pi)).rounded(.up) * 2 * .pi, through: range.upperBound + 1e-9,
      by: 2 * .pi
    ).map { $0 }
  }

  private var timeAxis: Axis {
    Axis("time (s)", covering: 0...max(1, episode.time), atMost: 8)
  }

  var svg: String {
    let heading = "Pendulum-v1, driven by the Decision Transformer"
    var drawing = Drawing(width: 900, height: 452, description: heading)
    drawing.label(heading, at: Point(70, 24), .title, anchor: .start)
    drawing.label(
      "asked for a return of \(Axis.label(Double(episode.target))), "
        + "got \(Axis.label(episode.achieved)) in \(Axis.label(episode.time, digits: 1)) s; "
        + "seed \(episode.seed)",
      at: Point(70, 43), .note, anchor: .start)
    drawAngle(in: &drawing)
    drawTorque(in: &drawing)
    drawPhase(in: &drawing)
    return drawing.svg
  }

  // MARK: Over time

  private func drawAngle(in drawing: inout Drawing) {
    let panel = Panel(
      left: 70, right: 500, top: 62, bottom: 242,
      x: Axis("", timeAxis.range, ticks: timeAxis.ticks.map { Axis.Tick($0.value, "") }),
      y: angleAxis)
    panel.drawAxes(in: &drawing)
    for angle in uprightAngles {
      drawing.line(
        from: panel.point(panel.x.range.lowerBound, angle),
        to: panel.point(panel.x.range.upperBound, angle), .reference)
    }
    drawing.polyline(
      episode.steps.indices.map { panel.point(time($0), episode.steps[$0].angle) }, .curve(0))
  }

  private func drawTorque(in drawing: inout Drawing) {
    let most = Double(PendulumEnvironment.maximumTorque)
    let panel = Panel(
      left: 70, right: 500, top: 276, bottom: 400, x: timeAxis,
      y: Axis(
        "torque (N m)", -most...most,
        ticks: stride(from: -most, through: most, by: 1).map { Axis.Tick($0, Axis.label($0)) }))
    panel.drawAxes(in: &drawing)
    // It is held for the whole of a step.
    let corners = episode.steps.indices.flatMap { index in
      [index, index + 1].map { panel.point(time($0), Double(episode.steps[index].torque)) }
    }
    drawing.polyline(corners, .curve(1))
  }

  private func time(_ step: Int) -> Double { Double(step) * PendulumEnvironment.timeStep }

  // MARK: Phase

  private func drawPhase(in drawing: inout Drawing) {
    let most = PendulumEnvironment.maximumSpeed
    let panel = Panel(
      left: 572, right: 880, top: 62, bottom: 400,
      x: angleAxis,
      y: Axis(
        "angular velocity (rad/s)", -most...most,
        ticks: stride(from: -most, through: most, by: 2).map { Axis.Tick($0, Axis.label($0)) }))
    panel.drawAxes(in: &drawing, titleGap: 36)
    let places = episode.steps.map { panel.point($0.angle, $0.angularVelocity) }
    for angle in uprightAngles {
      drawing.line(from: panel.point(angle, -most), to: panel.point(angle, most), .reference)
    }
    drawing.polyline(places, .curve(0))
    // A dot a second shows how fast.
    let second = Int((1 / PendulumEnvironment.timeStep).rounded())
    for index in stride(from: second, to: places.count, by: second) {
      drawing.disc(at: places[index], radius: 3, .curve(0))
    }
    guard let first = places.first, let last = places.last else { return }
    drawing.ring(at: first, radius: 5, .curve(2))
    drawing.disc(at: last, radius: 5, .curve(1))
    drawLegend(of: panel, in: &drawing)
  }

  private func drawLegend(of panel: Panel, in drawing: inout Drawing) {
    let line = panel.top - 15
    func label(_ text: String, at x: Double) {
      drawing.label(text, at: Point(panel.left + x, line), .note, anchor: .start)
    }
    func place(_ x: Double) -> Point { Point(panel.left + x, line - 4) }
    drawing.ring(at: place(6), radius: 5, .curve(2))
    label("start", at: 16)
    drawing.disc(at: place(62), radius: 5, .curve(1))
    label("end", at: 72)
    drawing.disc(at: place(112), radius: 3, .curve(0))
    label("every second", at: 120)
    drawing.line(from: place(206), to: place(230), .reference)
    label("upright", at: 238)
  }
}
