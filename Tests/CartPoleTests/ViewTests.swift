import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import cartpole

@Suite("What cartpole draws")
struct ViewTests {
  /// Every number that says where something is.
  private func places(_ svg: String) -> [(axis: Substring, value: Double)] {
    svg.matches(of: /\b(x|y|x1|x2|y1|y2)="([^"]*)"/).map { ($0.1, Double($0.2) ?? .nan) }
  }

  @Test(
    "the figure: an episode of any length, fallen or not",
    arguments: [(1, 0.0), (2, 0.15), (9, -0.03), (500, 0.0001)])
  func figure(steps: Int, lean: Double) {
    let probabilities = (0..<steps).map { Double($0 % 11) / 10 }
    let svg = EpisodeFigure(.sample(probabilities: probabilities, lean: lean)).svg
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    #expect(svg.contains("prefers-color-scheme: dark"))
    for (axis, value) in places(svg) {
      #expect((0...(axis.contains("x") ? 900.0 : 552)).contains(value), "\(axis) \(value)")
    }
    let curves = svg.matches(of: /points="([^"]*)"/).map { $0.1.split(separator: " ").count }
    // The states on both sides of each action; each probability is held for a step.
    #expect(curves == [steps + 1, steps + 1, 2 * steps])
    for text in ["time (s)", "position (m)", "angle (°)", "P(push right)", "target", "seed 5"] {
      #expect(svg.contains(text == "target" ? "asked for a return of 60" : text))
    }
    // Even odds; and the angle's limit, where the pole came so far.
    let limits = abs(lean) * Double(steps) > CartPoleEnvironment.angleLimit ? 1 : 0
    #expect(svg.matches(of: /<line class="reference"/).count == 1 + limits)
  }

  @Test("the view says everything that a controller's user wants to see")
  func contents() {
    let lines = LiveView(.sample(probabilities: [0.5, 0.25, 0.7], lean: 0.01)).lines
    let all = lines.joined(separator: "\n")
    for text in [
      "seed 5", "-0.10 m", "1.7°", "3 of 60", "70 %  pushed to the right", "3.0 µs",
      "median 2.0, at most 3.0",
    ] {
      #expect(all.contains(text), "\(text)")
    }
    #expect(lines.allSatisfy { $0.count < 80 && !$0.contains("\u{1B}") })
  }

  @Test("the view has as many lines in every step, wherever the cart is")
  func height() {
    var episode = Episode.sample(probabilities: [0.5])
    let count = LiveView(episode).lines.count
    #expect(count < 24)
    for numbers in [[-2.5, 0, 0.3, 0], [2.5, 0, -0.3, 0], [0, 0, 0, 0]] {
      episode.state = CartPoleEnvironment(numbers)
      #expect(LiveView(episode).lines.count == count)
    }
  }

  @Test("the picture shows the pole where it is: over the cart, to the left, to the right")
  func picture() {
    // The middle of the dots above the cart, in columns from the left.
    func middle(position: Double, angle: Double) -> Double {
      var episode = Episode.sample(probabilities: [0.5])
      episode.state = CartPoleEnvironment([position, 0, angle, 0])
      let columns = LiveView(episode).lines[1..<6].flatMap { line in
        line.unicodeScalars.enumerated().flatMap { column, scalar in
          (0x2801...0x28FF).contains(scalar.value)
            ? Array(repeating: Double(column), count: (scalar.value - 0x2800).nonzeroBitCount) : []
        }
      }
      return columns.reduce(0, +) / Double(columns.count)
    }
    let upright = middle(position: 0, angle: 0)
    #expect(abs(upright - 27) < 1)
    #expect(middle(position: 0, angle: 0.2) > upright + 0.5)
    #expect(middle(position: 0, angle: -0.2) < upright - 0.5)
    // Ten columns a metre.
    #expect(abs(middle(position: 2, angle: 0) - upright - 20) < 0.2)
    #expect(abs(middle(position: -2, angle: 0) - upright + 20) < 0.2)
  }
}
