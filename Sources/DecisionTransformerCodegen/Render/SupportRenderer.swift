/// Writes the functions of a model that are not matrix products: norms, softmax, sliding, masks.
package struct SupportRenderer {
  package let plan: Plan

  package func render(to writer: inout CodeWriter) {
    normalize(to: &writer)
    if let steps = plan.network.controlSteps {
      normalizeNumbers(steps.state.encoder, to: &writer)
      if let norm = steps.embeddingNorm {
        embedNormalize(norm, to: &writer)
      } else if !plan.network.hasMovingPositions {
        embedTimestep(to: &writer)
      }
      if plan.network.hasMovingPositions {
        position(isNormalized: steps.embeddingNorm != nil, to: &writer)
      }
    }
    if plan.carriesTokens { CarriedSupportRenderer(plan: plan).render(to: &writer) }
    softmax(to: &writer)
    clear(to: &writer)
    if plan.network.takesEmbeddings { TrunkSupportRenderer(plan: plan).render(to: &writer) }
    if plan.appliesGains { scaleAndShift(to: &writer) }
    if !plan.forward.isEmpty { ForwardSupportRenderer(plan: plan).render(to: &writer) }
    if let format = plan.widenedFormat, plan.kernels.contains(where: \.widensWeights) {
      widen(format, to: &writer)
    }
    if plan.preparation.contains(.slideWindow) { slide(to: &writer) }
    if let buffer = plan.memory.buffers.first(where: { $0.stripCount > 1 }) {
      slideStrips(of: buffer, to: &writer)
    }
    if let readAhead = plan.routines.first(where: { $0.name == .readAhead }) {
      read(readAhead, to: &writer)
    }
  }

  // MARK: Memory

  private func clear(to writer: inout CodeWriter) {
    if plan.network.controlSteps == nil || plan.shape.groupSize > 1 {
      writer.function("Fills `rows` rows of `count` floats, `stride` floats apart, with zero.")
      writer.scope(
        "static func clear(_ place: Floats, rows: Int = 1, count: Int, stride: Int = 0)"
      ) { writer in
        writer.scope("for row in 0..<rows") { writer in
          writer.write(
            "var index = 0",
            "while index < count { Vector(repeating: 0).store(at: place + row * stride + index); index += 16 }"
          )
        }
      }
    }
    guard plan.network.controlSteps != nil else { return }
    guard plan.shape.groupSize == 1 else { return clearAgent(to: &writer) }
    let outputs = plan.memory.buffers.first { if case .output = $0.name { true } else { false } }
    writer.function(
      "Fills all memory with zero\(outputs == nil ? "" : ", but for what `forward` returns").")
    writer.scope("static func clear(_ memory: Floats)") { writer in
      writer.write(
        "var index = 0",
        "while index < \(literal(outputs?.offset ?? plan.memory.floatCount)) { Vector(repeating: 0).store(at: memory + index); index += 16 }"
      )
    }
  }

  private func clearAgent(to writer: inout CodeWriter) {
    writer.function("Fills the rows of one agent with zero.")
    let (size, areGrouped) = (plan.shape.groupSize, plan.shape.agentGroups.count > 1)
    writer.scope(
      "static func clear(_ memory: Floats, \(areGrouped ? "group: Floats, " : "")agent: Int)"
    ) { writer in
      // What phases use in turn is written before it is read.
      for buffer in plan.memory.buffers
      where buffer.agents != .shared && !buffer.name.isOfOnePhase {
        let base = buffer.isOfGroup ? "group" : "memory"
        let agent = buffer.isOfGroup ? "agent % \(size)" : "agent"
        let place =
          "\(base) + \(literal(buffer.offset)) + \(agent) * \(literal(buffer.agentStride))"
        if case .apart = buffer.agents {
          writer.write("clear(\(place), count: \(literal(buffer.agentStride)))")
        } else {
          writer.write(
            "clear(\(place), rows: \(buffer.rows), count: \(buffer.stride), stride: \(literal(buffer.rowStride)))"
          )
        }
      }
    }
  }

  private func slide(to writer: inout CodeWriter) {
    // Its callers know the rows' stride: inlined, the count is a constant.
    writer.inlined("Drops the oldest step: moves all rows but its own to the front.")
    writer.scope("static func slide(_ rows: Rows)") {
      $0.write(
        "VectorMath.move(rows.start, by: \(plan.shape.tokensPerStep) * rows.stride, count: \(plan.shape.pastTokenCount) * rows.stride)"
      )
    }
  }

  private func slideStrips(of buffer: ControllerBuffer, to writer: inout CodeWriter) {
    writer.inlined(
      "The same of each of the \(buffer.stripCount) strips of columns that rows lie in.")
    writer.scope("static func slideStrips(_ rows: Rows)") {
      $0.write(
        "for strip in 0..<\(buffer.stripCount) { slide(Rows(rows.start + strip * \(literal(buffer.rows * buffer.strip)), rows.stride)) }"
      )
    }
  }

  private func read(_ routine: Routine, to writer: inout CodeWriter) {
    writer.function(routine.summary)
    writer.scope("static func readAhead(_ weights: Floats, _ memory: Floats, count: Int)") {
      writer in
      for operation in routine.operations {
        let names = operation.reads.map { plan.memory.buffer($0.buffer).name.identifier }
        writer.write(
          CodeWriter.line(
            OperandText(plan: plan).statement(operation), comment: names.joined(), column: 72))
      }
    }
  }

  // MARK: Formats of weights

  private func widen(_ format: WeightFormat, to writer: inout CodeWriter) {
    let (word, rows) = (format.wordName, format.rowsPerWord)
    writer.function(
      "`panels` of a strip of \(format.name) weights as a float32 strip in `widened`.")
    writer.scope(
      "static func widen(_ w: Floats, step: Int, panels: Int, \(word)s: Int, to widened: Floats)"
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
        // Outside of the loop, for a sum of two counts is checked for overflow.
        let places = ["to"] + format.rowNames.dropFirst()
        for row in 1..<rows {
          writer.write("let \(places[row]) = \(places[row - 1]) + panels * 16")
        }
        writer.scope("for panel in 0..<panels") { writer in
          writer.write("let words = Vector(at: from + panel * 16)")
          for row in 0..<rows {
            writer.write(
              "\(format.widened(row: row, of: "words")).store(at: \(places[row]) + panel * 16)")
          }
        }
        writer.write("to = \(places[rows - 1])", "\(word) += 1")
      }
    }
  }
}

