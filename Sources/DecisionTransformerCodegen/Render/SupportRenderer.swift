/// Writes the functions of a model that are not matrix products: norms, softmax, sliding, masks.
struct SupportRenderer {
  let plan: Plan
  let model: Model

  /// Up to this many vectors of a row are held in registers.
  private let unrolledVectors = 16

  func render(to writer: inout CodeWriter) {
    normalize(to: &writer)
    embedNormalize(to: &writer)
    softmax(to: &writer)
    if plan.shape.pastTokenCount > 0 { move(to: &writer) }
    maskKeys(to: &writer)
    epilogue(to: &writer)
    memoryAccess(to: &writer)
  }

  private func begin(_ writer: inout CodeWriter, _ summary: String, inline: String = "@inline(never)") {
    writer.write("", "/// \(summary)", "\(inline) @_noAllocation @_noLocks")
  }

  // MARK: Layer normalisation

  private func normalize(to writer: inout CodeWriter) {
    let (size, stride) = (plan.shape.hiddenSize, plan.shape.hiddenStride)
    let vectors = stride / Shape.lanes
    begin(&writer, "(x - mean) / √(variance + epsilon) of each row of \(size).")
    writer.scope("private func normalize(_ input: Floats, _ output: MutableFloats, rows: Int, epsilon: Float)") { writer in
      writer.write("var row = 0")
      writer.scope("while row < rows") { writer in
        writer.write("let x = input + row * \(stride), y = output + row * \(stride)")
        if vectors <= unrolledVectors {
          unrolledNorm(vectors, size, to: &writer)
        } else {
          loopedNorm(vectors, size, to: &writer)
        }
        writer.write("row += 1")
      }
    }
  }

  private func unrolledNorm(_ vectors: Int, _ size: Int, to writer: inout CodeWriter) {
    let indices = Array(0..<vectors)
    for index in indices { writer.write("let x\(index) = load(x\(offset(index)))") }
    writer.write("let mean = Vector(repeating: VectorMath.sum(of: \(tree(indices.map { "x\($0)" }))) * \(literal(1 / Float(size))))")
    for index in indices {
      let difference = "x\(index) - mean"
      writer.write("let d\(index) = \(index == vectors - 1 ? masked(difference, size) : difference)")
    }
    writer.write("let variance = VectorMath.sum(of: \(tree(indices.map { "d\($0) * d\($0)" }))) * \(literal(1 / Float(size)))")
    writer.write("let scale = Vector(repeating: VectorMath.reciprocalSquareRoot(variance + epsilon))")
    for index in indices { writer.write("store(d\(index) * scale, y\(offset(index)))") }
  }

  private func loopedNorm(_ vectors: Int, _ size: Int, to writer: inout CodeWriter) {
    writer.write("var total = Vector(repeating: 0), squares = total, index = 0")
    writer.scope("while index < \(vectors * Shape.lanes)") { writer in
      writer.write("total += load(x + index)", "index += 16")
    }
    writer.write("let mean = Vector(repeating: VectorMath.sum(of: total) * \(literal(1 / Float(size))))", "index = 0")
    writer.scope("while index < \(vectors * Shape.lanes)") { writer in
      let difference = "load(x + index) - mean"
      if size % Shape.lanes == 0 {
        writer.write("let difference = \(difference)")
      } else {
        writer.write("let isPadding = Self.lanes &+ Int32(truncatingIfNeeded: index) .>= \(size)")
        writer.write("let difference = (\(difference)).replacing(with: Vector(repeating: 0), where: isPadding)")
      }
      writer.write("squares = fma(difference, difference, squares)", "store(difference, y + index)", "index += 16")
    }
    writer.write("let variance = VectorMath.sum(of: squares) * \(literal(1 / Float(size)))")
    writer.write("let scale = Vector(repeating: VectorMath.reciprocalSquareRoot(variance + epsilon))", "index = 0")
    writer.scope("while index < \(vectors * Shape.lanes)") { writer in
      writer.write("store(load(y + index) * scale, y + index)", "index += 16")
    }
  }

  /// The last vector of a row, with lanes behind the row's end set to zero.
  private func masked(_ difference: String, _ size: Int) -> String {
    let valid = size % Shape.lanes
    return valid == 0 ? difference : "(\(difference)).replacing(with: Vector(repeating: 0), where: Self.lanes .>= \(valid))"
  }

