import DecisionTransformer
import Foundation
import Testing

/// The rest of Hugging Face's activation functions, against their formulas in double precision.
@Suite struct FurtherActivationTests {
  struct Function: Sendable, CustomTestStringConvertible {
    var name: String
    var function: @Sendable (Vector) -> Vector
    var exact: @Sendable (Double) -> Double
    /// Where it changes its form, or its approximation does.
    var near: [Float]
    var bound = 1.5e-7
    var testDescription: String { name }
  }

  private static func gelu(_ x: Double) -> Double { x / 2 * erfc(-x / 2.squareRoot()) }
  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  /// Those that are off by at most 1.5e-7 · max(1, |x|), or their own bound.
  static let smooth = [
    Function(
      name: "hardSigmoidLinear", function: { VectorMath.hardSigmoidLinear($0) },
      exact: { $0 * min(max($0 + 3, 0), 6) / 6 }, near: [0, 3, -3]),
    Function(
      name: "gaussianErrorLinearSigmoid", function: { VectorMath.gaussianErrorLinearSigmoid($0) },
      exact: { $0 / (1 + exp(-1.702 * $0)) }, near: [0, 1, -1, 10, -10, -51.3, -52.2]),
    Function(
      name: "clippedGaussianErrorLinear", function: { VectorMath.clippedGaussianErrorLinear($0) },
      exact: { min(max(gelu($0), -10), 10) }, near: [0, 1.2, 2.07, -2.07, 10, -10]),
    Function(
      name: "gaussianErrorLinearTanh, as gelu_fast",
      function: { VectorMath.gaussianErrorLinearTanh($0) },
      exact: { $0 / (1 + exp(-2 * 0.7978845608 * $0 * (1 + 0.044715 * $0 * $0))) },
      near: [0, 2.07, -2.07, 8, -8]),
    Function(
      name: "mish", function: { VectorMath.mish($0) }, exact: { $0 * tanh(softplus($0)) },
      near: [0, 1, -1, -5, 20, -20, -87.33], bound: 2e-7),
  ]

  /// Those that are off by at most 1.5e-7, wherever.
  static let bounded = [
    Function(
      name: "sigmoid", function: { VectorMath.sigmoid($0) }, exact: { 1 / (1 + exp(-$0)) },
      near: [0, 1, -1, 20, -20, -87.33]),
    Function(
      name: "laplace", function: { VectorMath.laplace($0) },
      exact: { erfc(-($0 - 0.707107) / (0.282095 * 2.0.squareRoot())) / 2 },
      near: [0, 0.35, 0.707107, 1.06, 2.3, -0.88]),
  ]

  private let finite: ClosedRange<Float> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude

  @Test(arguments: smooth)
  func smoothFunctionsAreWithinTheirBound(tested: Function) {
    let error = largestError(over: finite, near: tested.near) {
      (tested.function($0), tested.exact)
    } measuredBy: { result, exact, x in
      abs(Double(result) - exact) / max(1, abs(Double(x)))
    }
    #expect(error <= tested.bound)
  }

  @Test(arguments: bounded)
  func boundedFunctionsAreWithinTheirBound(tested: Function) {
    let error = largestError(over: finite, near: tested.near) {
      (tested.function($0), tested.exact)
    } measuredBy: { result, exact in
      abs(Double(result) - exact)
    }
    #expect(error <= 1.5e-7)
  }

  /// Small results keep their digits, down to the smallest normal number.
  @Test func ratiosAreWithinTheirUnits() {
    let sigmoid = largestError(over: -87.3365...100, near: [0, 1, -1, -20]) { x in
      (VectorMath.sigmoid(x), { 1 / (1 + exp(-$0)) })
    } measuredBy: {
      unitsInTheLastPlace($0, from: $1)
    }
    #expect(sigmoid <= 4)
    let softplus = largestError(over: -87.3365...3e38, near: [0, 1, -1, -20, 20, 0.54]) { x in
      (VectorMath.squareRootSoftplus(x), { Self.softplus($0).squareRoot() })
    } measuredBy: {
      unitsInTheLastPlace($0, from: $1)
    }
    #expect(softplus <= 3)
    for x: Float in [-87.34, -100, -1e38, -.infinity] {
      #expect(VectorMath.sigmoid(Vector(repeating: x)) == Vector(repeating: 0))
      #expect(VectorMath.squareRootSoftplus(Vector(repeating: x)) == Vector(repeating: 0))
    }
    let infinite = Vector(repeating: .infinity)
    #expect(VectorMath.sigmoid(infinite) == Vector(repeating: 1))
    #expect(VectorMath.squareRootSoftplus(infinite) == infinite)
  }

  @Test func straightFunctionsAreExactOrRoundedOnce() {
    forEachVector(over: finite, near: [0, 6, 1e-19, 1.8e19]) { x in
      let (identity, clipped) = (VectorMath.identity(x), VectorMath.clippedRectified(x))
      let (squared, leaky) = (VectorMath.squaredRectified(x), VectorMath.leakyRectified(x))
      for lane in 0..<16 {
        let exact = Double(x[lane])
        #expect(identity[lane] == x[lane])
        #expect(clipped[lane] == min(max(x[lane], 0), 6))
        #expect(squared[lane] == max(x[lane], 0) * max(x[lane], 0))
        let expected = exact < 0 ? 0.01 * exact : exact
        #expect(unitsInTheLastPlace(leaky[lane], from: expected) <= 1)
      }
    }
  }

  /// Far from zero they are x, 1 or their bound, or else zero, to the last bit.
  @Test(arguments: [Float(25), 1e3, 1e13, 1e30, .greatestFiniteMagnitude])
  func whatIsFarFromZero(x: Float) {
    func expect(_ function: (Vector) -> Vector, _ above: Float, atMost below: Float) {
      #expect(function(Vector(repeating: x)) == Vector(repeating: above))
      #expect(abs(function(Vector(repeating: -x))[0]) <= below)
    }
    expect(VectorMath.hardSigmoidLinear, x, atMost: 0)
    expect(VectorMath.gaussianErrorLinearSigmoid, x, atMost: 5e-8)
    expect(VectorMath.mish, x, atMost: 5e-10)
    expect(VectorMath.clippedGaussianErrorLinear, 10, atMost: 5e-8)
    expect(VectorMath.laplace, 1, atMost: 0)
    expect(VectorMath.sigmoid, 1, atMost: 2e-11)
  }

  @Test func whatIsNotANumberStaysSo() {
    let functions: [(Vector) -> Vector] =
      (Self.smooth + Self.bounded).map(\.function) + [
        { VectorMath.identity($0) }, { VectorMath.clippedRectified($0) },
        { VectorMath.squaredRectified($0) }, { VectorMath.leakyRectified($0) },
        { VectorMath.squareRootSoftplus($0) },
      ]
    for payload: UInt32 in [0x7fc0_0000, 0xffc0_0000, 0x7fff_ffff, 0xffff_ffff, 0x7fc0_00ff] {
      for (index, function) in functions.enumerated() {
        var x = Vector(repeating: 0.5)
        x[5] = Float(bitPattern: payload)
        let result = function(x)
        #expect(result[5].isNaN, "function \(index)")
        #expect(result[4].isFinite && result[4] == result[6], "function \(index)")
      }
    }
  }
}
