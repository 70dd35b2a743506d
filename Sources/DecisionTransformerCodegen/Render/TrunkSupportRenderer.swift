/// Writes the function of a trunk that is no matrix product and that a controller has not: rows that see no key.
package struct TrunkSupportRenderer {
  package let plan: Plan

  package func render(to writer: inout CodeWriter) {
    correctUnattended(to: &writer)
  }

  private func correctUnattended(to writer: inout CodeWriter) {
    let stride = plan.shape.hiddenStride
    writer.function(
      "Attention of the first `hidden` rows, which see no key, is c_proj's bias: takes out what the folded value biases added."
    )
    writer.scope(
      "static func correctUnattended(_ input: Floats, _ correction: Floats, rows: Int, hidden: Int)"
    ) { writer in
      writer.write("var row = 0")
      writer.scope("while row < rows") { writer in
        writer.write(
          "let x = input + row * \(stride)",
          "let factor = Vector(repeating: row < hidden ? 1 : 0)", "var index = 0")
        writer.scope("while index < \(stride)") { writer in
          writer.write(
            "VectorMath.multiplyAdd(Vector(at: correction + index), factor, Vector(at: x + index)).store(at: x + index)",
            "index += 16")
        }
        writer.write("row += 1")
      }
    }
  }
}
