import DecisionTransformer
import Foundation

#if DEBUG
  /// Distance of the sampled numbers, counted in representable numbers. A prime: all low bits occur.
  private let stride: UInt32 = 8_009
  private let neighbors: Int32 = 2_000
#else
  private let stride: UInt32 = 1_009
  private let neighbors: Int32 = 20_000
#endif

/// Calls `body` with numbers of `range`: every 8,009th that a Float can be (every 1,009th in release
/// builds), the ends, and the nearest 2,000 (20,000) on each side of the numbers in `near`.
/// A vector's spare lanes repeat the range's first number.
func forEachVector(over range: ClosedRange<Float>, near: [Float], _ body: (Vector) -> Void) {
  var x = Vector(repeating: range.lowerBound)
  var filled = 1
  func add(_ number: Float) {
    guard range.contains(number) else { return }
    x[filled] = number
    filled += 1
    if filled == 16 {
      body(x)
      x = Vector(repeating: range.lowerBound)
      filled = 0
    }
  }
  add(range.upperBound)
  for magnitude in Swift.stride(from: 0, through: Float.infinity.bitPattern, by: Int(stride)) {
    add(Float(bitPattern: magnitude))
    add(-Float(bitPattern: magnitude))
  }
  for center in near {
    for offset in -neighbors...neighbors {
      let bits = Int32(bitPattern: center.magnitude.bitPattern) + offset
      guard bits >= 0 else { continue }
      let magnitude = Float(bitPattern: UInt32(bits))
      add(center < 0 ? -magnitude : magnitude)
    }
  }
  body(x)
}

/// The largest error of a function over the numbers of `forEachVector`; infinite where the result is
/// not a number. `evaluate` returns the results and the exact function.
func largestError(
  over range: ClosedRange<Float>, near: [Float],
  evaluate: (Vector) -> (results: Vector, exact: (Double) -> Double),
  measuredBy error: (Float, Double, Float) -> Double
) -> Double {
  var largest = 0.0
  forEachVector(over: range, near: near) { x in
    let (results, exact) = evaluate(x)
    for lane in 0..<16 {
      let error = error(results[lane], exact(Double(x[lane])), x[lane])
      largest = error.isNaN ? .infinity : max(largest, error)
    }
  }
  return largest
}

func largestError(
  over range: ClosedRange<Float>, near: [Float],
  evaluate: (Vector) -> (results: Vector, exact: (Double) -> Double),
  measuredBy error: (Float, Double) -> Double
) -> Double {
  largestError(over: range, near: near, evaluate: evaluate) { result, exact, _ in
    error(result, exact)
  }
}

/// |result − exact| in units of the spacing of floats at `exact`.
func unitsInTheLastPlace(_ result: Float, from exact: Double) -> Double {
  // Below the normal numbers the spacing stays the same.
  let exponent = max(exact.magnitude.binade.exponent, -126)
  return abs(Double(result) - exact)
    / Double(sign: .plus, exponent: Int(exponent) - 23, significand: 1)
}

/// A reproducible sequence of numbers between -2 and 2.
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func word() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ state >> 29) &* 0xbf58_476d_1ce4_e5b9
  }

  mutating func vector() -> Vector {
    Vector((0..<16).map { _ in Float(Int32(truncatingIfNeeded: word() >> 32)) * 0x1p-30 })
  }
}
