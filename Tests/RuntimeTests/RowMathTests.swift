@testable import DecisionTransformer
import Foundation
import Testing

/// Rows of every length from one number to five vectors, against the formulas in double precision.
@Suite struct RowMathTests {
  private static let counts = 1...80

  @Test func aNormalisedRowHasMeanZeroAndUnitDeviation() {
    for count in Self.counts {
      let values = Self.numbers(count, seed: UInt64(count))
      let (epsilon, x) = (Float(0.01), values.map(Double.init))
      let mean = x.reduce(0, +) / Double(count)
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
      let factor = 1 / (variance + Double(epsilon)).squareRoot()
      for divides in [true, false] {
        let row = Row(values)
        defer { row.deallocate() }
        let result = VectorMath.normalize(
          row.start, row.start, count: count, epsilon: epsilon, divides: divides)
        #expect(abs(Double(result) / factor - 1) < 1e-5, "\(count) numbers")
        for index in 0..<count {
          let expected = (x[index] - mean) * (divides ? factor : 1)
          #expect(abs(Double(row.start[index]) - expected) < 2e-5, "\(count) numbers")
        }
        #expect(row.isZero(from: count), "\(count) numbers")
      }
    }
  }

  @Test func probabilitiesArePositiveFromTheFirstToTheLastKeyAndSumToOne() {
    for count in stride(from: 16, through: 80, by: 16) {
      for lastKey in 0..<count {
        let values = Self.numbers(count, seed: UInt64(count + lastKey))
        let (row, firstKey) = (Row(values), lastKey * 7 % (lastKey + 1))
        defer { row.deallocate() }
        VectorMath.softmax(row.start, count: count, firstKey: firstKey, lastKey: lastKey)
        let powers = values.indices.map {
          firstKey...lastKey ~= $0 ? exp(Double(values[$0])) : 0
        }
        let total = powers.reduce(0, +)
        for (index, power) in powers.enumerated() {
          #expect(abs(Double(row.start[index]) - power / total) < 1e-6)
        }
        #expect((0..<firstKey).allSatisfy { row.start[$0] == 0 }, "\(firstKey)")
        #expect(row.isZero(from: lastKey + 1), "\(lastKey) of \(count)")
      }
    }
  }

  @Test func scoresAreProductsOfQueriesAndKeyRows() {
    for count in 4...21 {
      for (depth, gap) in [(16, 0), (48, 16), (128, 128)] {
        let stride = depth + gap
        let (q, k) = (Self.numbers(2 * stride, seed: 3), Self.numbers(count * stride, seed: 4))
        let untouched: Float = 99
        let (queries, keys) = (Row(q), Row(k))
        let scores = Row(Array(repeating: untouched, count: 64))
        defer { for row in [queries, keys, scores] { row.deallocate() } }
        for rows in [1, 2] {
          VectorMath.scores(
            queries.start, stride: stride, rows: rows, keys.start, stride: stride, count: count,
            depth: depth, scores.start, stride: 32)
          for row in 0..<2 {
            for key in 0..<32 {
              let score = scores.start[row * 32 + key]
              guard row < rows, key < count else {
                #expect(score == untouched)
                continue
              }
              let expected = (0..<depth).reduce(0) {
                $0 + Double(q[row * stride + $1]) * Double(k[key * stride + $1])
              }
              #expect(abs(Double(score) - expected) < 1e-3, "\(rows) rows, \(count) keys")
            }
          }
        }
      }
    }
  }

  /// The others than this build's run on other processors, or in builds with other flags.
  @Test func everyFormGivesTheSameScores() {
    typealias Form = (Floats, Floats, Int, Int, Int, Floats) -> Void
    let forms: [(String, Form)] = [
      ("one", VectorMath.scoresOfOne), ("by two", VectorMath.scoresByTwo),
      ("by quarters", VectorMath.scoresByQuarters),
      ("two", { VectorMath.scoresOfTwo($0, $0, $1, $2, $3, $4, $5, $5 + 32) }),
    ]
    for count in 4...21 {
      for (depth, stride) in [(16, 16), (48, 64)] {
        let (q, k) = (Self.numbers(depth, seed: 5), Self.numbers(count * stride, seed: 6))
        let (query, keys) = (Row(q), Row(k))
        defer { for row in [query, keys] { row.deallocate() } }
        for (name, form) in forms {
          let scores = Row(Array(repeating: Float(99), count: 64))
          defer { scores.deallocate() }
          form(query.start, keys.start, stride, count, depth, scores.start)
          for key in 0..<count {
            let expected = (0..<depth).reduce(0) {
              $0 + Double(q[$1]) * Double(k[key * stride + $1])
            }
            #expect(abs(Double(scores.start[key]) - expected) < 1e-3, "\(name), \(count) keys")
          }
          #expect((count..<32).allSatisfy { scores.start[$0] == 99 }, "\(name), \(count) keys")
        }
      }
    }
  }

  @Test func aMaskHidesKeysAndARowThatSeesNothingIsZero() {
    let values = Self.numbers(32, seed: 1)
    for first in 0...8 {
      let (row, mask) = (
        Row(values),
        Row((0..<32).map { $0 < first ? VectorMath.hiddenScore : 0 })
      )
      defer { for row in [row, mask] { row.deallocate() } }
      VectorMath.softmax(row.start, count: 32, lastKey: 7, mask: mask.start)
      let total = (0..<32).reduce(Float(0)) { $0 + row.start[$1] }
      #expect(abs(total - (first == 8 ? 0 : 1)) < 1e-6)
      #expect((0..<first).allSatisfy { row.start[$0] == 0 })
      #expect(row.isZero(from: 8))
    }
  }

  @Test func rowsAreScaledAndMoved() {
    let values = Self.numbers(64, seed: 2)
    let (row, result) = (Row(values), Row(values))
    defer { for row in [row, result] { row.deallocate() } }
    VectorMath.scale(row.start, by: -2, result.start, count: 48)
    for index in 0..<64 {
      #expect(result.start[index] == (index < 48 ? -2 * values[index] : values[index]))
    }
    VectorMath.move(row.start, by: 16, count: 48)
    for index in 0..<48 { #expect(row.start[index] == values[index + 16]) }
  }

  /// Numbers from -3 to 3.
  private static func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24) * 6 - 3
    }
  }

  /// Numbers at a multiple of 64 bytes, with zeros up to whole vectors.
  private struct Row {
    let memory: UnsafeMutableRawPointer
    let start: Floats
    let stride: Int

    init(_ values: [Float]) {
      stride = (values.count + 15) / 16 * 16
      memory = .allocate(byteCount: 4 * stride, alignment: 64)
      let numbers = memory.bindMemory(to: Float.self, capacity: stride)
      numbers.initialize(repeating: 0, count: stride)
      start = Floats(numbers)
      for (index, value) in values.enumerated() { start[index] = value }
    }

    func isZero(from index: Int) -> Bool { (index..<stride).allSatisfy { start[$0] == 0 } }

    func deallocate() { memory.deallocate() }
  }
}
