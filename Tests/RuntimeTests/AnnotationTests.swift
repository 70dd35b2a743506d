import DecisionTransformer
import Testing

@_noAllocation @_noLocks
private func everything(_ x: Vector) -> Vector {
  let y = multiplyAdd(exponential(x), hyperbolicTangent(x), errorFunction(x))
  let z = squareRoot(y) + reciprocal(y) + reciprocalSquareRoot(y) + maximum(x, y)
  let scalar = squareRoot(y[0]) + reciprocalSquareRoot(y[1]) + hyperbolicTangent(y[2])
  let a = rectified(z) + sigmoidLinear(z) + gaussianErrorLinear(z) + gaussianErrorLinearTanh(z)
  return a + Vector(repeating: sum(of: z) + maximum(of: z) + scalar)
}
@Test func annotated() {
  #expect(everything(.one)[0] > 0)
}