extension CodeWriter {
  /// Begins a function that is not inlined.
  package mutating func function(_ summary: String) {
    write("", "/// \(summary)", "@inline(never) @_noAllocation @_noLocks")
  }

  /// Begins a function that is inlined.
  package mutating func inlined(_ summary: String) {
    write("", "/// \(summary)", "@inline(__always) @_noAllocation @_noLocks")
  }
}

extension Activation {
  /// The runtime's function.
  package var functionName: String {
    switch self {
    case .relu: "rectified"
    case .silu: "sigmoidLinear"
    case .gelu: "gaussianErrorLinear"
    case .tanh: "hyperbolicTangent"
    case .geluNew, .geluFast: "gaussianErrorLinearTanh"
    case .gelu10: "clippedGaussianErrorLinear"
    case .quickGelu: "gaussianErrorLinearSigmoid"
    case .mish: "mish"
    case .sigmoid: "sigmoid"
    case .leakyRelu: "leakyRectified"
    case .relu6: "clippedRectified"
    case .relu2: "squaredRectified"
    case .hardswish: "hardSigmoidLinear"
    case .laplace: "laplace"
    case .sqrtsoftplus: "squareRootSoftplus"
    case .linear: "identity"
    }
  }
}

extension Plan {
  /// Whether rows are multiplied by a norm's gain anywhere.
  fileprivate var appliesGains: Bool {
    routines.flatMap(\.operations).contains {
      if case .scaleAndShift = $0.kind { true } else { false }
    }
  }

  /// The row of embed_timestep, in terms of `timestep`.
  package func timestepRow(_ timestep: String) -> String {
    let time = steps.time
    let sum = "\(timestep) + \(time.first)"
    return switch time.overflow {
    case .error: time.first == 0 ? timestep : "(\(sum))"
    case .clamp: "min(\(time.first == 0 ? timestep : sum), \(literal(time.count - 1)))"
    case .wrap: "\(time.first == 0 ? timestep : "(\(sum))") % \(literal(time.count))"
    }
  }
}
