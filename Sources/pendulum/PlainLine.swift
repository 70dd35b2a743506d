import Foundation

/// What is said of a running episode where no picture can be drawn: one line a second.
struct PlainLine {
  private let episode: Episode

  init(_ episode: Episode) { self.episode = episode }

  var text: String {
    guard let step = episode.steps.last else { return "" }
    let format =
      "%5.1f s  angle %6.1f°  speed %5.1f rad/s  torque %5.2f N m  return %7.1f  to go %7.1f  "
      + "act %.0f µs  prepare %.0f µs"
    return String(
      format: format, episode.time, step.degreesFromUpright, step.angularVelocity, step.torque,
      episode.achieved, Double(episode.target) - episode.achieved, Double(step.act) / 1000,
      Double(step.prepare) / 1000)
  }
}
