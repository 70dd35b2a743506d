/// Writes the functions of a trunk that are not matrix products and that a controller has not: embedding, mask,
/// ln_f's gain and shift, rows that see no key.
struct TrunkSupportRenderer {
  let plan: Plan

  func render(to writer: inout CodeWriter) {
    embed(to: &writer)
    show(to: &writer)
    correctUnattended(to: &writer)
    scaleAndShift(to: &writer)
    clear(to: &writer)
  }

  private func begin(_ writer: inout CodeWriter, _ summary: String) {
    writer.write("", "/// \(summary)", "@inline(never) @_noAllocation @_noLocks")
  }

  private func embed(to writer: inout CodeWriter) {
    let (size, stride) = (plan.shape.hiddenSize, plan.shape.hiddenStride)
    let table = plan.weights.tensor(.positions).offset
    begin(
      &writer,
      "inputs_embeds + wpe[position_ids] of `rows` tokens from `token` on; rows behind the last are zero."
    )
    writer.scope(
      "private func embed(_ inputs: Span<Float>, _ positions: Span<Int>, token: Int, rows: Int)"
    ) { writer in
      writer.write(
        "clear(tokens, count: rows * \(stride))",
        "let first = token - pastLength, last = min(first + rows, inputs.count / \(size))",
        "var index = first")
      writer.scope("while index < last") { writer in
        writer.write(
          "let x = tokens + (index - first) * \(stride)",
          "let position = positions.isEmpty ? pastLength + index : positions[index]",
          "let place = weights + \(literal(table)) + position * \(stride)", "var column = 0")
        writer.write(
          "while column < \(size) { x[column] = inputs[index * \(size) + column] + place[column]; column += 1 }",
          "index += 1")
      }
    }
  }

  private func show(to writer: inout CodeWriter) {
    begin(&writer, "Takes the attention mask of all tokens up to `end`.")
    writer.scope("private mutating func show(_ attentionMask: Span<UInt8>, end: Int)") { writer in
      writer.write("var key = end", "firstVisibleKey = end")
      writer.scope("while key > 0") { writer in
        writer.write(
          "key -= 1", "let isVisible = attentionMask.isEmpty ? true : attentionMask[key] == 1",
          "mask[key] = isVisible ? 0 : VectorMath.hiddenScore",
          "firstVisibleKey = isVisible ? key : firstVisibleKey")
      }
    }
  }

  private func correctUnattended(to writer: inout CodeWriter) {
    let stride = plan.shape.hiddenStride
    begin(
      &writer,
      "Attention of rows that see no key is c_proj's bias: takes out what the folded value biases added."
    )
    writer.scope(
      "private func correctUnattended(_ input: Floats, _ correction: Floats, token: Int, rows: Int)"
    ) { writer in
      writer.write("var row = 0")
      writer.scope("while row < rows") { writer in
        writer.write(
          "let x = input + row * \(stride)",
          "let factor = Vector(repeating: token + row < firstVisibleKey ? 1 : 0)", "var index = 0")
        writer.scope("while index < \(stride)") { writer in
          writer.write(
            "VectorMath.multiplyAdd(Vector(at: correction + index), factor, Vector(at: x + index)).store(at: x + index)",
            "index += 16")
        }
        writer.write("row += 1")
      }
    }
  }

  private func scaleAndShift(to writer: inout CodeWriter) {
    let stride = plan.shape.hiddenStride
    begin(&writer, "x * gain + shift of each row.")
    writer.scope(
      "private func scaleAndShift(_ input: Floats, _ gain: Floats, _ shift: Floats, _ output: Floats, rows: Int)"
    ) { writer in
      writer.write("var row = 0")
      writer.scope("while row < rows") { writer in
        writer.write(
          "let x = input + row * \(stride), y = output + row * \(stride)", "var index = 0")
        writer.scope("while index < \(stride)") { writer in
          writer.write(
            "VectorMath.multiplyAdd(Vector(at: x + index), Vector(at: gain + index), Vector(at: shift + index)).store(at: y + index)",
            "index += 16")
        }
        writer.write("row += 1")
      }
    }
  }

  private func clear(to writer: inout CodeWriter) {
    begin(&writer, "Fills `count` floats with zero.")
    writer.scope("private func clear(_ rows: Floats, count: Int)") { writer in
      writer.write(
        "var index = 0",
        "while index < count { Vector(repeating: 0).store(at: rows + index); index += 16 }")
    }
  }
}
