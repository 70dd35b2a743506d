import DecisionTransformer
import Foundation
import Testing

@Suite struct ActivationTests {
  typealias Smooth = (
    name: String, function: @Sendable (Vector) -> Vector, exact: @Sendable (Double) -> Double
  )

  /// The activations and their exact values, as the field defines them.
  static let smooth: [Smooth] = [
    ("sigmoidLinear", { VectorMath.sigmoidLinear($0) }, { $0 / (1 + exp(-$0)) }),
    (
      "gaussianErrorLinear", { VectorMath.gaussianErrorLinear($0) },
      { $0 / 2 * erfc(-$0 / 2.squareRoot()) }
    ),
    (
      "gaussianErrorLinearTanh", { VectorMath.gaussianErrorLinearTanh($0) },
      { x in
        // x/2 · (1 + tanh u), without the cancellation of 1 + tanh u.
        x / (1 + exp(-2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
      }
    ),
  ]

  @Test(arguments: smooth.indices)
  func smoothActivationsAreWithinTheirBound(index: Int) {
    let (name, function, exact) = Self.smooth[index]
    let finite: ClosedRange<Float> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
    let error = largestError(over: finite, near: [0, 1.2, 2.07, -2.07, 8, -8, -13, -87.4, -88.8]) {
      (function($0), exact)
    } measuredBy: { result, exact, x in
      abs(Double(result) - exact) / max(1, abs(Double(x)))
    }
    #expect(error <= 1.5e-7, "\(name)")
  }

  @Test func rectifiedIsExact() {
    forEachVector(over: -.infinity ... .infinity, near: [0]) { x in
      let result = VectorMath.rectified(x)
      for lane in 0..<16 {
        #expect(result[lane] == max(x[lane], 0))
      }
    }
  }

  /// Far from zero the functions are x or 0, to the last bit, up to the largest finite number.
  @Test(arguments: [Float(20), 1e3, 1e13, 1e30, .greatestFiniteMagnitude])
  func activationsAreTheIdentityOrZeroFarFromZero(x: Float) {
    for function in Self.smooth.map(\.function) + [{ VectorMath.rectified($0) }] {
      #expect(function(Vector(repeating: x)) == Vector(repeating: x))
      #expect(abs(function(Vector(repeating: -x))[0]) <= 5e-8)
    }
    #expect(VectorMath.sigmoidLinear(Vector(repeating: .infinity)) == Vector(repeating: .infinity))
  }

  @Test func whatIsNotANumberStaysSo() {
    let unary: [(Vector) -> Vector] = [
      { VectorMath.exponential($0) }, { VectorMath.hyperbolicTangent($0) },
      { VectorMath.errorFunction($0) }, { VectorMath.squareRoot($0) },
      { VectorMath.reciprocal($0) }, { VectorMath.reciprocalSquareRoot($0) },
      { VectorMath.rectified($0) }, { VectorMath.sigmoidLinear($0) },
      { VectorMath.gaussianErrorLinear($0) }, { VectorMath.gaussianErrorLinearTanh($0) },
    ]
    // The quiet ones, with either sign and any payload: arithmetic on bits must not lose them.
    for payload: UInt32 in [0x7fc0_0000, 0xffc0_0000, 0x7fff_ffff, 0xffff_ffff, 0x7fc0_00ff] {
      for (index, function) in unary.enumerated() {
        var x = Vector(repeating: 0.5)
        x[5] = Float(bitPattern: payload)
        let result = function(x)
        #expect(result[5].isNaN, "function \(index)")
        #expect(result[4].isFinite && result[4] == result[6], "function \(index)")
      }
    }
  }
}
