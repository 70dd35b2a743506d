import Foundation

/// A controller's memory and the plan's operations on it, in float32 and as plain loops.
///
/// Sums run in the order of the reduced index, with a rounding after each product and each sum: what generated code
/// does without fused multiply-adds, and the same on every machine. `exp` and the activations are rounded from
/// double precision. Rows lie whole here, also those that generated code keeps in strips: that changes no number.
struct PlanMemory {
  let plan: Plan
  let activation: Activation
  let layerNormEpsilon: Float
  private let timestepOverflow: TimestepOverflow
  /// Row 0 is the bias, then the rows of the map; nil for tensors in rows.
  let maps: [[Float]?]
  let payload: [Float]
  var floats: [Float]
  /// Of the tokens that are being embedded.
  var timestep = 0

  private static let hiddenScore: Float = -3e38

  init(plan: Plan, payload: [Float]) {
    self.plan = plan
    self.payload = payload
    activation = plan.network.blocks[0].activation
    layerNormEpsilon = Float(plan.network.finalNorm.epsilon)
    timestepOverflow = plan.steps.time.overflow
    let unpacker = Unpacker(plan: plan, payload: payload)
    maps = plan.weights.tensors.map { tensor in
      if case .rows = tensor.arrangement { return nil }
      let map = unpacker.map(tensor.content)
      return (map.bias + map.weights.values).map { Float($0) }
    }
    floats = Array(repeating: 0, count: plan.memory.floatCount)
  }

  /// The start of a row of a buffer, `count` numbers.
  subscript(operand: Operand, count: Int) -> [Float] {
    get {
      let start = place(operand, token: 0)
      return Array(floats[start..<start + count])
    }
    set {
      let start = place(operand, token: 0)
      floats.replaceSubrange(start..<start + count, with: newValue)
    }
  }

  /// Zeros everywhere; every key is hidden but those to come.
  mutating func reset() {
    floats = Array(repeating: 0, count: floats.count)
    timestep = 0
  }

  func place(_ operand: Operand, token: Int) -> Int {
    let buffer = plan.memory.buffer(operand.buffer)
    let row = if case .at(let row) = operand.row { row } else { token }
    return buffer.offset + row * buffer.stride + operand.column
  }

  // MARK: Operations

  /// `token` is the routine's parameter.
  mutating func perform(_ operation: Operation, token: Int) {
    switch operation.kind {
    case .linear(
      .linear(let rows, let depth, let columns, let epilogue, _, let strides), let input,
      let weights,
      let residual, _, let output):
      linear(
        rows, depth, columns, epilogue, strides, place(input, token: token), weights,
        residual: residual.map { place($0, token: token) }, place(output, token: token))
    case .normalize(let rows, let input, let output):
      for row in 0..<rows {
        let offset = row * plan.shape.hiddenStride
        normalize(
          place(input, token: token) + offset, place(output, token: token) + offset,
          epsilon: layerNormEpsilon)
      }
    case .embedNormalize(let operand, _, _, _): embedNormalize(place(operand, token: token))
    case .enter(let entry): enter(entry.input, entry.token, token: token)
    case .centerTime: centerTime()
    case .center(let input, let output):
      center(place(input, token: token), place(output, token: token))
    case .activateCarried(let rows, let input, let weights, let stream, let output):
      activateCarried(
        rows, place(input, token: token), maps[weights]!, place(stream, token: token),
        place(output, token: token))
    case .scores(
      .scores(let rows, let heads, let depth, let queryStride, let keyStride, _), let queries,
      let keys, let output):
      scores(
        rows, heads, depth, queryStride, keyStride, place(queries, token: token),
        place(keys, token: token), place(output, token: token))
    case .scores(
      .rowScores(let rows, let depth, let keys, let queryStride, let rowStride, let keyStride),
      let queries, let start, let output):
      rowScores(
        rows, depth, keys, queryStride, rowStride, keyStride, place(queries, token: token),
        place(start, token: token), place(output, token: token))
    case .softmax(_, _, let heads, let rows, let lastKey, let step, let hidesEarlySteps):
      let last = if case .at(let row) = lastKey { row } else { token }
      let first = hidesEarlySteps ? max(0, plan.shape.pastTokenCount - 3 * timestep) : 0
      softmax(heads, rows, firstKey: first, lastKey: last, step: step)
    case .mix(
      .mix(let rows, let heads, let keys, let columns, let keyStride, let rowStride, _, _, _),
      _, let values, let residual, let output):
      mix(
        rows, heads, keys, columns, keyStride, rowStride, place(values, token: token),
        residual: residual.map { place($0, token: token) }, place(output, token: token))
    case .storeKeys(
      .storeKeys(let heads, let depth, let rowStride, let keyStride), let rows, let input, let keys):
      let first = if case .at(let row) = input.row { row } else { token }
      storeKeys(
        heads, depth, rowStride, keyStride, rows, first: first, place(input, token: token),
        place(keys, token: token))
    case .slide(let name):
      let buffer = plan.memory.buffer(name.buffer)
      let count = plan.shape.pastTokenCount * buffer.stride
      for index in buffer.offset..<buffer.offset + count {
        floats[index] = floats[index + 3 * buffer.stride]
      }
    case .read: break  // changes nothing but time
    case .maskTokens, .recordTokens, .recordSteps, .recordAttention:
      preconditionFailure("forward is no part of the control loop")
    case .correctUnattended, .scaleAndShift:
      preconditionFailure("a trunk has no control loop")
    case .linear, .scores, .mix, .storeKeys:
      preconditionFailure("an operation has a kernel of its own kind")
    }
  }

