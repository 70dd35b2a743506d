import Foundation

/// Scores, probabilities, weighted sums.
extension Machine {
  /// The score of a key that is not seen, as in generated code.
  package static var hiddenScore: Scalar { Scalar(-3e38 as Float) }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func scores(
    _ kernel: Kernel, _ queries: Operand, _ keys: Operand, _ output: Operand
  ) {
    let (queries, keys, output) = (place(queries), place(keys), place(output))
    switch kernel {
    case .scores(let rows, let heads, let depth, let queryStride, let keyStride, let causal):
      let (panel, groups) = ((depth + 1) * Shape.lanes, keyStride / Shape.lanes)
      for head in 0..<heads {
        for row in 0..<rows {
          let query = queries + head * Shape.stride(depth) + row * queryStride
          let result = output + (head * rows + row) * keyStride
          // Softmax hides what lies behind a row's own token.
          for group in 0..<(causal ? min(groups, row / Shape.lanes + 1) : groups) {
            let place = keys + (head * groups + group) * panel
            var sums = Array(numbers[place..<place + Shape.lanes])
            for k in 0..<depth {
              sums.add(numbers[query + k], times: numbers, from: place + (k + 1) * Shape.lanes)
            }
            let start = result + group * Shape.lanes
            for lane in 0..<Shape.lanes { numbers[start + lane] = sums[lane] }
          }
        }
      }
    case .rowScores(
      let rows, let depth, let count, let queryStride, let rowStride, let keyStride):
      for row in 0..<rows {
        for key in 0..<count {
          let (query, x) = (queries + row * queryStride, keys + key * rowStride)
          var sum: Scalar = 0
          for k in 0..<depth { sum += numbers[query + k] * numbers[x + k] }
          numbers[output + row * keyStride + key] = sum
        }
      }
    default: preconditionFailure("\(kernel) makes no scores")
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func softmax(
    _ scores: Operand, mask: Operand?, heads: Int, rows: Int, firstKey: Int, lastKey: Int, step: Int
  ) {
    let (first, count) = (place(scores), buffer(scores).stride)
    let (shown, hidden) = (mask.map { place($0) }, Self.hiddenScore)
    for row in 0..<heads * rows {
      let start = first + row * count
      let last = lastKey + row % rows * step
      if let shown {
        for key in 0..<count { numbers[start + key] += numbers[shown + key] }
      }
      for key in 0..<count where key > last || key < firstKey { numbers[start + key] = hidden }
      let top = numbers[start..<start + count].reduce(hidden) { max($0, $1) }
      var sum: Scalar = 0
      for key in start..<start + count {
        numbers[key] = Scalar(exp(Double(numbers[key] - top)))
        sum += numbers[key]
      }
      // A row that sees no key at all has no attention.
      let scale = mask != nil && top < hidden / 2 ? 0 : 1 / sum
      for key in start..<start + count { numbers[key] *= scale }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func mix(
    _ kernel: Kernel, _ scores: Operand, _ values: Operand, residual: Operand?, _ output: Operand
  ) {
    guard
      case .mix(
        let rows, let heads, let keys, let columns, let keyStride, let rowStride, let strips, _, _) =
        kernel
    else { preconditionFailure("\(kernel) mixes no values") }
    let (scores, values, output) = (place(scores), place(values), place(output))
    let added = residual.map { place($0) }
    let width = strips?.width ?? columns
    let (strip, key) = (width * (strips?.slots ?? 0), strips?.width ?? rowStride)
    for head in 0..<heads {
      for row in 0..<rows {
        let probabilities = scores + (head * rows + row) * keyStride
        let first = values + head * columns
        var sums = [Scalar](repeating: 0, count: columns)
        for index in 0..<keys where numbers[probabilities + index] != 0 {
          for start in stride(from: 0, to: columns, by: width) {
            sums.add(
              numbers[probabilities + index], times: numbers,
              from: first + start / width * strip + index * key, to: start..<start + width)
          }
        }
        let place = row * rowStride + head * columns
        for column in 0..<columns {
          numbers[output + place + column] =
            sums[column] + (added.map { numbers[$0 + place + column] } ?? 0)
        }
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func storeKeys(_ kernel: Kernel, _ rows: Int, _ input: Operand, _ keys: Operand)
  {
    guard case .storeKeys(let heads, let depth, let rowStride, let keyStride) = kernel else {
      preconditionFailure("\(kernel) stores no keys")
    }
    let (panel, groups) = ((depth + 1) * Shape.lanes, keyStride / Shape.lanes)
    let (first, source, keys) = (slot(input.row), place(input), place(keys))
    for head in 0..<heads {
      for row in 0..<rows {
        let key = first + row
        precondition(key < keyStride, "key \(key) of \(keyStride)")
        let column =
          keys + (head * groups + key / Shape.lanes) * panel + key % Shape.lanes
        let x = source + row * rowStride + head * Shape.stride(depth)
        for index in 0..<depth { numbers[column + (index + 1) * Shape.lanes] = numbers[x + index] }
      }
    }
  }
}
