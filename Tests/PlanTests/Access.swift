import DecisionTransformerCodegen

/// What an operation reads or writes of a buffer: a rectangle of rows and floats.
struct Access {
  var buffer: ControllerBuffer.Name
  var rows: Range<Int>
  var columns: Range<Int>
  /// Floats from row to row by which the kernel goes; nil where the operation has one row.
  var stride: Int?

  private init(
    _ operand: Operand, rows: Int, columns: Int, stride: Int, token: Int, isShared: Bool
  ) {
    let first =
      switch operand.row {
      case .at(let row): row
      case .token: isShared ? 0 : token
      case .behindToken(let slots): token + slots
      }
    buffer = operand.buffer
    self.rows = first..<first + rows
    self.columns = operand.column..<operand.column + columns
    self.stride = rows == 1 ? nil : stride
  }

  /// Everything that `operation` touches; `token` is the routine's parameter.
  static func all(of operation: Operation, in plan: Plan, token: Int) -> [Access] {
    let shape = plan.shape
    func access(_ operand: Operand, _ rows: Int, _ columns: Int, stride: Int) -> Access {
      Access(
        operand, rows: rows, columns: columns, stride: stride, token: token,
        isShared: plan.memory.buffers.contains { $0.name == operand.buffer && $0.isShared })
    }
    func panels(_ operand: Operand, _ heads: Int, _ depth: Int) -> Access {
      access(operand, heads * shape.keyStride, depth + 1, stride: depth + 1)
    }
    switch operation.kind {
    case .linear(let kernel, let input, _, let residual, let converted, let output):
      guard case .linear(let rows, let depth, let columns, _, let format, let strides) = kernel
      else {
        return []
      }
      let wide = Shape.stride(columns)
      // Weights of four panels at a time: biases, then rows, an even number of them. Or rows: four floats in front of
      // their integers, two floats for four of these.
      let vectors =
        format.inputs == .integers
        ? (rows * (4 + Shape.stride(depth) / 2) + 15) / 16
        : min(4, wide / 16) * (1 + depth + depth % 2)
      let widened = converted.map { access($0, vectors, 16, stride: 16) }
      return [access(input, rows, depth, stride: strides.input)]
        + [widened].compactMap(\.self)
        + ([residual, output].compactMap(\.self)).map {
          access($0, rows, wide, stride: strides.output)
        }
    case .convolve(let kernel, let input, _, let residual, let patches, let output):
      guard case .convolve(let convolution, _) = kernel else { return [] }
      let (map, places) = (convolution.input, convolution.outputRows * convolution.outputColumns)
      let wide = Shape.stride(convolution.filters)
      let read =
        convolution.isPlanar ? map.count : map.placeCount * convolution.placeStride
      return [
        access(input, 1, read, stride: 0),
        access(
          patches, 1, convolution.outputColumns * Shape.stride(convolution.depth), stride: 0),
      ] + [residual, output].compactMap(\.self).map { access($0, 1, places * wide, stride: 0) }
    case .slideFrames(let operand, _):
      return [access(operand, 1, plan.steps.state.count, stride: 0)]
    case .normalize(let rows, let input, let output):
      return [input, output].map {
        access($0, rows, shape.hiddenStride, stride: shape.hiddenStride)
      }
    case .normalizeNumbers(let rows, let count, let input, let output):
      let stride = Shape.stride(count)
      return [input, output].map { access($0, rows, stride, stride: stride) }
    case .embedTimestep(let operand, _, _):
      return [access(operand, 1, shape.hiddenStride, stride: shape.hiddenStride)]
    case .position(let rows, let input, _, _, _, let output):
      return [input, output].map {
        access($0, rows, shape.hiddenStride, stride: shape.batch * shape.hiddenStride)
      }
    case .scores(
      .rowScores(let rows, let depth, let count, let queryStride, let rowStride, let keyStride),
      let queries, let keys, let output):
      return [
        access(queries, rows, depth, stride: queryStride),
        access(keys, count, depth, stride: rowStride),
        access(output, rows, count, stride: keyStride),
      ]
    case .scores(let kernel, let queries, let keys, let output):
      guard case .scores(let rows, let heads, let depth, let stride, _, _) = kernel else {
        return []
      }
      let width = (heads - 1) * Shape.stride(depth) + depth
      return [
        access(queries, rows, width, stride: stride), panels(keys, heads, depth),
        access(output, heads * rows, shape.keyStride, stride: shape.keyStride),
      ]
    case .softmax(let operand, let mask, let heads, let rows, _, _, _):
      return [access(operand, heads * rows, shape.keyStride, stride: shape.keyStride)]
        + [mask].compactMap(\.self).map { access($0, 1, shape.keyStride, stride: 0) }
    case .mix(let kernel, let probabilities, let values, let residual, let output):
      guard case .mix(let rows, let heads, let keys, let columns, _, let stride, _, _, _) = kernel
      else { return [] }
      return [
        access(probabilities, heads * rows, shape.keyStride, stride: shape.keyStride),
        access(values, keys, heads * columns, stride: stride),
      ]
        + [residual, output].compactMap(\.self).map {
          access($0, rows, heads * columns, stride: stride)
        }
    case .enter(let entry):
      let count = plan.steps.count(of: entry.input)
      return [
        access(entry.token, 1, shape.carriedStride, stride: 0),
        access(entry.carried, 1, shape.carriedStride, stride: 0),
        access(entry.normalized, 1, shape.hiddenStride, stride: 0),
        access(entry.queryRow, 1, shape.hiddenStride, stride: 0),
        access(entry.numbers, 1, count, stride: 0),
        access(entry.factored, 2, count + 2, stride: shape.entryStride),
        access(entry.time, 2, shape.timeStride, stride: shape.timeStride),
      ]
    case .centerTime(_, _, let output): return [access(output, 1, shape.hiddenStride, stride: 0)]
    case .center(let input, let output):
      return [input, output].map { access($0, 1, shape.hiddenStride, stride: 0) }
    case .activateCarried(let rows, let input, _, let stream, let output):
      return [
        access(input, rows, shape.carriedStride, stride: shape.carriedStride),
        access(stream, rows, shape.hiddenStride, stride: shape.hiddenStride),
        access(output, rows, shape.innerStride, stride: shape.innerStride),
      ]
    case .storeKeys(let kernel, let rows, let input, let keys):
      guard case .storeKeys(let heads, let depth, let stride, _) = kernel else { return [] }
      let width = (heads - 1) * Shape.stride(depth) + depth
      return [access(input, rows, width, stride: stride), panels(keys, heads, depth)]
    case .maskTokens(let mask, let operand):
      let keys = plan.memory.buffer(operand.buffer)
      return [
        access(mask, 1, shape.keyStride, stride: shape.keyStride),
        access(operand, keys.rows, keys.stride, stride: keys.stride),
      ]
    case .recordTokens(let rows, _, let index, _, let output):
      let stride = plan.memory.buffer(rows.buffer).stride
      let count = shape.slotCount * shape.hiddenSize
      return [
        access(rows, shape.slotCount, shape.hiddenSize, stride: stride),
        access(Operand(output.buffer, column: index * count), 1, count, stride: 0),
      ]
    case .recordSteps(let rows, let output, _, let place):
      let columns =
        output == .action
        ? shape.actionDimension
        : output == .state ? shape.stateDimension : 1
      return [
        access(rows, shape.slotCount, columns, stride: Shape.stride(columns)),
        access(place, 1, shape.window * columns, stride: 0),
      ]
    case .recordAttention(let layer, let probabilities, let output):
      let count = shape.headCount * shape.slotCount * shape.slotCount
      return [
        access(
          probabilities, shape.headCount * shape.slotCount, shape.keyStride, stride: shape.keyStride
        ),
        access(Operand(output.buffer, column: layer * count), 1, count, stride: 0),
      ]
    case .slide(let operand):
      let stride = plan.memory.buffer(operand.buffer).stride
      return [
        access(operand, shape.pastTokenCount + shape.tokensPerStep, stride, stride: stride)
      ]
    case .read(.weights): return []
    case .read(.rows(let name, let count)):
      let stride = plan.memory.buffer(name).stride
      return [access(Operand(name), (count + stride - 1) / stride, stride, stride: stride)]
    case .correctUnattended(let rows, _, let operand):
      return [access(operand, rows, shape.hiddenStride, stride: shape.hiddenStride)]
    case .scaleAndShift(let rows, _, let input, let output):
      return [input, output].map {
        access($0, rows, shape.hiddenStride, stride: shape.hiddenStride)
      }
    }
  }
}