  private mutating func linear(
    _ rows: Int, _ depth: Int, _ columns: Int, _ epilogue: Kernel.Epilogue,
    _ strides: RowStrides, _ input: Int, _ weights: Int, residual: Int?, _ output: Int
  ) {
    let map = maps[weights]!
    for row in 0..<rows {
      let x = input + row * strides.input
      var sums =
        epilogue == .storeUnbiased
        ? Array(repeating: 0, count: columns) : Array(map[0..<columns])
      for k in 0..<depth { sums.add(floats[x + k], times: map, from: (k + 1) * columns) }
      let y = row * strides.output
      for column in 0..<columns {
        let value: Float =
          switch epilogue {
          case .store, .storeUnbiased: sums[column]
          case .activation(let activation): Float(activation.reference(Double(sums[column])))
          case .add: sums[column] + floats[residual! + y + column]
          }
        floats[output + y + column] = value
      }
    }
  }

  @discardableResult
  mutating func normalize(_ input: Int, _ output: Int, epsilon: Float) -> Float {
    let size = plan.shape.hiddenSize
    let mean = floats[input..<input + size].reduce(0, +) / Float(size)
    let differences = floats[input..<input + size].map { $0 - mean }
    let variance = differences.reduce(0) { $0 + $1 * $1 } / Float(size)
    let scale = 1 / (variance + epsilon).squareRoot()
    for index in 0..<size { floats[output + index] = differences[index] * scale }
    return scale
  }

  /// The current row of embed_timestep.
  var timestepRow: Int {
    let row = timestepOverflow.row(timestep, of: plan.shape.maximumEpisodeLength)
    return plan.weights.tensor(.timesteps).offset + row * plan.shape.hiddenStride
  }

  @discardableResult
  mutating func embedNormalize(_ token: Int) -> Float {
    let time = timestepRow
    let gain = plan.weights.tensor(.embedNormGain).offset
    let shift = plan.weights.tensor(.embedNormShift).offset
    for index in 0..<plan.shape.hiddenSize { floats[token + index] += payload[time + index] }
    let scale = normalize(token, token, epsilon: 1e-5)
    for index in 0..<plan.shape.hiddenSize {
      floats[token + index] = floats[token + index] * payload[gain + index] + payload[shift + index]
    }
    return scale
  }
}