  private func embedNormalize(to writer: inout CodeWriter) {
    let stride = plan.shape.hiddenStride
    let gain = plan.weights.tensor(.embedNormGain).offset
    let shift = plan.weights.tensor(.embedNormShift).offset
    let timesteps = plan.weights.tensor(.timesteps).offset
    let last = plan.shape.maximumEpisodeLength - 1
    begin(&writer, "embed_ln(x + embed_timestep[timestep]) + wpe[0] of one token, in place.")
    writer.scope("private func embedNormalize(_ token: MutableFloats)") { writer in
      let index = model.options.timestepOverflow == .clamp ? "min(timestep, \(literal(last)))" : "timestep"
      writer.write("let time = weights + \(literal(timesteps)) + \(index) * \(stride)", "var index = 0")
      writer.scope("while index < \(stride)") { writer in
        writer.write("store(load(token + index) + load(time + index), token + index)", "index += 16")
      }
      writer.write("normalize(token, token, rows: 1, epsilon: 1e-05)  // whatever layer_norm_epsilon says", "index = 0")
      writer.scope("while index < \(stride)") { writer in
        writer.write("let gain = load(weights + \(literal(gain)) + index), shift = load(weights + \(literal(shift)) + index)")
        writer.write("store(fma(load(token + index), gain, shift), token + index)", "index += 16")
      }
    }
  }

  // MARK: Softmax

  private func softmax(to writer: inout CodeWriter) {
    let stride = plan.shape.keyStride
    let vectors = stride / Shape.lanes
    begin(&writer, "Probabilities from scores, in place: row r of each head sees keys up to lastKey + r * step.")
    writer.scope("private func softmax(heads: Int, rows: Int, lastKey: Int, step: Int)") { writer in
      writer.write("let hidden = Vector(repeating: Self.hiddenScore)", "var row = 0, last = lastKey, head = 0")
      writer.scope("while head < heads") { writer in
        writer.write("row = 0", "last = lastKey")
        writer.scope("while row < rows") { writer in
          writer.write("let y = scores + (head * rows + row) * \(stride)", "let lastLane = SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: last))")
          if vectors <= unrolledVectors {
            unrolledSoftmax(vectors, to: &writer)
          } else {
            loopedSoftmax(stride, to: &writer)
          }
          writer.write("row += 1", "last += step")
        }
        writer.write("head += 1")
      }
    }
  }

  private func unrolledSoftmax(_ vectors: Int, to writer: inout CodeWriter) {
    let indices = Array(0..<vectors)
    for index in indices {
      let lanes = index == 0 ? "Self.lanes" : "(Self.lanes &+ \(index * Shape.lanes))"
      writer.write("let s\(index) = load(y\(offset(index))).replacing(with: hidden, where: \(lanes) .> lastLane)")
    }
    writer.write("let top = Vector(repeating: VectorMath.maximum(of: \(tree(indices.map { "s\($0)" }, combine: { "VectorMath.maximum(\($0), \($1))" }))))")
    for index in indices { writer.write("let e\(index) = VectorMath.exponential(s\(index) - top)") }
    writer.write("let scale = Vector(repeating: 1 / VectorMath.sum(of: \(tree(indices.map { "e\($0)" }))))")
    for index in indices { writer.write("store(e\(index) * scale, y\(offset(index)))") }
  }

  private func loopedSoftmax(_ stride: Int, to writer: inout CodeWriter) {
    writer.write("var top = hidden, total = Vector(repeating: 0), index = 0")
    writer.scope("while index < \(stride)") { writer in
      writer.write("let isHidden = Self.lanes &+ Int32(truncatingIfNeeded: index) .> lastLane")
      writer.write("let score = load(y + index).replacing(with: hidden, where: isHidden)")
      writer.write("top = VectorMath.maximum(top, score)", "store(score, y + index)", "index += 16")
    }
    writer.write("top = Vector(repeating: VectorMath.maximum(of: top))", "index = 0")
    writer.scope("while index < \(stride)") { writer in
      writer.write("let power = VectorMath.exponential(load(y + index) - top)")
      writer.write("total += power", "store(power, y + index)", "index += 16")
    }
    writer.write("let scale = Vector(repeating: 1 / VectorMath.sum(of: total))", "index = 0")
    writer.scope("while index < \(stride)") { writer in
      writer.write("store(load(y + index) * scale, y + index)", "index += 16")
    }
  }

