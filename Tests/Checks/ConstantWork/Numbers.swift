import Callgrind
import DecisionTransformer

/// Of models whose actions are numbers.
extension Subject {
  func executed(_ step: Int) -> Model.Action { step % Model.actionCount }

  /// Draws by numbers from all over the unit interval.
  mutating func episodeWithDraws(steps: Int) throws {
    controller.reset(targetReturn: 100)
    for step in 0..<steps {
      let uniforms: [Float] = [0, 1 - 0x1p-24, 0x1p-149, 0.5, Float(step) / Float(steps)]
      try draw(Inputs(1, reward: 1, step: step), uniforms[step % 5])
      prepare("prepare")
    }
  }

  @inline(never)
  private mutating func draw(_ inputs: Inputs, _ uniform: Float) throws {
    callgrind_begin()
    _ = try controller.act(inputs.state, reward: inputs.reward, uniform: uniform)
    end("act, drawn")
  }
}
