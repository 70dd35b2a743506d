/// Writes the functions that `forward` has and no phase of the control loop: masks, and copies for the caller.
package struct ForwardSupportRenderer {
  package let plan: Plan

  private var shape: Shape { plan.shape }

  package func render(to writer: inout CodeWriter) {
    maskTokens(to: &writer)
    if plan.network.outputs != [.attentions] { record(to: &writer) }
    if plan.network.outputs.contains(.attentions) { recordAttention(to: &writer) }
  }

  private func maskTokens(to writer: inout CodeWriter) {
    let panels = plan.memory.buffer(.forwardKeys)
    let groups = shape.keyStride / Shape.lanes
    writer.function("Hides the keys of tokens that are not attended to.")
    writer.scope("static func maskTokens(_ mask: Floats, keys: Floats)") { writer in
      writer.write("var panel = 0")
      writer.scope("while panel < \(panels.rows / Shape.lanes)") { writer in
        let place = groups == 1 ? "mask" : "mask + panel % \(groups) * 16"
        writer.write(
          "Vector(at: \(place)).store(at: keys + panel * \(literal(panels.stride * Shape.lanes)))",
          "panel += 1")
      }
    }
  }

  /// With gain and shift only where a hidden state is asked for.
  private func record(to writer: inout CodeWriter) {
    let hasNorm = plan.weights.contains(.finalNormGain)
    writer.function(
      "Copies rows of the last `steps` steps without their padding: of every token, or of token `token` of every step\(hasNorm ? "; times gain, plus shift" : ""). Tokens in front of `firstSeenSlot` are zero."
    )
    writer.scope(
      "static func record(_ rows: Floats, stride: Int, columns: Int, token: Int = -1, steps: Int, firstSeenSlot: Int, \(hasNorm ? "gain: Floats? = nil, shift: Floats? = nil, " : "")to output: Floats)"
    ) { writer in
      writer.write("var slot = 3 * (\(shape.window) - steps) + max(token, 0), place = output")
      writer.scope("while slot < \(shape.slotCount)") { writer in
        writer.write(
          "let row = rows + slot * stride, isSeen = slot >= firstSeenSlot", "var column = 0")
        writer.scope("while column < columns") { writer in
          if hasNorm {
            writer.write("var value = row[column]")
            writer.scope("if let gain, let shift") {
              $0.write("value = value * gain[column] + shift[column]")
            }
          } else {
            writer.write("let value = row[column]")
          }
          writer.write("place[column] = isSeen ? value : 0", "column += 1")
        }
        writer.write("place += columns", "slot += token < 0 ? 1 : 3")
      }
    }
  }

  private func recordAttention(to writer: inout CodeWriter) {
    writer.function(
      "Copies the probabilities of every head without the slots that were not given.")
    writer.scope(
      "static func recordAttention(_ scores: Floats, layer: Int, steps: Int, firstSeenSlot: Int, to output: Floats)"
    ) { writer in
      writer.write(
        "let first = 3 * (\(shape.window) - steps), count = 3 * steps",
        "var place = output + layer * \(shape.headCount) * count * count, row = 0")
      writer.scope("while row < \(shape.headCount * shape.slotCount)") { writer in
        writer.write("let slot = row % \(shape.slotCount)")
        writer.scope("if slot >= first") { writer in
          writer.write(
            "let probabilities = scores + row * \(shape.keyStride) + first", "var key = 0")
          writer.write(
            "while key < count { place[key] = slot >= firstSeenSlot ? probabilities[key] : 0; key += 1 }",
            "place += count")
        }
        writer.write("row += 1")
      }
    }
  }
}
