import DecisionTransformer
import Testing

/// That this compiles, in debug and in release builds, is the test: the compiler refuses a call that
/// may allocate or take a lock. Generated code calls all of this from functions annotated so.
@_noAllocation @_noLocks
private func everything(
  _ x: Vector, _ memory: borrowing AlignedMemory
) throws(StepError) -> Float {
  let unary = exponential(x) + hyperbolicTangent(x) + errorFunction(x) + squareRoot(x)
  let inverse = reciprocal(x) + reciprocalSquareRoot(x)
  let activated =
    rectified(x) + sigmoidLinear(x) + gaussianErrorLinear(x) + gaussianErrorLinearTanh(x)
  let vector = multiplyAdd(unary, inverse, maximum(activated, x))
  let scalar = hyperbolicTangent(x[0]) + squareRoot(x[1]) + reciprocalSquareRoot(x[2])
  let result = scalar + sum(of: vector) + maximum(of: vector)
  memory.base.storeBytes(of: result, as: Float.self)
  guard result.isFinite else { throw .nonFiniteAction(index: 0) }
  return result
}

@Test func everythingGeneratedCodeCallsIsFreeOfAllocationsAndLocks() throws {
  let memory = AlignedMemory(byteCount: 64)
  #expect(try everything(Vector(repeating: 1), memory) == memory.base.load(as: Float.self))
  #expect(throws: StepError.nonFiniteAction(index: 0)) {
    try everything(Vector(repeating: 0), memory)
  }
}
