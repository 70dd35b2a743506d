import Foundation
import Testing

@testable import cartpole

@Suite("Reports of cartpole")
struct ReportTests {
  let sweep = Sweep(
    seeds: [7, 8], samples: true,
    rows: [
      Sweep.Row(target: 15, returns: [12, 14]), Sweep.Row(target: 400.5, returns: [398, 401.5]),
    ])

  @Test("an episode: what was asked for, what was reached, how it ended, what act took")
  func episode() {
    let fallen = Episode.sample(probabilities: [0.2, 0.6, 0.9], lean: 0.1)
    #expect(
      Report.text(fallen)
        == "seed 5  target 60  return 3  the pole fell  act 2.0 µs, at most 3.0 µs"
        + Report.buildRemark)
  }

  @Test("every end has its words")
  func ends() {
    #expect(Report.words(.cartLeft) == "the cart left the track")
    #expect(Report.words(.truncated) == "held for all 500 steps")
  }

  @Test("episodes as JSON")
  func episodes() throws {
    let fallen = Episode.sample(probabilities: [0.2, 0.6, 0.9], lean: 0.1)
    let standing = Episode.sample(probabilities: [0.5])
    #expect(
      Report.json([fallen, standing]) == """
        {"episodes": [{"seed": 5, "target": 60, "return": 3, "steps": 3, "terminated": true}, \
        {"seed": 5, "target": 60, "return": 1, "steps": 1, "terminated": false}]}
        """)
  }

  @Test("a sweep as JSON, in full")
  func sweepAsJSON() {
    #expect(
      Report.json(sweep) == """
        {"sweep": [{"target": 15, "mean": 13, "std": 1, "returns": [12, 14]}, \
        {"target": 400.5, "mean": 399.75, "std": 1.75, "returns": [398, 401.5]}]}
        """)
  }

  @Test("a sweep as text, with its seeds and how actions were taken")
  func sweepAsText() {
    let lines = Report.text(sweep).split(separator: "\n")
    #expect(lines[0].hasPrefix("CartPole-v1, seeds 7 to 8, drawn actions"))
    #expect(lines.count == 4)
    #expect(lines[1].count == lines[2].count && lines[2].count == lines[3].count)
    #expect(lines[2].split(separator: " ") == ["15", "13.0", "1.0", "12", "14"])
    let one = Sweep(seeds: [3], samples: false, rows: [Sweep.Row(target: 60, returns: [58])])
    #expect(Report.text(one).hasPrefix("CartPole-v1, seed 3, greedy actions"))
  }
}
