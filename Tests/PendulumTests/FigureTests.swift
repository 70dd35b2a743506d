import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import pendulum

@Suite("Figures")
struct FigureTests {
  /// Every number that says where something is.
  private func places(_ svg: String) -> [(axis: Substring, value: Double)] {
    svg.matches(of: /\b(x|y|cx|cy|x1|x2|y1|y2)="([^"]*)"/).map { ($0.1, Double($0.2) ?? .nan) }
  }

  private func expectDrawing(_ svg: String, width: Double, height: Double) {
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    #expect(svg.contains("prefers-color-scheme: dark"))
    for (axis, value) in places(svg) {
      #expect((0...(axis.contains("x") ? width : height)).contains(value), "\(axis) \(value)")
    }
    for points in svg.matches(of: /points="([^"]*)"/) {
      let numbers = points.1.split { " ,".contains($0) }.map { Double($0) ?? .nan }
      #expect(!numbers.isEmpty && numbers.allSatisfy { (0...max(width, height)).contains($0) })
    }
  }

  @Test(
    "an episode of any length, of any number of turns",
    arguments: [(1, 0.0), (2, 9), (20, -0.3), (200, 0.5), (200, -0.9)])
  func episode(steps: Int, turn: Double) {
    var episode = Episode(seed: 0, target: -200)
    episode.steps = (0..<steps).map { .sample(angle: 3 + turn * Double($0)) }
    let svg = EpisodeFigure(episode).svg
    expectDrawing(svg, width: 900, height: 452)
    for text in ["time (s)", "angle (rad)", "torque (N m)", "angular velocity (rad/s)"] {
      #expect(svg.contains(text))
    }
  }

  @Test("the angle's marks are multiples of a quarter turn")
  func angles() {
    var episode = Episode(seed: 0, target: -200)
    episode.steps = [.sample(angle: -1), .sample(angle: 7)]
    let labels = EpisodeFigure(episode).svg.matches(of: />([^<>]*π[^<>]*)</).map { String($0.1) }
    #expect(Set(labels) == ["−π/2", "π/2", "π", "3π/2", "2π", "5π/2"])
  }

  @Test("a sweep: every episode, every mean, the diagonal; any targets in any order")
  func sweep() {
    for targets: [Float] in [[-200, -1600], [5], [0, 1e6, -1e6]] {
      let rows = targets.map { Sweep.Row(target: $0, returns: [-1900, -3, -250]) }
      let svg = SweepFigure(Sweep(seeds: [0, 1, 2], rows: rows)).svg
      expectDrawing(svg, width: 560, height: 560)
      // One more of each in the legend.
      #expect(svg.matches(of: /<circle class="c1 faint mark"/).count == 3 * targets.count + 1)
      #expect(svg.matches(of: /<circle class="c0 mark"/).count == targets.count + 1)
      #expect(svg.matches(of: /<line class="reference"/).count == 2)
      #expect(svg.contains("seeds 0 to 2"))
    }
  }

  @Test("a sweep's episodes lie on their target, on the same line as the mean")
  func episodesOnTarget() {
    let rows = [-1600, -800, -200].map { Sweep.Row(target: $0, returns: [-1900, -3, -250]) }
    let svg = SweepFigure(Sweep(seeds: [0, 1, 2], rows: rows)).svg
    func places(_ kind: String) -> [String] {
      svg.split(separator: "\n").filter { $0.hasPrefix("<circle class=\"\(kind) mark\"") }
        .compactMap { $0.firstMatch(of: /cx="([^"]*)"/).map { String($0.1) } }
    }
    // The last one of each is the legend's.
    let means = places("c0").dropLast()
    #expect(means.count == 3)
    #expect(places("c1 faint").dropLast() == ArraySlice(means.flatMap { [$0, $0, $0] }))
  }
}