  // MARK: Window

  private func move(to writer: inout CodeWriter) {
    begin(&writer, "Moves `count` floats to the front, from `distance` behind it.")
    writer.scope("private func move(_ rows: MutableFloats, by distance: Int, count: Int)") { writer in
      writer.write("var index = 0")
      writer.scope("while index < count") { writer in
        writer.write("store(load(rows + distance + index), rows + index)", "index += 16")
      }
    }
  }

  private func maskKeys(to writer: inout CodeWriter) {
    let (shape, groups) = (plan.shape, plan.shape.keyStride / Shape.lanes)
    begin(&writer, "Hides keys of steps before the episode's first, and the padding behind the last key.")
    writer.scope("private func maskKeys(_ keys: MutableFloats, panels: Int, stride: Int)") { writer in
      writer.write("let first = Int32(truncatingIfNeeded: max(0, \(shape.pastTokenCount) - 3 * timestep))")
      writer.write("let hidden = Vector(repeating: Self.hiddenScore), visible = Vector(repeating: 0)")
      writer.write("var panel = 0")
      writer.scope("while panel < panels") { writer in
        let panel = groups == 1 ? "0" : "panel % \(groups)"
        writer.write("let key = Self.lanes &+ Int32(truncatingIfNeeded: \(groups == 1 ? panel : "(\(panel))") * 16)")
        writer.write("let mask = visible.replacing(with: hidden, where: key .< first)")
        writer.write("store(mask.replacing(with: hidden, where: key .>= \(shape.keyCount)), keys + panel * stride)", "panel += 1")
      }
    }
  }

  // MARK: Vectors

  private func epilogue(to writer: inout CodeWriter) {
    let activation = model.config.activation
    writer.write("", "/// What happens to a vector of sums before it is stored.")
    writer.scope("private enum Epilogue") { writer in
      writer.write("case store, activation\(needsTanh ? ", tanh" : "")", "case add(Floats)")
    }
    writer.write("", "@inline(__always) @_noAllocation @_noLocks")
    writer.scope("private func finish(_ sums: Vector, _ epilogue: Epilogue, _ output: MutableFloats, _ place: Int)") { writer in
      writer.write("switch epilogue {", "case .store: store(sums, output + place)")
      writer.write("case .activation: store(VectorMath.\(activation.functionName)(sums), output + place)")
      if needsTanh { writer.write("case .tanh: store(VectorMath.hyperbolicTangent(sums), output + place)") }
      writer.write("case .add(let residual): store(sums + load(residual + place), output + place)", "}")
    }
  }

  private var needsTanh: Bool { model.config.hasActionTanh || model.config.activation == .tanh }

  private func memoryAccess(to writer: inout CodeWriter) {
    writer.write("", "@inline(__always) @_noAllocation @_noLocks")
    writer.scope("private func load(_ place: Floats) -> Vector") { writer in
      writer.write("UnsafeRawPointer(place).load(as: Vector.self)")
    }
    writer.write("", "@inline(__always) @_noAllocation @_noLocks")
    writer.scope("private func store(_ value: Vector, _ place: MutableFloats)") { writer in
      writer.write("UnsafeMutableRawPointer(place).storeBytes(of: value, as: Vector.self)")
    }
    writer.write("", "@inline(__always) @_noAllocation @_noLocks")
    writer.scope("private func fma(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector") { writer in
      writer.write("VectorMath.multiplyAdd(a, b, c)")
    }
  }

  // MARK: Expressions

  private func offset(_ index: Int) -> String { index == 0 ? "" : " + \(index * Shape.lanes)" }

  /// A balanced combination of terms, so that the order of rounding is fixed and the chain short.
  private func tree(_ terms: [String], combine: (String, String) -> String = { "(\($0) + \($1))" }) -> String {
    if terms.count == 1 { return terms[0] }
    let half = (terms.count + 1) / 2
    return combine(tree(Array(terms[..<half]), combine: combine), tree(Array(terms[half...]), combine: combine))
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
