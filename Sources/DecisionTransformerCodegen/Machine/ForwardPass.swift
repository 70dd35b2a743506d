/// `forward` of generated code: every token of a window through every block, beside an episode.
extension ControlMachine {
  /// What the model returns for T steps, in model units, as Hugging Face's tensors lie; zeros for tokens that see none.
  ///
  /// - Parameters:
  ///   - states: T rows, normalised.
  ///   - actions: T rows, model units.
  ///   - returnsToGo: T, divided by the return scale.
  ///   - timesteps: T.
  ///   - attentionMask: T, whether the tokens of a step may be seen; nil shows all.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func forward(
    states: [[Scalar]], actions: [[Scalar]], returnsToGo: [Scalar], timesteps: [Int],
    attentionMask: [Bool]? = nil
  ) -> [ModelOutput: [Scalar]] {
    precondition(plan.shape.groupSize == 1, "a batch has no forward")
    let (count, tokens) = (timesteps.count, plan.steps.tokens.count)
    let first = plan.steps.window - count
    let mask = attentionMask ?? Array(repeating: true, count: count)
    machine.givenSlots = Machine<Scalar>.ForwardSlots(
      first: tokens * first, firstSeen: tokens * (first + (mask.firstIndex(of: true) ?? count)))
    show(mask, from: machine.givenSlots.first)
    let stride = machine.buffer(Operand(.stream)).stride
    machine[Operand(.stream), machine.givenSlots.first * stride] = Array(
      repeating: 0, count: machine.givenSlots.first * stride)
    let deviation = machine.weights.numbers(of: .stateDeviation)
    let remainder = machine.weights.numbers(of: .stateMeanRemainder)
    let episode = machine.timesteps[0]
    for step in 0..<count {
      machine[Operand(.returnInput), 1] = [returnsToGo[step]]
      machine[Operand(.stateInput), deviation.count] = zip(zip(states[step], deviation), remainder)
        .map {
          $0.0 * $0.1 + $1
        }
      machine[Operand(.actionInput), actions[step].count] = actions[step]
      // The rows are given; an episode's first step may have another one than 0.
      machine.timesteps[0] = timesteps[step] - plan.steps.time.first
      machine.run(.embedStep, token: tokens * (first + step))
    }
    machine.timesteps[0] = episode
    for name in plan.forward { machine.run(name) }
    return Dictionary(
      uniqueKeysWithValues: plan.network.outputs.map { output in
        let size =
          output == .attentions
          ? count * count * output.floatCount(shape: plan.shape, steps: 1)
          : count * output.floatCount(shape: plan.shape, steps: 1)
        return (output, machine[Operand(.output(output)), size])
      })
  }

  private mutating func show(_ mask: [Bool], from first: Int) {
    let count = machine.buffer(Operand(.tokenMask)).stride
    machine[Operand(.tokenMask), count] = (0..<count).map { slot in
      let step = (slot - first) / plan.steps.tokens.count
      return slot >= first && step < mask.count && mask[step] ? 0 : Machine<Scalar>.hiddenScore
    }
  }
}
