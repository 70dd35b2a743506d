import DecisionTransformerCodegen

/// The checkpoint's layers evaluated one row at a time in double precision, with nothing folded.
struct DenseModel {
  let config: ModelConfig
  let checkpoint: Checkpoint

  /// Query, key or value (0, 1, 2) of one head, from a row before ln_1's gain.
  func attentionInput(_ part: Int, layer: Int, head: Int, _ row: [Double]) -> [Double] {
    let block = "encoder.h.\(layer)"
    let first = part * config.hiddenSize + head * config.headSize
    return convolution(
      "\(block).attn.c_attn", gained(row, "\(block).ln_1"),
      columns: first..<first + config.headSize)
  }

  /// q·k of a head, scaled, for rows before ln_1's gain.
  func score(layer: Int, head: Int, query: [Double], key: [Double]) -> Double {
    let q = attentionInput(0, layer: layer, head: head, query)
    let k = attentionInput(1, layer: layer, head: head, key)
    return dot(q, k) * config.attentionScale(layer: layer)
  }

  /// c_proj of the heads' weighted values.
  func attentionOutput(layer: Int, rows: [[Double]], weights: [[Double]]) -> [Double] {
    let mixed = (0..<config.headCount).flatMap { head in
      sum(
        zip(rows, weights[head]).map { row, weight in
          attentionInput(2, layer: layer, head: head, row).map { weight * $0 }
        })
    }
    return convolution("encoder.h.\(layer).attn.c_proj", mixed)
  }

  /// A row after a layer norm's gain and shift.
  func gained(_ row: [Double], _ name: String) -> [Double] {
    let (gain, shift) = (checkpoint.values("\(name).weight"), checkpoint.values("\(name).bias"))
    return row.indices.map { row[$0] * Double(gain[$0]) + Double(shift[$0]) }
  }

  /// Conv1D, or some of its columns: weight [in, out].
  func convolution(
    _ name: String, _ row: [Double], columns: Range<Int>? = nil
  ) -> [Double] {
    let (weight, bias) = (checkpoint.values("\(name).weight"), checkpoint.values("\(name).bias"))
    return (columns ?? bias.indices).map { column in
      row.indices.reduce(Double(bias[column])) {
        $0 + row[$1] * Double(weight[$1 * bias.count + column])
      }
    }
  }

  /// nn.Linear: weight [out, in].
  func linear(_ name: String, _ row: [Double]) -> [Double] {
    let (weight, bias) = (checkpoint.values("\(name).weight"), checkpoint.values("\(name).bias"))
    return bias.indices.map { column in
      row.indices.reduce(Double(bias[column])) {
        $0 + row[$1] * Double(weight[column * row.count + $1])
      }
    }
  }
}

func dot(_ left: [Double], _ right: [Double]) -> Double {
  zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
}

/// The rows added up.
func sum(_ rows: [[Double]]) -> [Double] {
  rows.dropFirst().reduce(rows[0]) { zip($0, $1).map { $0 + $1 } }
}
