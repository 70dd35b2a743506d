/// Writes what the carried form of block 0 needs besides matrix products.
struct CarriedSupportRenderer {
  let plan: Plan

  private var shape: Shape { plan.shape }
  private var isBatch: Bool { shape.batch > 1 }

  func render(to writer: inout CodeWriter) {
    centerTime(to: &writer)
    enter(to: &writer)
    activateCarried(to: &writer)
  }

  private func begin(_ writer: inout CodeWriter, _ summary: String) {
    writer.write("", "/// \(summary)", "@inline(never) @_noAllocation @_noLocks")
  }

  // MARK: The timestep

  private func centerTime(to writer: inout CodeWriter) {
    let stride = shape.hiddenStride
    let gain = literal(plan.weights.tensor(.embedNormGain).offset)
    let timesteps = literal(plan.weights.tensor(.timesteps).offset)
    begin(
      &writer,
      "embed_timestep[timestep] minus its mean, times embed_ln's gain, minus the mean of that.")
    writer.scope("private func centerTime()") { writer in
      forEachAgent(to: &writer) { writer in
        let agent =
          isBatch
          ? " + agent * \(shape.timeStride), timestep = episodes[agent].timestep" : ""
        writer.write(
          "let row = time\(agent)",
          "normalize(weights + \(timesteps) + \(plan.timestepRow) * \(stride), row, rows: 1, divides: false)",
          "var index = 0",
          "while index < \(stride) { (Vector(at: row + index) * Vector(at: weights + \(gain) + index)).store(at: row + index); index += 16 }",
          "normalize(row, row, rows: 1, divides: false)")
      }
    }
  }

  // MARK: A token

  private func enter(to writer: inout CodeWriter) {
    let (hidden, inner, entry) = (shape.hiddenStride, shape.innerStride, shape.entryStride)
    let (carried, columns) = (shape.carriedStride, shape.timeStride)
    begin(
      &writer,
      "Embeds an input as a token, with all that block 0 needs of it; `w` is the embedding, entry tensors follow."
    )
    writer.scope(
      "private func enter(_ input: Floats, count: Int, _ w: Floats, _ token: Floats, _ normalized: Floats, _ query: Floats, _ carried: Floats\(isBatch ? ", agent: Int" : ""))"
    ) { writer in
      if isBatch { writer.write("let time = self.time + agent * \(columns)") }
      let timestep = isBatch ? ", timestep: episodes[agent].timestep" : ""
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
        "let panel = (count + 3) * 16, value = w + \(panels.hidden) * (panel - 32), inner = token + \(hidden)",
        product(
          "input", "w", panel: "panel - 32", depth: "count", "token", panels.hidden, ""),
        "let outer = embedNormalize(token\(timestep)), slope = normalize(token, normalized, rows: 1), both = outer * slope",
        "var index = 0",
        "while index < count { entry[index] = input[index] * both; entry[\(entry) + index] = input[index] * outer; index += 1 }",
        "(entry[count], entry[count + 1], entry[\(entry) + count]) = (both, slope, outer)",
        "VectorMath.scale(time + \(hidden), by: both, query, count: \(hidden))",
        "VectorMath.scale(time + \(2 * hidden), by: outer, inner, count: \(inner))",
        product(
          "entry", "value + \(panels.carried) * panel", panel: "panel", depth: "count + 2", "query",
          panels.hidden, ", residual: query"),
        product(
          "entry + \(entry)", "value + \(panels.carried + panels.hidden) * panel",
          panel: "panel - 16",
          depth: "count + 1", "inner", panels.inner, ", residual: inner"))
      let value = literal(shape.batch * columns + hidden)
      let buffer = plan.memory.buffer(.carried)
      guard buffer.stripCount > 1 else {
        writer.write(
          "VectorMath.scale(time + \(value), by: both, carried, count: \(carried))",
          product(
            "entry", "value", panel: "panel", depth: "count + 2", "carried", panels.carried,
            ", residual: carried"))
        return
      }
      let (width, wide) = (buffer.strip, buffer.strip / Shape.lanes)
      writer.scope("for strip in 0..<\(buffer.stripCount)") { writer in
        writer.write(
          "let y = carried + strip * \(literal(buffer.rows * width))",
          "VectorMath.scale(time + \(value) + strip * \(width), by: both, y, count: \(width))",
          product(
            "entry", "value + strip * \(wide) * panel", panel: "panel", depth: "count + 2", "y",
            wide, ", residual: y"))
      }
    }
  }

  // MARK: Sums

  private func activateCarried(to writer: inout CodeWriter) {
    let (hidden, inner) = (shape.hiddenStride, shape.innerStride)
    let tensor = plan.weights.tensor(.inner(layer: 0))
    let strip = tensor.arrangement.stripPanelCount * Shape.lanes
    let bias =
      inner <= strip
      ? "biases + index"
      : "biases + index / \(strip) * \(literal(strip * tensor.floatCount / inner)) + index % \(strip)"
    begin(
      &writer,
      "Inner rows: activation(sums / their deviation + b). The sums' first part becomes the stream."
    )
    writer.scope(
      "private func activateCarried(_ sums: Floats, _ biases: Floats, _ stream: Floats, _ inner: Floats, rows: Int)"
    ) { writer in
      writer.scope("for row in 0..<rows") { writer in
        writer.write(
          "let x = sums + row * \(shape.carriedStride), y = inner + row * \(inner), stream = stream + row * \(hidden)",
          "let factor = Vector(repeating: normalize(x, stream, rows: 1))",
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

  private func forEachAgent(to writer: inout CodeWriter, _ body: (inout CodeWriter) -> Void) {
    if isBatch { writer.scope("for agent in 0..<\(shape.batch)", body) } else { body(&writer) }
  }
}
