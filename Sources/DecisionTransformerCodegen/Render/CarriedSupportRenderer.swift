/// Writes what the carried form of block 0 needs besides matrix products.
package struct CarriedSupportRenderer {
  package let plan: Plan

  private var shape: Shape { plan.shape }

  package func render(to writer: inout CodeWriter) {
    centerTime(to: &writer)
    enter(to: &writer)
    activateCarried(to: &writer)
  }

  // MARK: The timestep

  private func centerTime(to writer: inout CodeWriter) {
    let stride = shape.hiddenStride
    writer.function(
      "A row of embed_timestep minus its mean, times embed_ln's gain, minus the mean of that.")
    writer.scope("static func centerTime(timestep: Floats, gain: Floats, to row: Floats)") {
      writer in
      writer.write(
        "normalize(timestep, rows: 1, divides: false, to: row)", "var index = 0",
        "while index < \(stride) { (Vector(at: row + index) * Vector(at: gain + index)).store(at: row + index); index += 16 }",
        "normalize(row, rows: 1, divides: false, to: row)")
    }
  }

  // MARK: A token

  private func enter(to writer: inout CodeWriter) {
    let (hidden, inner, entry) = (shape.hiddenStride, shape.innerStride, shape.entryStride)
    let (carried, columns) = (shape.carriedStride, shape.timeStride)
    writer.function(
      "Embeds an input as a token, with all that block 0 needs of it: its value, query and inner row, from the input and the factors of its norms."
    )
    writer.scope(
      "static func enter(_ input: Floats, count: Int, _ embedding: Floats, _ toValue: Floats, _ toQuery: Floats, _ toInner: Floats, timestep: Floats, gain: Floats, shift: Floats, time: Floats, factored: Floats, token: Floats, normalized: Floats, query: Floats, carried: Floats)"
    ) { writer in
      let panels = (
        hidden: hidden / Shape.lanes, carried: carried / Shape.lanes, inner: inner / Shape.lanes
      )
      let strip = WeightFormat.float32.stripPanels
      func product(
        _ input: String, _ place: String, panel: String, depth: String, _ y: String, _ panels: Int,
        _ residual: String
      ) -> String {
        let streams =
          plan.streams(rows: 1, columns: panels * Shape.lanes) ? ", streams: true" : ""
        return
          "rows1(Product<\(residual.isEmpty ? "Store" : "Add")>(\(input), 0, \(place), panel: \(panel), strip: \(strip), depth: \(depth)\(streams), \(y), 0, panels: \(panels)\(residual)))"
      }
      writer.write(
        "let panel = (count + 3) * 16, inner = token + \(hidden)",
        product(
          "input", "embedding", panel: "panel - 32", depth: "count", "token", panels.hidden, ""),
        "let outer = embedNormalize(token, timestep: timestep, gain: gain, shift: shift)",
        "let slope = normalize(token, rows: 1, to: normalized), both = outer * slope",
        "var index = 0")
      writer.scope("while index < count") {
        $0.write(
          "factored[index] = input[index] * both",
          "factored[\(entry) + index] = input[index] * outer", "index += 1")
      }
      writer.write(
        "(factored[count], factored[count + 1], factored[\(entry) + count]) = (both, slope, outer)",
        "VectorMath.scale(time + \(hidden), by: both, query, count: \(hidden))",
        "VectorMath.scale(time + \(2 * hidden), by: outer, inner, count: \(inner))",
        product(
          "factored", "toQuery", panel: "panel", depth: "count + 2", "query", panels.hidden,
          ", residual: query"),
        product(
          "factored + \(entry)", "toInner", panel: "panel - 16", depth: "count + 1", "inner",
          panels.inner, ", residual: inner"))
      let value = literal(shape.groupSize * columns + hidden)
      let buffer = plan.memory.buffer(.carried)
      guard buffer.stripCount > 1 else {
        writer.write(
          "VectorMath.scale(time + \(value), by: both, carried, count: \(carried))",
          product(
            "factored", "toValue", panel: "panel", depth: "count + 2", "carried", panels.carried,
            ", residual: carried"))
        return
      }
      let (width, wide) = (buffer.strip, buffer.strip / Shape.lanes)
      writer.scope("for strip in 0..<\(buffer.stripCount)") { writer in
        writer.write(
          "let y = carried + strip * \(literal(buffer.rows * width))",
          "VectorMath.scale(time + \(value) + strip * \(width), by: both, y, count: \(width))",
          product(
            "factored", "toValue + strip * \(wide) * panel", panel: "panel", depth: "count + 2",
            "y", wide, ", residual: y"))
      }
    }
  }

  // MARK: Sums

  private func activateCarried(to writer: inout CodeWriter) {
    let (hidden, inner) = (shape.hiddenStride, shape.innerStride)
    let tensor = plan.weights.tensor(.inner(layer: 0))
    let strip = tensor.arrangement.stripPanelCount * Shape.lanes
    let biases = plan.hasRoundedPlaces(tensor.format) ? "biases.words" : "biases"
    let bias =
      inner <= strip
      ? "\(biases) + index"
      : "\(biases) + index / \(strip) * \(literal(strip * tensor.floatCount / inner)) + index % \(strip)"
    writer.function(
      "Inner rows: activation(sums / their deviation + b). The sums' first part becomes the stream."
    )
    writer.scope(
      "static func activateCarried(_ sums: Floats, biases: \(plan.placeType(tensor.format)), rows: Int, stream: Floats, to inner: Floats)"
    ) { writer in
      writer.scope("for row in 0..<rows") { writer in
        writer.write(
          "let x = sums + row * \(shape.carriedStride), y = inner + row * \(inner), stream = stream + row * \(hidden)",
          "let factor = Vector(repeating: normalize(x, rows: 1, to: stream))",
          "var index = 0",
          "while index < \(hidden) { Vector(at: x + index).store(at: stream + index); index += 16 }",
          "index = 0")
        writer.scope("while index < \(inner)") { writer in
          writer.write(
            "let sum = VectorMath.multiplyAdd(Vector(at: x + \(hidden) + index), factor, Vector(at: \(bias)))",
            "VectorMath.\(plan.network.blocks[0].activation.functionName)(sum).store(at: y + index)",
            "index += 16")
        }
      }
    }
  }
}
