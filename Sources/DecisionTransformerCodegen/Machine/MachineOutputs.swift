/// What `forward` keeps for its caller, and what it hides.
extension Machine {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func maskTokens(_ mask: Operand, _ keys: Operand) {
    let (panels, row) = (buffer(keys), buffer(mask))
    let (mask, keys) = (place(mask), place(keys))
    for panel in 0..<panels.rows / Shape.lanes {
      for lane in 0..<Shape.lanes {
        numbers[keys + panel * panels.stride * Shape.lanes + lane] =
          numbers[mask + panel * Shape.lanes % row.stride + lane]
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func recordTokens(
    _ rows: Operand, _ output: ModelOutput, index: Int, norm: Operation.GainAndShift?,
    _ target: Operand
  ) {
    let columns = plan.network.hiddenSize
    let count = plan.shape.slotCount - givenSlots.first
    let gain = norm.map { weights.tensors[$0.gain] }
    let shift = norm.map { weights.tensors[$0.shift] }
    var place = place(target) + index * count * columns
    for slot in givenSlots.first..<plan.shape.slotCount {
      let row = self.place(rows) + slot * buffer(rows).stride
      for column in 0..<columns {
        var value = numbers[row + column]
        if let gain, let shift { value = value * gain[column] + shift[column] }
        numbers[place + column] = slot >= givenSlots.firstSeen ? value : 0
      }
      place += columns
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func recordSteps(
    _ rows: Operand, _ output: ModelOutput, token: Int, _ target: Operand
  ) {
    let columns = output.floatCount(shape: plan.shape, steps: 1)
    var place = place(target)
    for slot in stride(
      from: givenSlots.first + token, to: plan.shape.slotCount, by: plan.steps.tokens.count)
    {
      let row = self.place(rows) + slot * Shape.stride(columns)
      for column in 0..<columns {
        numbers[place + column] = slot >= givenSlots.firstSeen ? numbers[row + column] : 0
      }
      place += columns
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func recordAttention(layer: Int, _ scores: Operand, _ output: Operand) {
    let (heads, slots) = (plan.network.blocks[layer].headCount, plan.shape.slotCount)
    let count = slots - givenSlots.first
    var place = place(output) + layer * heads * count * count
    for head in 0..<heads {
      for slot in givenSlots.first..<slots {
        let row = self.place(scores) + (head * slots + slot) * buffer(scores).stride
        for key in 0..<count {
          numbers[place + key] =
            slot >= givenSlots.firstSeen ? numbers[row + givenSlots.first + key] : 0
        }
        place += count
      }
    }
  }
}
