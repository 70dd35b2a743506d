import Testing

@testable import Programs

@Suite struct AxisTests {
  @Test(
    "covers its values with few round marks",
    arguments: [
      (-1946.0, 0.0), (0, 10), (0, 0.001), (-3, 3), (5, 5), (0, 0), (-1e6, 1e6), (0.3, 0.9),
      (1e9, 1e9 + 1),
    ] as [(Double, Double)])
  func covering(low: Double, high: Double) throws {
    for count in 3...10 {
      let axis = Axis("", covering: low...high, atMost: count)
      // Up to rounding: a mark at 0.3 is three times 0.1.
      let rounding = 1e-9 * max(1, high - low)
      #expect(axis.range.lowerBound <= low + rounding && axis.range.upperBound >= high - rounding)
      #expect(axis.ticks.count <= count && axis.ticks.count >= 2)
      #expect(axis.ticks.first?.value == axis.range.lowerBound)
      #expect(axis.ticks.last?.value == axis.range.upperBound)
      // Marks that look the same would be marks without a meaning.
      #expect(Set(axis.ticks.map(\.label)).count == axis.ticks.count)
    }
  }

  @Test func marksAreWhereTheyAreExpected() {
    let axis = Axis("", covering: -1946...0)
    #expect(axis.ticks.map(\.label) == ["−2000", "−1500", "−1000", "−500", "0"])
  }

  @Test(
    "of times has marks at 1, 2 and 5, each with its unit",
    arguments: [
      (1, 2, ["10 µs", "20 µs", "50 µs", "100 µs"]),
      (-1, 0, ["0.1 µs", "0.2 µs", "0.5 µs", "1 µs"]),
      (2, 4, ["100 µs", "200 µs", "500 µs", "1 ms", "2 ms", "5 ms", "10 ms"]),
      (1, 6, ["10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"]),
    ] as [(Double, Double, [String])])
  func times(low: Double, high: Double, labels: [String]) {
    let axis = Axis("time", microseconds: low...high)
    #expect(axis.ticks.map(\.label) == labels)
    #expect(axis.ticks.first?.value == low && axis.ticks.last?.value == high)
    #expect(zip(axis.ticks, axis.ticks.dropFirst()).allSatisfy { $0.value < $1.value })
  }

  @Test func aLabelHasATypographersMinusAndNoMinusBeforeZero() {
    #expect(Axis.label(-1.25, digits: 1) == "−1.2")
    #expect(Axis.label(-0.04, digits: 1) == "0.0")
    #expect(Axis.label(12) == "12")
  }
}
