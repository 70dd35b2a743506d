/// Writes the functions of a model that are not matrix products: norms, softmax, sliding, masks.
struct SupportRenderer {
  let plan: Plan

  func render(to writer: inout CodeWriter) {
    normalize(to: &writer)
    if !plan.network.takesEmbeddings { embedNormalize(to: &writer) }
    if plan.carriesTokens { CarriedSupportRenderer(plan: plan).render(to: &writer) }
    softmax(to: &writer)
    if plan.network.takesEmbeddings {
      TrunkSupportRenderer(plan: plan).render(to: &writer)
    } else {
    }
    if let format = plan.widenedFormat, plan.memory.contains(.widened) {
      widen(format, to: &writer)
    }
  }

  private func begin(
    _ writer: inout CodeWriter, _ summary: String, inline: String = "@inline(never)"
  ) {
    writer.write("", "/// \(summary)", "\(inline) @_noAllocation @_noLocks")
  }

  // MARK: Layer normalisation

  private func normalize(to writer: inout CodeWriter) {
    let (size, stride) = (plan.shape.hiddenSize, plan.shape.hiddenStride)
    let carries = plan.carriesTokens
    begin(
      &writer,
      "(x - mean) / √(variance + epsilon) of each row of \(size)\(carries ? "; the last row's 1 / √ is returned" : "")."
    )
    if carries { writer.write("@discardableResult") }
    writer.scope(
      "private func normalize(_ input: Floats, _ output: Floats, rows: Int, epsilon: Float = \(literal(Float(plan.network.finalNorm.epsilon)))\(carries ? ", divides: Bool = true) -> Float" : ")")"
    ) { writer in
      writer.write("var row = 0\(carries ? ", factor: Float = 0" : "")")
      writer.scope("while row < rows") { writer in
        writer.write(
          "\(carries ? "factor" : "_") = VectorMath.normalize(input + row * \(stride), output + row * \(stride), count: \(size), epsilon: epsilon\(carries ? ", divides: divides" : ""))",
          "row += 1")
      }
      if carries { writer.write("return factor") }
    }
  }

  private func embedNormalize(to writer: inout CodeWriter) {
    let stride = plan.shape.hiddenStride
    let gain = plan.weights.tensor(.embedNormGain).offset
    let shift = plan.weights.tensor(.embedNormShift).offset
    let timesteps = plan.weights.tensor(.timesteps).offset
    let (batch, carries) = (plan.shape.batch, plan.carriesTokens)
    // Where tokens are carried, agents enter one by one.
    let isLoop = batch > 1 && !carries
    begin(
      &writer,
      "embed_ln(x + embed_timestep[timestep]) + wpe[0] of one token\(isLoop ? " of each agent" : ""), in place\(carries ? "; embed_ln's factor" : "")."
    )
    let body = { (writer: inout CodeWriter) in
      writer.write(
        "let time = weights + \(literal(timesteps)) + \(plan.timestepRow) * \(stride)",
        "var index = 0")
      writer.write(
        "while index < \(stride) { (Vector(at: token + index) + Vector(at: time + index)).store(at: token + index); index += 16 }"
      )
      writer.write(
        "\(carries ? "let factor = " : "")normalize(token, token, rows: 1, epsilon: 1e-05)  // whatever layer_norm_epsilon says",
        "index = 0")
      writer.scope("while index < \(stride)") { writer in
        writer.write(
          "let gain = Vector(at: weights + \(literal(gain)) + index), shift = Vector(at: weights + \(literal(shift)) + index)"
        )
        writer.write(
          "VectorMath.multiplyAdd(Vector(at: token + index), gain, shift).store(at: token + index)",
          "index += 16")
      }
      if carries { writer.write("return factor") }
    }
    guard isLoop else {
      if !plan.forward.isEmpty, carries { writer.write("@discardableResult") }
      let parameter = batch == 1 ? "" : ", timestep: Int"
      writer.scope(
        "private func embedNormalize(_ token: Floats\(parameter))\(carries ? " -> Float" : "")",
        body)
      return
    }
    writer.scope("private func embedNormalize(_ tokens: Floats)") { writer in
      writer.scope("for agent in 0..<\(batch)") { writer in
        writer.write(
          "let token = tokens + agent * \(stride), timestep = episodes[agent].timestep")
        body(&writer)
      }
    }
  }

  // MARK: Softmax

  private func softmax(to writer: inout CodeWriter) {
    let stride = plan.shape.keyStride
    begin(
      &writer,
      "Probabilities from scores, in place: row r of each head sees keys from firstKey to lastKey + r * step."
    )
    let keys =
      plan.network.takesEmbeddings
      ? "lastKey: Int, step: Int" : "lastKey: Int, step: Int, firstKey: Int = 0"
    writer.scope("private func softmax(heads: Int, rows: Int, \(keys))") { writer in
      writer.write("var row = 0, head = 0")
      writer.scope("while head < heads") { writer in
        writer.write("row = 0")
        writer.scope("while row < rows") { writer in
          writer.write(
            "VectorMath.softmax(scores + (head * rows + row) * \(stride), count: \(stride), \(plan.network.takesEmbeddings ? "" : "firstKey: firstKey, ")lastKey: lastKey + row * step\(plan.network.takesEmbeddings ? ", mask: mask" : ""))",
            "row += 1")
        }
        writer.write("head += 1")
      }
    }
  }

  // MARK: Formats of weights

  private func widen(_ format: WeightFormat, to writer: inout CodeWriter) {
    let (word, rows) = (format.wordName, format.rowsPerWord)
    begin(&writer, "`panels` of a strip of \(format.name) weights as a float32 strip in `widened`.")
    writer.scope(
      "private func widen(_ w: Floats, step: Int, panels: Int, \(word)s: Int)"
    ) { writer in
      writer.write("var from = w, to = widened, \(word) = 0")
      for (row, name) in ["biases", "scales"].prefix(format.headRowCount).enumerated() {
        if row > 0 { writer.write("from += step", "to += panels * 16") }
        writer.write(
          "for panel in 0..<panels { Vector(at: from + panel * 16).store(at: to + panel * 16) }  // \(name)"
        )
      }
      writer.scope("while \(word) < \(word)s") { writer in
        writer.write("from += step", "to += panels * 16")
        writer.scope("for panel in 0..<panels") { writer in
          writer.write("let words = Vector(at: from + panel * 16)")
          for row in 0..<rows {
            let place =
              row == 0 ? "panel" : "(\(row == 1 ? "" : "\(row) * ")panels + panel)"
            writer.write(
              "\(format.widened(row: row, of: "words")).store(at: to + \(place) * 16)")
          }
        }
        writer.write("to += panels * \(16 * (rows - 1))", "\(word) += 1")
      }
    }
  }
}

extension Activation {
  /// The runtime's function.
  var functionName: String {
    switch self {
    case .relu: "rectified"
    case .silu: "sigmoidLinear"
    case .gelu: "gaussianErrorLinear"
    case .tanh: "hyperbolicTangent"
    case .geluNew: "gaussianErrorLinearTanh"
    }
  }
}

extension Plan {
  /// The row of embed_timestep, in terms of `timestep`.
  var timestepRow: String {
    steps.endsEpisodes ? "timestep" : "min(timestep, \(literal(steps.time.count - 1)))"
  }
}
