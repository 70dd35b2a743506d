import DecisionTransformer
import ModelMatrix
import RecordedEpisodes
import Testing

/// A token is normalised, so from some size on only the direction of an input matters, until float32 ends. An action
/// is the one of that direction, or refused: never the one of an input that is not there.
@Suite("Inputs of any size")
struct LargeInputTests {
  @Test("of a state give the action of its direction, or none", arguments: [Float(1), -1])
  func state(sign: Float) throws {
    try expectLimitOrRefusal { controller, size throws(StepError) in
      controller.reset()
      var state = WholeEpisode.State(repeating: 0.5)
      state[2] = sign * size
      return try controller.act(state).values
    }
  }

  @Test("of a target give the action of its sign, or none", arguments: [Float(1), -1])
  func target(sign: Float) throws {
    try expectLimitOrRefusal { controller, size throws(StepError) in
      controller.reset(targetReturn: sign * size)
      return try controller.act(WholeEpisode.State(repeating: 0.5)).values
    }
  }

  @Test("of an executed action give the next action of its direction, or none")
  func executed() throws {
    try expectLimitOrRefusal { controller, size throws(StepError) in
      controller.reset()
      let state = WholeEpisode.State(repeating: 0.5)
      _ = try controller.act(state)
      try controller.prepare(executed: [size, -size])
      return try controller.act(state).values
    }
  }

  private func expectLimitOrRefusal(
    _ action: (inout WholeEpisode, Float) throws(StepError) -> [Float]
  ) throws {
    var controller = try WholeEpisode()
    var sizes: [Float] = [1e8]
    while sizes.last! < 3e37 { sizes.append(sizes.last! * 10) }
    let limit = try action(&controller, sizes[0])
    var refusals = 0
    for size in sizes {
      do throws(StepError) {
        let found = try action(&controller, size)
        #expect(refusals == 0, "\(size), behind one that was refused")
        #expect(zip(found, limit).allSatisfy { abs($0 - $1) < 1e-4 }, "\(size): \(found), \(limit)")
      } catch {
        #expect(error == .nonFiniteAction(index: 0))
        refusals += 1
      }
    }
    #expect(refusals > 0)
  }
}
