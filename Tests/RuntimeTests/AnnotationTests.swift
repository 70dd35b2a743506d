import DecisionTransformer
import Testing

/// That this compiles, in debug and in release builds, is the test: the compiler refuses a call that
/// may allocate or take a lock. Generated code calls all of this from functions annotated so.
@_noAllocation @_noLocks
private func everything(
  _ x: Vector, _ memory: borrowing AlignedMemory
) throws(StepError) -> Float {
  let unary =
    VectorMath.exponential(x) + VectorMath.hyperbolicTangent(x) + VectorMath.errorFunction(x)
    + VectorMath.squareRoot(x)
  let inverse = VectorMath.reciprocal(x) + VectorMath.reciprocalSquareRoot(x)
  let activated =
    VectorMath.rectified(x) + VectorMath.sigmoidLinear(x) + VectorMath.gaussianErrorLinear(x)
    + VectorMath.gaussianErrorLinearTanh(x)
  let vector = VectorMath.multiplyAdd(unary, inverse, VectorMath.maximum(activated, x))
  let scalar =
    VectorMath.hyperbolicTangent(x[0]) + VectorMath.squareRoot(x[1])
    + VectorMath.reciprocalSquareRoot(x[2])
  let result = scalar + VectorMath.sum(of: vector) + VectorMath.maximum(of: vector)
  memory.base.storeBytes(of: result, as: Float.self)
  guard result.isFinite, VectorMath.level >= 0 else { throw .nonFiniteAction(index: 0) }
  return result
}

@Test func everythingGeneratedCodeCallsIsFreeOfAllocationsAndLocks() throws {
  let memory = AlignedMemory(byteCount: 64)
  #expect(try everything(Vector(repeating: 1), memory) == memory.base.load(as: Float.self))
  #expect(throws: StepError.nonFiniteAction(index: 0)) {
    try everything(Vector(repeating: 0), memory)
  }
}
