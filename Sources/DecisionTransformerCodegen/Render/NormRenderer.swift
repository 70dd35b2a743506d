/// The functions that normalise, and those that add timesteps and positions in front of a norm.
extension SupportRenderer {
  package func normalize(to writer: inout CodeWriter) {
    let (size, stride) = (plan.shape.hiddenSize, plan.shape.hiddenStride)
    let carries = plan.carriesTokens
    writer.function(
      "(x - mean) / √(variance + epsilon) of each row of \(size)\(carries ? "; the last row's 1 / √ is returned" : "")."
    )
    if carries { writer.write("@discardableResult") }
    let epsilon = literal(Float(plan.network.normEpsilon))
    writer.scope(
      "static func normalize(_ x: Floats, rows: Int, epsilon: Float = \(epsilon)\(carries ? ", divides: Bool = true" : ""), to y: Floats)\(carries ? " -> Float" : "")"
    ) { writer in
      writer.write("var row = 0\(carries ? ", factor: Float = 0" : "")")
      writer.scope("while row < rows") { writer in
        writer.write(
          "\(carries ? "factor" : "_") = VectorMath.normalize(x + row * \(stride), y + row * \(stride), count: \(size), epsilon: epsilon\(carries ? ", divides: divides" : ""))",
          "row += 1")
      }
      if carries { writer.write("return factor") }
    }
  }

  /// Of numbers on their way to a token.
  package func normalizeNumbers(
    _ encoder: [ControlSteps.EncoderLayer], to writer: inout CodeWriter
  ) {
    guard encoder.contains(where: \.normalizesInput) else { return }
    let epsilon = literal(Float(ControlSteps.EncoderLayer.epsilon))
    let batch = plan.shape.groupSize
    writer.function("(x - mean) / √(variance + epsilon) of `count` numbers of each row.")
    writer.scope(
      "static func normalizeNumbers(_ x: Floats, \(batch == 1 ? "" : "rows: Int, ")count: Int, to y: Floats)"
    ) { writer in
      func normalize(_ offset: String) -> String {
        "_ = VectorMath.normalize(x\(offset), y\(offset), count: count, epsilon: \(epsilon))"
      }
      guard batch > 1 else { return writer.write(normalize("")) }
      writer.write("let stride = (count + 15) / 16 * 16", "var row = 0")
      writer.scope("while row < rows") {
        $0.write(normalize(" + row * stride"), "row += 1")
      }
    }
  }

  package func embedTimestep(to writer: inout CodeWriter) {
    writer.function("x + embed_timestep[timestep] of one token, in place.")
    writer.scope("static func embedTimestep(_ token: Floats, timestep: Floats)") { writer in
      writer.write(
        "var index = 0",
        "while index < \(plan.shape.hiddenStride) { (Vector(at: token + index) + Vector(at: timestep + index)).store(at: token + index); index += 16 }"
      )
    }
  }

  package func embedNormalize(_ norm: Network.Norm, to writer: inout CodeWriter) {
    let stride = plan.shape.hiddenStride
    let carries = plan.carriesTokens
    writer.function(
      "embed_ln(x + embed_timestep[timestep]) + wpe[0] of one token, in place\(carries ? "; embed_ln's factor" : "")."
    )
    writer.scope(
      "static func embedNormalize(_ token: Floats, timestep: Floats, gain: Floats, shift: Floats)\(carries ? " -> Float" : "")"
    ) { writer in
      writer.write("var index = 0")
      writer.write(
        "while index < \(stride) { (Vector(at: token + index) + Vector(at: timestep + index)).store(at: token + index); index += 16 }"
      )
      let epsilon = literal(Float(norm.epsilon))
      writer.write(
        "\(carries ? "let factor = " : "")normalize(token, rows: 1, epsilon: \(epsilon), to: token)  // whatever layer_norm_epsilon says",
        "index = 0")
      writer.scope("while index < \(stride)") { writer in
        writer.write(
          "let gain = Vector(at: gain + index), shift = Vector(at: shift + index)",
          "VectorMath.multiplyAdd(Vector(at: token + index), gain, shift).store(at: token + index)",
          "index += 16")
      }
      if carries { writer.write("return factor") }
    }
  }

  package func position(isNormalized: Bool, to writer: inout CodeWriter) {
    let stride = plan.shape.hiddenStride
    let (tokens, agents) = (plan.steps.tokens.count, plan.shape.groupSize)
    let ofTokens = plan.steps.slots == .tokens
    let sum =
      "x + embed_timestep[timestep] + embed_slot[\(ofTokens ? "place behind the first key" : "place of its step")]"
    writer.function(
      "\(isNormalized ? "embed_ln(\(sum)) + wpe[0]" : sum) of each row\(agents > 1 ? " of an agent" : "")."
    )
    writer.scope(
      "static func position(_ x: Floats, rows: Int, first: Int, \(ofTokens ? "firstKey: Int, " : "")timestep: Floats, slots: Floats, \(isNormalized ? "gain: Floats, shift: Floats, " : "")to y: Floats)"
    ) { writer in
      writer.write("var row = 0")
      writer.scope("while row < rows") { writer in
        let step = "row * \(literal(agents * stride))"
        writer.write(
          "let from = x + \(step), to = y + \(step), slot = slots + \(ofTokens ? "max(0, first + row - firstKey)" : "(first + row) / \(tokens)") * \(stride)",
          "var index = 0",
          "while index < \(stride) { (Vector(at: from + index) + Vector(at: slot + index)\(isNormalized ? "" : " + Vector(at: timestep + index)")).store(at: to + index); index += 16 }"
        )
        if isNormalized {
          writer.write("embedNormalize(to, timestep: timestep, gain: gain, shift: shift)")
        }
        writer.write("row += 1")
      }
    }
  }

  package func scaleAndShift(to writer: inout CodeWriter) {
    let stride = plan.shape.hiddenStride
    writer.function("x * gain + shift of each row.")
    writer.scope(
      "static func scaleAndShift(_ input: Floats, gain: Floats, shift: Floats, rows: Int, to output: Floats)"
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
}
