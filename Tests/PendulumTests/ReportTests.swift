import Foundation
import Testing

@testable import pendulum

@Suite("Reports")
struct ReportTests {
  let sweep = Sweep(
    seeds: [7, 8],
    rows: [
      Sweep.Row(target: -1600, returns: [-1900, -1800.5]),
      Sweep.Row(target: -0.5, returns: [-3, -1]),
    ])

  @Test("a sweep as JSON, in full")
  func sweepAsJSON() {
    #expect(
      Report.json(sweep) == """
        {"sweep": [{"target": -1600, "mean": -1850.25, "std": 49.75, "returns": [-1900, -1800.5]}, \
        {"target": -0.5, "mean": -2, "std": 1, "returns": [-3, -1]}]}
        """)
  }

  @Test("numbers in JSON keep all their digits")
  func digits() {
    for value in [-1879.938472619, 0.1, 1e-9, -0.0, 3e20] {
      #expect(Double(Report.number(value)) == value)
    }
  }

  @Test("a sweep as text, with its seeds")
  func sweepAsText() {
    let lines = Report.text(sweep).split(separator: "\n")
    #expect(lines[0].contains("seeds 7 to 8"))
    #expect(lines.count == 4)
    #expect(lines[1].count == lines[2].count && lines[2].count == lines[3].count)
    let numbers = lines[2].split(separator: " ").compactMap { Double($0) }
    #expect(numbers == [-1600, -1850.2, 49.8, -1900, -1800.5])
  }

  @Test("episodes as JSON")
  func episodes() throws {
    var episode = Episode(seed: 5, target: -200)
    episode.steps = [.sample(reward: -1.5), .sample(reward: -2)]
    let data = Data(Report.json([Outcome(episode), Outcome(episode)]).utf8)
    let object = try JSONSerialization.jsonObject(with: data) as? [String: [[String: Double]]]
    let expected = ["seed": 5, "target": -200, "return": -3.5, "steps": 2]
    #expect(object == ["episodes": [expected, expected]])
    #expect(Report.text(Outcome(episode)).contains("return -3.5 after 2 steps"))
  }
}

extension Episode.Step {
  static func sample(angle: Double = 1, reward: Double = -1) -> Episode.Step {
    Episode.Step(
      angle: angle, angularVelocity: -2, torque: 0.5, reward: reward, act: 3000, prepare: 30000)
  }
}