// MARK: - Attention
extension PlanMemory {
  private mutating func scores(
    _ rows: Int, _ heads: Int, _ depth: Int, _ queryStride: Int, _ keyStride: Int,
    _ queries: Int, _ keys: Int, _ output: Int
  ) {
    let panel = (depth + 1) * Shape.lanes
    for head in 0..<heads {
      for row in 0..<rows {
        let query = queries + head * Shape.stride(depth) + row * queryStride
        let result = output + (head * rows + row) * keyStride
        for group in 0..<keyStride / Shape.lanes {
          let place = keys + (head * keyStride / Shape.lanes + group) * panel
          var sums = Array(floats[place..<place + Shape.lanes])
          for k in 0..<depth {
            sums.add(floats[query + k], times: floats, from: place + (k + 1) * Shape.lanes)
          }
          let start = result + group * Shape.lanes
          floats.replaceSubrange(start..<start + Shape.lanes, with: sums)
        }
      }
    }
  }

  private mutating func rowScores(
    _ rows: Int, _ depth: Int, _ count: Int, _ queryStride: Int, _ rowStride: Int,
    _ keyStride: Int, _ queries: Int, _ keys: Int, _ output: Int
  ) {
    for row in 0..<rows {
      for key in 0..<count {
        var sum: Float = 0
        for k in 0..<depth {
          sum += floats[queries + row * queryStride + k] * floats[keys + key * rowStride + k]
        }
        floats[output + row * keyStride + key] = sum
      }
    }
  }

  private mutating func softmax(
    _ heads: Int, _ rows: Int, firstKey: Int, lastKey: Int, step: Int
  ) {
    let scores = plan.memory.buffer(.scores)
    for head in 0..<heads {
      for row in 0..<rows {
        let start = scores.offset + (head * rows + row) * scores.stride
        let last = lastKey + row * step
        for key in 0..<scores.stride where key > last || key < firstKey {
          floats[start + key] = Self.hiddenScore
        }
        let top = floats[start..<start + scores.stride].reduce(Self.hiddenScore) { max($0, $1) }
        var sum: Float = 0
        for key in start..<start + scores.stride {
          floats[key] = Float(exp(Double(floats[key] - top)))
          sum += floats[key]
        }
        let scale = 1 / sum
        for key in start..<start + scores.stride { floats[key] *= scale }
      }
    }
  }

  private mutating func mix(
    _ rows: Int, _ heads: Int, _ keys: Int, _ columns: Int, _ keyStride: Int,
    _ rowStride: Int, _ values: Int, residual: Int?, _ output: Int
  ) {
    let scores = plan.memory.buffer(.scores).offset
    for head in 0..<heads {
      for row in 0..<rows {
        let probabilities = scores + (head * rows + row) * keyStride
        var sums = [Float](repeating: 0, count: columns)
        for key in 0..<keys where floats[probabilities + key] != 0 {
          sums.add(
            floats[probabilities + key], times: floats,
            from: values + key * rowStride + head * columns)
        }
        let place = row * rowStride + head * columns
        for column in 0..<columns {
          floats[output + place + column] =
            sums[column] + (residual.map { floats[$0 + place + column] } ?? 0)
        }
      }
    }
  }

  private mutating func storeKeys(
    _ heads: Int, _ depth: Int, _ rowStride: Int, _ keyStride: Int, _ rows: Int, first: Int,
    _ input: Int, _ keys: Int
  ) {
    let panel = (depth + 1) * Shape.lanes
    for head in 0..<heads {
      for row in 0..<rows {
        let key = first + row
        let place =
          keys + (head * keyStride / Shape.lanes + key / Shape.lanes) * panel + key % Shape.lanes
        let x = input + row * rowStride + head * Shape.stride(depth)
        for index in 0..<depth { floats[place + (index + 1) * Shape.lanes] = floats[x + index] }
      }
    }
  }
}

extension [Float] {
  /// self += factor · `row`, where `row` begins at `start` of `numbers`.
  mutating func add(_ factor: Float, times numbers: [Float], from start: Int) {
    precondition(start >= 0 && start + count <= numbers.count)
    numbers.withUnsafeBufferPointer { numbers in
      withUnsafeMutableBufferPointer { sums in
        for index in 0..<sums.count { sums[index] += factor * numbers[start + index] }
      }
    }
  }
}
