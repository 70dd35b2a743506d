/// What an operation reads or writes of a buffer, for all agents together: a rectangle of rows and floats.
///
/// Rows are counted as they lie: where those of several agents alternate, slot by slot, all of them are counted.
public struct Access: Equatable, Sendable {
  public var buffer: ControllerBuffer.Name
  public var rows: Range<Int>
  public var columns: Range<Int>
  /// Floats from row to row by which the kernel goes; nil where the operation has one row.
  public var stride: Int?
}

extension Access {
  /// Everything that `operation` touches of the memory; `token` is the routine's parameter.
  public static func all(of operation: Operation, in plan: Plan, token: Int?) -> [Access] {
    Accesses(plan: plan, isPerAgent: operation.isPerAgent, token: token).all(of: operation)
  }
}

/// Finds what an operation touches.
private struct Accesses {
  let plan: Plan
  let isPerAgent: Bool
  let token: Int?

  private var shape: Shape { plan.shape }

  /// - Parameters:
  ///   - rows: Of one agent where the operation goes agent by agent; else of all agents.
  ///   - stride: Floats from row to row of what is counted in `rows`.
  private func access(_ operand: Operand, _ rows: Int, _ columns: Int, stride: Int) -> Access {
    let buffer = plan.memory.buffer(operand.buffer)
    let slot =
      switch operand.row {
      case .at(let row): row
      case .token: buffer.isShared ? 0 : told
      case .behindToken(let slots): told + slots
      }
    let all: Range<Int>
    switch buffer.agents {
    case .shared: all = slot..<slot + rows
    case .interleaved(let count):
      all = slot * count..<slot * count + (isPerAgent ? rows * shape.groupSize : rows)
    case .apart(let count) where count > 1 && isPerAgent:
      precondition(slot == 0 && rows == buffer.rows, "each agent has all rows of its own")
      all = 0..<rows * count
    case .apart: all = slot..<slot + rows
    }
    return Access(
      buffer: operand.buffer, rows: all, columns: operand.column..<operand.column + columns,
      stride: rows == 1 ? nil : stride)
  }

  private var told: Int {
    guard let token else { preconditionFailure("the routine takes no token") }
    return token
  }

  private func panels(_ operand: Operand, _ heads: Int, _ depth: Int) -> Access {
    access(operand, heads * shape.keyStride, depth + 1, stride: depth + 1)
  }

  func all(of operation: Operation) -> [Access] {
    switch operation.kind {
    case .linear(let kernel, let input, _, let residual, let converted, let output):
      guard case .linear(let rows, let depth, let columns, _, _, let strides) = kernel
      else { return [] }
      let wide = Shape.stride(columns)
      let count = kernel.conversion?.floatCount ?? 0
      let widened = converted.map {
        access($0, (count + Shape.lanes - 1) / Shape.lanes, Shape.lanes, stride: Shape.lanes)
      }
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
        access($0, rows, shape.hiddenStride, stride: shape.groupSize * shape.hiddenStride)
      }
    case .scores(
      .rowScores(let rows, let depth, let count, let queryStride, let rowStride, let keyStride),
      let queries, let keys, let output):
      return [
        access(queries, rows, depth, stride: queryStride),
        access(keys, count, depth, stride: rowStride),
        access(output, rows, keyStride, stride: keyStride),
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
      guard
        case .mix(let rows, let heads, let keys, let columns, _, let stride, _, let causal, _) =
          kernel
      else { return [] }
      return [
        access(probabilities, heads * rows, shape.keyStride, stride: shape.keyStride),
        // The last row sees itself and no key behind it.
        access(values, causal ? min(rows, keys) : keys, heads * columns, stride: stride),
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
        access(
          operand, shape.groupSize * (shape.pastTokenCount + shape.tokensPerStep), stride,
          stride: stride)
      ]
    case .read(.weights, _): return []
    case .read(.rows(let name, let count), _):
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
