import Foundation
import Programs
import Testing

@testable import pendulum

@Suite("The view in a terminal")
struct LiveViewTests {
  private func lines(
    columns: Int, rows: Int, steps: Int = 50, angle: Double = 1
  ) -> [StyledLine] {
    var episode = Episode(seed: 0, target: -200)
    episode.steps = Array(repeating: .sample(angle: angle), count: steps)
    let size = Screen.Size(columns: columns, rows: rows)
    return LiveView(episode: episode, index: 0, lateStarts: 2, size: size).lines
  }

  private func text(_ lines: [StyledLine]) -> [String] {
    lines.map { $0.text(columns: .max, isColored: false) }
  }

  @Test("says everything that a controller's user wants to see")
  func contents() {
    let all = text(lines(columns: 80, rows: 24)).joined(separator: "\n")
    for word in ["57.3°", "-2.0 rad/s", "0.5 N m", "-50.0", "-150.0  of -200", "3.0 µs", "30.0 µs"]
    {
      #expect(all.contains(word), "\(word)")
    }
    #expect(all.contains("2.5 s"))
    #expect(all.contains("2   steps"))
  }

  @Test(
    "fits where there is room for it",
    arguments: [(80, 24), (200, 60), (58, 13), (57, 24), (120, 11), (60, 24), (40, 11)])
  func fits(columns: Int, rows: Int) {
    let lines = lines(columns: columns, rows: rows)
    #expect(lines.count <= rows)
    // The first line is a title, which may be cut.
    #expect(lines.dropFirst().map(\.width).max()! < columns)
  }

  @Test("is cut, and nothing worse, in any smaller window, at any time")
  func anySize() {
    for columns in stride(from: 0, through: 70, by: 7) {
      for rows in stride(from: 0, through: 30, by: 3) {
        for steps in [0, 1, 200] {
          for line in lines(columns: columns, rows: rows, steps: steps) {
            #expect(line.text(columns: columns, isColored: false).count <= columns)
          }
        }
      }
    }
  }

  @Test("has no escape sequence without colour, and ends each with colour")
  func colours() {
    for line in lines(columns: 80, rows: 24) {
      #expect(!line.text(columns: 79, isColored: false).contains("\u{1B}"))
      for columns in [5, 40, 79] {
        let colored = line.text(columns: columns, isColored: true)
        let sequences = colored.matches(of: /\x1B\[(\d+)m/).map { $0.1 }
        #expect(sequences.filter { $0 == "0" }.count * 2 == sequences.count)
        #expect(
          colored.replacing(/\x1B\[\d+m/, with: "")
            == line.text(columns: columns, isColored: false))
      }
    }
  }

  @Test("draws the pendulum where it is: up, to the left, down, to the right")
  func picture() throws {
    // Where the most dots are, from the picture's middle, as columns and rows.
    func lean(_ angle: Double) -> (x: Double, y: Double) {
      let dots = text(lines(columns: 100, rows: 24, angle: angle)).dropFirst(2).enumerated()
        .flatMap { row, line in
          line.prefix(41).unicodeScalars.enumerated().flatMap { column, scalar in
            (0x2801...0x28FF).contains(scalar.value)
              ? Array(
                repeating: (Double(column) - 20, Double(row) - 9.5),
                count: (scalar.value - 0x2800).nonzeroBitCount) : []
          }
        }
      let count = Double(dots.count)
      return (dots.map(\.0).reduce(0, +) / count, dots.map(\.1).reduce(0, +) / count)
    }
    #expect(lean(0).y < -3 && abs(lean(0).x) < 1)
    #expect(lean(.pi / 2).x < -6 && abs(lean(.pi / 2).y) < 1)
    #expect(lean(.pi).y > 3 && abs(lean(.pi).x) < 1)
    #expect(lean(-.pi / 2).x > 6 && abs(lean(-.pi / 2).y) < 1)
  }
}
