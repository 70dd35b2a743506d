import Foundation
import Programs

/// The lines of the view of a running episode, for a window of any size.
struct LiveView {
  var episode: Episode
  /// From 0.
  var index: Int
  /// Steps that began later than they should have.
  var lateStarts: Int
  let size: Screen.Size

  /// The picture is this many columns wide for each of its rows, so that a circle is round.
  private static let columnsOfRow = 2
  private static let readoutWidth = 40
  private static let readoutRows = 10

  var lines: [StyledLine] {
    let rows = size.rows - 2
    // Beside the picture if there is room, else without it.
    let pictureRows = min(rows, (size.columns - Self.readoutWidth - 4) / Self.columnsOfRow, 20)
    guard pictureRows >= 5 else { return [title] + readout }
    let picture = picture(rows: pictureRows)
    // In the middle of the picture's height, as far as that goes.
    let offset = max(0, (pictureRows - Self.readoutRows) / 2)
    var lines = [title, ""]
    for row in 0..<max(pictureRows, min(rows, Self.readoutRows)) {
      var line = StyledLine(" ")
      if row < pictureRows { line.append(picture.text(row: row), .rod) }
      line.fill(to: Self.columnsOfRow * pictureRows + 3)
      if readout.indices.contains(row - offset) { line.append(readout[row - offset]) }
      lines.append(line)
    }
    return lines
  }

  private var title: StyledLine {
    var line = StyledLine(" Pendulum-v1 ", .strong)
    line.append("episode \(index + 1)")
    line.append("  seed \(episode.seed)  20 Hz\(Report.buildRemark)  Ctrl-C ends", .quiet)
    return line
  }

  // MARK: Numbers

  private var readout: [StyledLine] {
    guard let step = episode.steps.last else { return [] }
    let togo = Double(episode.target) - episode.achieved
    return [
      entry("angle", step.degreesFromUpright, "°", note: "from upright"),
      entry("speed", step.angularVelocity, " rad/s"),
      entry("torque", Double(step.torque), " N m"),
      torqueBar(step.torque),
      entry("return", episode.achieved, "", note: "so far"),
      entry("to go", togo, "", note: "of \(Report.number(Double(episode.target)))"),
      latency("act", \.act),
      latency("prepare", \.prepare),
      lateness,
      progress,
    ]
  }

  private func entry(
    _ name: String, _ value: Double, _ unit: String, note: String = ""
  ) -> StyledLine {
    var line = label(name)
    // Without a minus in front of zero.
    line.append(String(format: "%8.1f", (10 * value).rounded() / 10 + 0), .strong)
    line.append(unit)
    line.append("  \(note)", .quiet)
    return line
  }

  private func label(_ name: String) -> StyledLine {
    StyledLine(name.padding(toLength: 9, withPad: " ", startingAt: 0), .quiet)
  }

  private func latency(_ name: String, _ phase: KeyPath<Episode.Step, UInt64>) -> StyledLine {
    let times = episode.steps.map { $0[keyPath: phase] }
    let distribution = Distribution(times)
    var line = label(name)
    line.append(String(format: "%8.1f", Double(times.last!) / 1000), .strong)
    line.append(" µs")
    line.append(
      String(format: "  p50 %.0f max %.0f", distribution.rank(0.5), distribution.rank(1)), .quiet)
    return line
  }

  /// From −2 to 2 N m: to the left what turns the pendulum to the left.
  private func torqueBar(_ torque: Float) -> StyledLine {
    let half = 10
    let part = Double(torque) / Double(PendulumEnvironment.maximumTorque)
    let length = Int((abs(part) * Double(half)).rounded())
    let bar = String(repeating: "█", count: length)
    let rest = String(repeating: "·", count: half - length)
    let whole = String(repeating: "·", count: half)
    var line = label("")
    line.append(part > 0 ? rest : whole, .quiet)
    if part > 0 { line.append(bar, .torque) }
    line.append("│")
    if part <= 0 { line.append(bar, .torque) }
    line.append(part > 0 ? whole : rest, .quiet)
    return line
  }

  private var progress: StyledLine {
    let width = 21
    let length = Double(PendulumEnvironment.episodeLength)
    let done = Int((Double(width) * Double(episode.steps.count) / length).rounded())
    var line = label("time")
    line.append(String(repeating: "━", count: done), .good)
    line.append(String(repeating: "─", count: width - done), .quiet)
    line.append(String(format: " %.1f s", episode.time))
    return line
  }

  private var lateness: StyledLine {
    var line = label("late")
    line.append(String(format: "%6d", lateStarts), .strong)
    line.append(lateStarts == 1 ? "   step" : "   steps")
    return line
  }

  // MARK: Picture

  /// The rod on its axis, and where its end was in the last second.
  private func picture(rows: Int) -> DotCanvas {
    var canvas = DotCanvas(columns: Self.columnsOfRow * rows, rows: rows)
    guard let step = episode.steps.last else { return canvas }
    let center = (x: Double(canvas.width - 1) / 2, y: Double(canvas.height - 1) / 2)
    let bob = max(1.6, center.y / 10)
    let length = center.y - bob
    // Positive angles turn counterclockwise.
    func end(_ angle: Double, at part: Double = 1) -> (x: Double, y: Double) {
      (center.x - part * length * sin(angle), center.y - part * length * cos(angle))
    }
    for past in episode.steps.suffix(20) {
      let place = end(past.angle)
      canvas.dot(place.x, place.y)
    }
    let tip = end(step.angle)
    let (across, down) = (0.6 * cos(step.angle), 0.6 * sin(step.angle))
    for side in [-1.0, 0, 1] {
      canvas.line(
        from: (center.x + side * across, center.y - side * down),
        to: (tip.x + side * across, tip.y - side * down))
    }
    canvas.disc(at: center, radius: bob / 2)
    canvas.disc(at: tip, radius: bob)
    return canvas
  }
}
