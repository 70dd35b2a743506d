import DecisionTransformer

/// A controller whose weights lie in flash and whose memory is `memory`: `Hopper.memorySize` bytes at a
/// multiple of 64.
func makeController(
  flash: UnsafeRawBufferPointer, memory: UnsafeMutableRawBufferPointer
) throws(InitializationError) -> Hopper {
  try Hopper(weights: PackedWeights(flash), memory: memory)
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
