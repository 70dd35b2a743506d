/// One block computed in double precision from the plan's packed tensors, exactly as stored: what
/// generated code would return with exact arithmetic. It judges rounded weights (`precision`), for which
/// the checkpoint itself is no yardstick.
struct PlanBlock: TransformerBlock {
  private let form: AttentionForm
  private let shape: Shape
  private let layerNorm: LayerNorm
  private let activation: Activation
  private let query: AffineMap
  /// Keys and values of the standard form; none where normalised rows are both.
  private let key: AffineMap?
  private let value: AffineMap?
  /// Per head, of the absorbed form.
  private let absorbedKeys: [AffineMap]
  private let absorbedValues: [AffineMap]
  private let output: AffineMap
  private let inner: AffineMap
  private let outer: AffineMap
  /// What a trunk adds to rows that see no key.
  private let unattended: [Double]?

  init(layer: Int, unpacker: Unpacker) {
    let plan = unpacker.plan
    form = plan.forms[layer]
    shape = plan.shape
    let block = plan.network.blocks[layer]
    activation = block.activation
    // Gains and shifts are folded into the maps that follow.
    layerNorm = LayerNorm(
      gain: Array(repeating: 1, count: shape.hiddenSize),
      shift: Array(repeating: 0, count: shape.hiddenSize), epsilon: block.norm.epsilon)
    // Carrying block 0's values is another order of the same products.
    let isFused = form == .fused || form == .carried
    let heads = form == .absorbed ? 0..<shape.headCount : 0..<0
    query = unpacker.map(isFused ? .fusedQuery(layer: layer) : .query(layer: layer))
    key = form == .standard ? unpacker.map(.key(layer: layer)) : nil
    value = form == .standard ? unpacker.map(.value(layer: layer)) : nil
    absorbedKeys = heads.map { unpacker.map(.absorbedKey(layer: layer, head: $0)) }
    absorbedValues = heads.map { unpacker.map(.absorbedValue(layer: layer, head: $0)) }
    output = unpacker.map(isFused ? .fusedOutput(layer: layer) : .projection(layer: layer))
    inner = unpacker.map(.inner(layer: layer))
    outer = unpacker.map(.outer(layer: layer))
    unattended = plan.network.takesEmbeddings ? unpacker.row(.unattended(layer: layer)) : nil
  }

  func callAsFunction(_ input: Matrix, from first: Int, visible: [Bool]?) -> Matrix {
    var x = output(attend(layerNorm(input), from: first, visible)) + input.rows(from: first)
    if let unattended, let visible {
      let firstVisible = visible.firstIndex(of: true) ?? visible.count
      for row in 0..<max(0, firstVisible - first) {
        for column in unattended.indices { x[row, column] += unattended[column] }
      }
    }
    return x + outer(inner(layerNorm(x)).map(activation.reference))
  }

  func attentionWeights(_ input: Matrix) -> [Matrix] {
    let normalized = layerNorm(input)
    let queries = query(normalized)
    return (0..<shape.headCount).map { head in
      let first = head * shape.headStride
      let columns = first..<first + shape.headStride
      return switch form {
      case .fused, .carried: causalWeights(queries, normalized)
      case .standard:
        causalWeights(queries.columns(columns), key!(normalized).columns(columns))
      case .absorbed:
        causalWeights(
          absorbedKeys[head](queries.columns(first..<first + shape.headSize)), normalized)
      }
    }
  }

  /// What enters the output map: one head's columns after the other, each padded to its stride.
  private func attend(_ normalized: Matrix, from first: Int, _ visible: [Bool]?) -> Matrix {
    let queries = query(normalized.rows(from: first))
    switch form {
    case .fused, .carried:
      return causalAttention(queries, normalized, normalized, visible: visible)
    case .standard:
      let (keys, values) = (key!(normalized), value!(normalized))
      return perHead(queries.rowCount) { columns in
        causalAttention(
          queries.columns(columns), keys.columns(columns), values.columns(columns),
          visible: visible)
      }
    case .absorbed:
      return perHead(queries.rowCount) { columns in
        let head = columns.lowerBound / shape.headStride
        let headQuery = queries.columns(columns.lowerBound..<columns.lowerBound + shape.headSize)
        return absorbedValues[head](
          causalAttention(
            absorbedKeys[head](headQuery), normalized, normalized, visible: visible))
      }
    }
  }

  private func perHead(_ rows: Int, _ mixed: (Range<Int>) -> Matrix) -> Matrix {
    var result = Matrix(rowCount: rows, columnCount: shape.attentionStride)
    for head in 0..<shape.headCount {
      let first = head * shape.headStride
      let part = mixed(first..<first + shape.headStride)
      for row in 0..<rows {
        for column in 0..<part.columnCount { result[row, first + column] = part[row, column] }
      }
    }
    return result
  }
}

extension AffineMap {
  fileprivate func callAsFunction(_ input: Matrix) -> Matrix {
    Linear(weight: weights, bias: bias)(input)
  }
}
