import DecisionTransformer

/// A controller whose weights lie in flash and whose memory is `memory`: `Hopper.memorySize` bytes at a
/// multiple of 64. Nil where the self test, in the same memory, finds a difference.
func makeController(
  flash: UnsafeRawBufferPointer, memory: UnsafeMutableRawBufferPointer
) throws(InitializationError) -> Hopper? {
  let weights = try PackedWeights(flash)
  guard try Hopper.selfTest(weights: weights, memory: memory).passed else { return nil }
  return try Hopper(weights: weights, memory: memory)
}

/// Torques for `state`; all zero where there are none to be had.
@_noAllocation @_noLocks
func torques(_ controller: inout Hopper, _ state: Hopper.State, reward: Float) -> Hopper.Action {
  do throws(StepError) {
    return try controller.act(state, reward: reward)
  } catch {
    return Hopper.Action(repeating: 0)
  }
}
