import DecisionTransformer
import Foundation
import Testing

/// Every bound that the documentation of a function states, measured against Foundation in double
/// precision: over all magnitudes, and densely around the places where the formulas change.
@Suite struct VectorMathTests {
  @Test func exponentialIsWithinItsBound() {
    let normal: ClosedRange<Float> = -87.33654...88.72283
    let error = largestError(over: normal, near: [0, 0.3466, -0.3466, -87.3, 88.7]) {
      (VectorMath.exponential($0), exp)
    } measuredBy: {
      unitsInTheLastPlace($0, from: $1)
    }
    #expect(error <= 1.1)
  }

  @Test func exponentialIsExactlyZeroBelowTheNormalNumbers() {
    forEachVector(over: -.infinity ... -87.3366, near: [-87.3367, -88, -103, -104]) { x in
      let result = VectorMath.exponential(x)
      for lane in 0..<16 where x[lane] <= -87.3366 {
        #expect(result[lane].bitPattern == 0)
      }
    }
    // And nowhere is a result denormal.
    forEachVector(over: -87.34 ... -87.33, near: [-87.3365]) { x in
      let result = VectorMath.exponential(x)
      for lane in 0..<16 where !(result[lane].isZero || result[lane].isNormal) {
        Issue.record("exponential(\(x[lane])) is denormal")
      }
    }
    #expect(VectorMath.exponential(Vector(repeating: -.infinity)) == Vector(repeating: 0))
    #expect(VectorMath.exponential(Vector(repeating: -3.4e38)) == Vector(repeating: 0))
  }

  @Test func exponentialIsInfiniteAboveTheFiniteNumbers() {
    // The first number whose exponential is no longer finite, and the one before.
    let limit = Float(128 * log(2.0))
    #expect(VectorMath.exponential(Vector(repeating: limit)) == Vector(repeating: .infinity))
    #expect(VectorMath.exponential(Vector(repeating: limit.nextDown))[0].isFinite)
    #expect(VectorMath.exponential(Vector(repeating: 3.4e38)) == Vector(repeating: .infinity))
    #expect(VectorMath.exponential(Vector(repeating: .infinity)) == Vector(repeating: .infinity))
  }

  @Test func hyperbolicTangentIsWithinItsBound() {
    let error = largestError(over: -.infinity ... .infinity, near: [0.5625, 9.02, -0.5625]) {
      (VectorMath.hyperbolicTangent($0), tanh)
    } measuredBy: {
      unitsInTheLastPlace($0, from: $1)
    }
    #expect(error <= 1.6)
    for x: Float in [0.25, -3, 12, -.infinity, .infinity] {
      #expect(
        VectorMath.hyperbolicTangent(x) == VectorMath.hyperbolicTangent(Vector(repeating: x))[7])
    }
    #expect(VectorMath.hyperbolicTangent(-Float.infinity) == -1)
  }

  @Test func errorFunctionIsWithinItsBound() {
    let error = largestError(over: -.infinity ... .infinity, near: [0.875, 4, -0.875, -4]) {
      (VectorMath.errorFunction($0), erf)
    } measuredBy: {
      unitsInTheLastPlace($0, from: $1)
    }
    #expect(error <= 1.5)
  }

  @Test func oddFunctionsAreOddToTheLastBit() {
    forEachVector(over: 0...(.infinity), near: [0.5625, 0.875]) { x in
      #expect(VectorMath.hyperbolicTangent(-x) == -VectorMath.hyperbolicTangent(x))
      #expect(VectorMath.errorFunction(-x) == -VectorMath.errorFunction(x))
    }
    #expect(VectorMath.hyperbolicTangent(-Float.zero).bitPattern == (-Float.zero).bitPattern)
  }

  @Test func rootsAndReciprocalsAreWithinTheirBounds() {
    let positive: ClosedRange<Float> = .leastNormalMagnitude ... .greatestFiniteMagnitude
    #expect(
      largestError(over: positive, near: [1]) {
        (VectorMath.squareRoot($0), { $0.squareRoot() })
      } measuredBy: {
        unitsInTheLastPlace($0, from: $1)
      } <= 0.5)
    #expect(
      largestError(over: positive, near: [1]) {
        (VectorMath.reciprocalSquareRoot($0), { 1 / $0.squareRoot() })
      } measuredBy: {
        unitsInTheLastPlace($0, from: $1)
      } <= 1.5)
    // The reciprocals of larger numbers are no longer normal.
    #expect(
      largestError(over: 1e-38...8e37, near: [1]) {
        (VectorMath.reciprocal($0), { 1 / $0 })
      } measuredBy: {
        unitsInTheLastPlace($0, from: $1)
      } <= 0.5)
    for x: Float in [0.3, 2, 1e-5, 7e20] {
      #expect(VectorMath.squareRoot(x) == VectorMath.squareRoot(Vector(repeating: x))[3])
      #expect(
        VectorMath.reciprocalSquareRoot(x)
          == VectorMath.reciprocalSquareRoot(Vector(repeating: x))[3])
    }
  }

  @Test func multiplyAddIsWithinItsTwoRoundings() {
    var generator = Numbers(seed: 1)
    for _ in 0..<500 {
      let (a, b, c) = (generator.vector(), generator.vector(), generator.vector())
      let result = VectorMath.multiplyAdd(a, b, c)
      for lane in 0..<16 {
        let product = Double(a[lane]) * Double(b[lane])
        let bound = 0x1p-24 * (abs(product) + abs(product + Double(c[lane]))) * 1.001
        #expect(abs(Double(result[lane]) - (product + Double(c[lane]))) <= bound)
      }
    }
  }

  @Test func reductionsTakeEveryLaneOnce() {
    for lane in 0..<16 {
      var x = Vector(repeating: 0)
      x[lane] = 1
      #expect(VectorMath.sum(of: x) == 1)
      #expect(VectorMath.maximum(of: x) == 1)
      #expect(VectorMath.maximum(of: x - Vector(repeating: 2)) == -1)
    }
    // Powers of two: a lane counted twice or missed changes the sum.
    #expect(VectorMath.sum(of: Vector((0..<16).map { Float(1 << $0) })) == 65535)
    #expect(VectorMath.maximum(of: Vector(repeating: -.infinity)) == -.infinity)
  }

  @Test func sumAddsHalvesOntoEachOther() {
    var generator = Numbers(seed: 2)
    for _ in 0..<100 {
      let x = generator.vector()
      var lanes = (0..<16).map { x[$0] }
      while lanes.count > 1 {
        let half = lanes.count / 2
        lanes = (0..<half).map { lanes[$0] + lanes[$0 + half] }
      }
      #expect(VectorMath.sum(of: x) == lanes[0])
    }
  }
}
