import DecisionTransformer
import Foundation
import Testing

/// Choices among numbered actions, against the formulas in double precision: one action to five vectors of them.
@Suite struct ActionChoiceTests {
  private static let counts = 1...80

  /// `values` in memory that holds a multiple of 16, and as much behind it.
  private static func withRow<Result>(
    _ values: [Float], _ body: (_ row: Floats, _ scratch: Floats) -> Result
  ) -> Result {
    let size = (values.count + 15) / 16 * 16
    let memory = AlignedMemory(byteCount: 8 * size)
    let row = memory.floats
    for index in 0..<2 * size { row[index] = index < values.count ? values[index] : -777 }
    return body(row, row + size)
  }

  private static func logits(_ count: Int, _ random: inout SystemRandomNumberGenerator) -> [Float] {
    (0..<count).map { _ in .random(in: -9...9, using: &random) }
  }

  @Test func theLargestLogitIsChosenAndOfEqualOnesTheFirst() {
    var random = SystemRandomNumberGenerator()
    for count in Self.counts {
      // Few different numbers: there are equal ones.
      let values = (0..<count).map { _ in
        [-1.5, -0.0, 0, 2, 2.5].randomElement(using: &random)! as Float
      }
      let expected = values.firstIndex(of: values.max()!)!
      let found = Self.withRow(values) { row, _ in ActionChoice.largest(of: row, count: count) }
      #expect(found == expected, "\(values)")
    }
  }

  /// Zeros of both signs are equal, and their difference has a sign.
  @Test func zerosAreEqualWhateverTheirSigns() {
    for values: [Float] in [[-0.0, 0], [0, -0.0], [-1.5, -0.0, 0, 0, 0], [-0.0, -0.0, 0]] {
      let expected = values.firstIndex(of: 0)!
      let found = Self.withRow(values) { row, _ in
        ActionChoice.largest(of: row, count: values.count)
      }
      #expect(found == expected, "\(values)")
    }
  }

  @Test func aNumberDrawsTheActionInWhosePartOfTheUnitIntervalItLies() {
    var random = SystemRandomNumberGenerator()
    for count in Self.counts {
      let values = Self.logits(count, &random)
      let temperature = Float.random(in: 0.2...4, using: &random)
      let powers = values.map { exp(Double($0) / Double(temperature)) }
      let total = powers.reduce(0, +)
      var start = 0.0
      for (number, power) in powers.enumerated() {
        let end = start + power / total
        let middle = Float((start + end) / 2)
        // Where the part is as wide as float32's rounding, its neighbours may have it.
        if end - start > 1e-5, middle < 1 {
          let found = Self.withRow(values) { row, scratch in
            ActionChoice.drawn(
              from: row, count: count, uniform: middle, temperature: temperature, powers: scratch)
          }
          #expect(found == number, "\(count) actions, \(middle)")
        }
        start = end
      }
    }
  }

  @Test func everyNumberDrawsAnAction() {
    let edges: [Float] = [0, .leastNonzeroMagnitude, 0.5, 1 - 0x1p-24]
    for values: [Float] in [[3], [0, -200], [-200, 0], [1e30, -1e30, 1e30], [-3e38, 3e38]] {
      for uniform in edges {
        for temperature: Float in [1e-30, 1, 1e30] {
          let number = Self.withRow(values) { row, scratch in
            ActionChoice.drawn(
              from: row, count: values.count, uniform: uniform, temperature: temperature,
              powers: scratch)
          }
          #expect(values.indices.contains(number), "\(values), \(uniform), \(temperature)")
        }
      }
    }
    // What has no probability is not drawn.
    let first = Self.withRow([-200, 0]) { row, scratch in
      ActionChoice.drawn(from: row, count: 2, uniform: 0, temperature: 1, powers: scratch)
    }
    #expect(first == 1)
  }

  @Test func onlyNumbersFromZeroUpToBelowOneAreUniform() {
    for number: Float in [0, -0.0, .leastNonzeroMagnitude, 0.25, 1 - 0x1p-24] {
      #expect(ActionChoice.isUniform(number), "\(number)")
    }
    for number: Float in [
      1, 1 + 0x1p-23, 7, .infinity, -.infinity, .nan, -.leastNonzeroMagnitude, -0.5,
    ] {
      #expect(!ActionChoice.isUniform(number), "\(number)")
    }
  }

  @Test func theMarkedActionIsOneAndTheOthersAreZero() {
    for count in Self.counts {
      for number in [0, count / 2, count - 1] {
        let row = Self.withRow(Array(repeating: 5, count: count)) { row, _ in
          ActionChoice.mark(number, in: row, count: count)
          return (0..<count).map { row[$0] }
        }
        #expect(row == (0..<count).map { $0 == number ? 1 : 0 })
      }
    }
  }
}
