import Foundation
import Programs

/// A running episode in a few lines of a terminal, drawn over one another.
struct LiveView {
  private let episode: Episode

  /// - Parameter episode: of at least one step.
  init(_ episode: Episode) { self.episode = episode }

  /// Of the picture: the whole track, and the pole standing, at one scale.
  private static let columns = 52
  private static let rows = 7

  /// Takes the place of what was shown before, except for an episode's first.
  func show(isFirst: Bool) {
    let lines = lines
    // Without line breaks at the right edge while it draws: a narrow window cuts the lines.
    let text = lines.map { "\($0)\u{1B}[K\n" }.joined()
    let up = isFirst ? "" : "\u{1B}[\(lines.count)A"
    Console.write("\(up)\u{1B}[?7l\(text)\u{1B}[?7h", to: .standardOutput)
  }

  /// As many in every step.
  var lines: [String] {
    guard let step = episode.steps.last else { return [] }
    let (state, act) = (episode.state, episode.act)
    let canvas = picture
    let degrees = state.angle * 180 / .pi
    return [" CartPole-v1  seed \(episode.seed)  50 Hz\(Report.buildRemark)  Ctrl-C ends"]
      + (0..<Self.rows).map { " \(canvas.text(row: $0))" }
      + [
        String(
          format: " position %6.2f m       angle %6.1f°", plain(state.position, 100),
          plain(degrees, 10)),
        String(
          format: " return   %6.0f of %@", episode.achieved,
          Report.number(Double(episode.target)) as NSString),
        " right    \(bar(step.probabilityOfRight)) "
          + String(
            format: "%3.0f %%  pushed to the %@", 100 * step.probabilityOfRight,
            (step.action == 1 ? "right" : "left") as NSString),
        String(
          format: " act      %6.1f µs      median %.1f, at most %.1f", Double(step.act) / 1000,
          act.rank(0.5), act.rank(1)),
      ]
  }

  /// Rounded, and without a minus in front of zero.
  private func plain(_ value: Double, _ parts: Double) -> Double {
    (parts * value).rounded() / parts + 0
  }

  private func bar(_ part: Double) -> String {
    let width = 20
    let length = Int((part * Double(width)).rounded())
    return String(repeating: "█", count: length) + String(repeating: "·", count: width - length)
  }

  /// Track, cart and pole, as they are: five centimetres a dot.
  private var picture: DotCanvas {
    var canvas = DotCanvas(columns: Self.columns, rows: Self.rows)
    let limit = CartPoleEnvironment.positionLimit
    let (middle, ground) = (Double(canvas.width) / 2, Double(canvas.height) - 1)
    let scale = 20.0
    canvas.line(from: (middle - limit * scale, ground), to: (middle + limit * scale, ground))
    for end in [-limit, limit] {
      canvas.line(from: (middle + end * scale, ground), to: (middle + end * scale, ground - 2))
    }
    let (cart, axis) = (middle + episode.state.position * scale, ground - 4)
    for row in 1...3 {
      canvas.line(from: (cart - 4, ground - Double(row)), to: (cart + 4, ground - Double(row)))
    }
    let length = 2 * CartPoleEnvironment.halfLength * scale
    let angle = episode.state.angle
    for side in [0.0, 1] {
      canvas.line(
        from: (cart + side, axis),
        to: (cart + side + length * sin(angle), axis - length * cos(angle)))
    }
    return canvas
  }
}
