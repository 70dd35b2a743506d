import DecisionTransformerCodegen
import Programs
import Testing

/// Folded tensors compute what the checkpoint's own tensors compute, row by row, before any rounding.
@Suite("Folding")
struct FoldingTests {
  /// Of models with every kind of input.
  static let seeds = (UInt64(0)..<40).filter { seed in
    let contents = Plan(RandomModel.huggingFace(seed: seed)).weights.tensors.map(\.content)
    return [.embedReturn, .embedAction, .embedState].allSatisfy(contents.contains)
  }

  @Test("keeps embeddings, with states as they come")
  func embeddings() {
    for seed in Self.seeds {
      var fold = Fold(seed: seed)
      let (config, options) = (fold.model.config, fold.model.options)
      let target = fold.row(1)
      fold.expectEqual(fold.apply(.embedReturn, target), fold.dense.linear("embed_return", target))
      let action = fold.row(config.actionDimension)
      fold.expectEqual(fold.apply(.embedAction, action), fold.dense.linear("embed_action", action))

      // The code subtracts the mean as float32; the weights know the rest.
      let state = fold.row(config.stateDimension)
      let mean = fold.folded.rows(.stateMean)
      #expect(mean.allSatisfy { Double(Float($0)) == $0 })
      let normalized = state.indices.map { index in
        (state[index] - (options.stateMean?[index] ?? 0))
          / (options.stateStandardDeviation?[index] ?? 1)
      }
      fold.expectEqual(
        fold.apply(.embedState, zip(state, mean).map { $0 - $1 }),
        fold.dense.linear("embed_state", normalized))
    }
  }

  @Test("keeps embed_ln with wpe's first row, and the timesteps")
  func embeddingNorm() {
    for seed in Self.seeds {
      var fold = Fold(seed: seed)
      let hidden = fold.model.config.hiddenSize
      let row = fold.row(hidden)
      let (gain, shift) = (fold.folded.rows(.embedNormGain), fold.folded.rows(.embedNormShift))
      let position = fold.checkpoint.values("encoder.wpe.weight").prefix(hidden)
      fold.expectEqual(
        row.indices.map { row[$0] * gain[$0] + shift[$0] },
        zip(fold.dense.gained(row, "embed_ln"), position).map { $0 + Double($1) })
      let table = fold.checkpoint.values("embed_timestep.weight")
      #expect(fold.folded.rows(.timesteps) == table.map(Double.init))
    }
  }

  @Test("keeps every form's scores, up to what softmax cancels")
  func scores() {
    var forms: Set<String> = []
    for seed in Self.seeds {
      var fold = Fold(seed: seed)
      forms.formUnion(fold.plan.forms.map(\.rawValue))
      let config = fold.model.config
      for layer in 0..<config.layerCount {
        let (query, key, other) = (
          fold.row(config.hiddenSize), fold.row(config.hiddenSize), fold.row(config.hiddenSize)
        )
        for head in 0..<config.headCount {
          func dense(_ key: [Double]) -> Double {
            fold.dense.score(layer: layer, head: head, query: query, key: key)
          }
          func folded(_ key: [Double]) -> Double {
            fold.score(layer: layer, head: head, query: query, key: key)
          }
          fold.expectEqual([folded(key) - folded(other)], [dense(key) - dense(other)])
        }
      }
    }
    #expect(forms == ["standard", "absorbed", "fused", "carried"])
  }

  @Test("keeps every form's output of attention")
  func outputs() {
    for seed in Self.seeds {
      var fold = Fold(seed: seed)
      let config = fold.model.config
      for layer in 0..<config.layerCount {
        let rows = (0..<3).map { _ in fold.row(config.hiddenSize) }
        let weights = (0..<config.headCount).map { _ in fold.probabilities(3) }
        fold.expectEqual(
          fold.output(layer: layer, rows: rows, weights: weights),
          fold.dense.attentionOutput(layer: layer, rows: rows, weights: weights))
      }
    }
  }

  @Test("keeps what block 0 makes of an input, where that is multiplied out")
  func entries() {
    var count = 0
    for seed in Self.seeds {
      var fold = Fold(seed: seed)
      guard fold.plan.carriesTokens else { continue }
      count += 1
      let folded = fold.folded
      let (gain, shift) = (folded.rows(.embedNormGain), folded.rows(.embedNormShift))
      func product(_ row: [Double], _ content: PackedTensor.Content) -> [Double] {
        let weights = folded.stored(content).weights
        return (0..<weights.columnCount).map { column in
          row.indices.reduce(0) { $0 + row[$1] * weights[$1, column] }
        }
      }
      let inputs: [(EntryInput, PackedTensor.Content)] = [
        (.return, .embedReturn), (.state, .embedState), (.action, .embedAction),
      ]
      for (input, embedding) in inputs {
        // The factors of embed_ln and ln_1, whatever they are.
        let (outer, inner) = (fold.row(1)[0], fold.row(1)[0])
        let numbers = fold.row(folded.map(embedding).weights.rowCount)
        let time = fold.row(fold.model.config.hiddenSize)
        let embedded = centered(sum([fold.apply(embedding, numbers), time]))
        let token = embedded.indices.map { outer * embedded[$0] * gain[$0] + shift[$0] }
        let normalized = centered(token).map { inner * $0 }
        let value = fold.stored(.fusedOutput(layer: 0), normalized)

        let entry = numbers.map { $0 * outer * inner } + [outer * inner, inner]
        let timeRow = centered(zip(centered(time), gain).map { $0 * $1 })
        func scaled(_ row: [Double], _ factor: Double) -> [Double] { row.map { $0 * factor } }
        let timeValue = product(timeRow, .fusedOutput(layer: 0))
        let (hidden, stride) = (fold.model.config.hiddenSize, fold.plan.shape.hiddenStride)
        let carried = fold.apply(.entryValue(input), entry)
        fold.expectEqual(
          sum([Array(carried[..<hidden]), scaled(timeValue, outer * inner)]), value)
        let timeInner = product(centered(timeValue), .inner(layer: 0))
        fold.expectEqual(
          sum([
            Array(carried[stride...].prefix(timeInner.count)), scaled(timeInner, outer * inner),
          ]),
          product(centered(value), .inner(layer: 0)))
        fold.expectEqual(
          sum([
            fold.apply(.entryQuery(input), entry),
            scaled(product(timeRow, .fusedQuery(layer: 0)), outer * inner),
          ]), fold.stored(.fusedQuery(layer: 0), normalized))
        fold.expectEqual(
          sum([
            fold.apply(.entryInner(input), numbers.map { $0 * outer } + [outer]),
            scaled(product(timeRow, .inner(layer: 0)), outer),
          ]), product(centered(token), .inner(layer: 0)))
      }
    }
    #expect(count > 0)
  }

  private func centered(_ row: [Double]) -> [Double] {
    let mean = row.reduce(0, +) / Double(row.count)
    return row.map { $0 - mean }
  }

  @Test("keeps the MLP with ln_2, and the action head with ln_f")
  func feedForward() {
    for seed in Self.seeds {
      var fold = Fold(seed: seed)
      let (config, dense) = (fold.model.config, fold.dense)
      let row = fold.row(config.hiddenSize)
      for layer in 0..<config.layerCount {
        let block = "encoder.h.\(layer)"
        fold.expectEqual(
          fold.apply(.inner(layer: layer), row),
          dense.convolution("\(block).mlp.c_fc", dense.gained(row, "\(block).ln_2")))
        let inner = fold.row(config.innerSize)
        fold.expectEqual(
          fold.apply(.outer(layer: layer), inner), dense.convolution("\(block).mlp.c_proj", inner))
      }
      fold.expectEqual(
        fold.apply(.predictAction, row),
        dense.linear("predict_action.0", dense.gained(row, "encoder.ln_f")))
    }
  }
}

/// A random model with its folded and its dense form, and rows to try them on.
private struct Fold {
  let seed: UInt64
  let model: Model
  let plan: Plan
  let checkpoint: Checkpoint
  let folded: FoldedTensors
  let dense: DenseModel
  private var random: SplitMix64

  init(seed: UInt64) {
    self.seed = seed
    model = RandomModel.huggingFace(seed: seed)
    plan = Plan(model)
    checkpoint = RandomModel.checkpoint(of: model, seed: seed)
    folded = FoldedTensors(plan, checkpoint)
    dense = DenseModel(config: model.config, checkpoint: checkpoint)
    random = SplitMix64(seed: ~seed)
  }

  mutating func row(_ count: Int) -> [Double] { RandomModel.numbers(count, -2...2, &random) }

  mutating func probabilities(_ count: Int) -> [Double] {
    let numbers = RandomModel.numbers(count, 0.1...1, &random)
    let total = numbers.reduce(0, +)
    return numbers.map { $0 / total }
  }

  func apply(_ content: PackedTensor.Content, _ row: [Double]) -> [Double] {
    apply(folded.map(content), row)
  }

  /// With the numbers as they are stored.
  func stored(_ content: PackedTensor.Content, _ row: [Double]) -> [Double] {
    apply(folded.stored(content), row)
  }

  private func apply(_ map: AffineMap, _ row: [Double]) -> [Double] {
    map.bias.indices.map { column in
      row.indices.reduce(map.bias[column]) { $0 + row[$1] * map.weights[$1, column] }
    }
  }

  /// The score as the layer's form computes it from folded tensors.
  func score(layer: Int, head: Int, query: [Double], key: [Double]) -> Double {
    func part(_ content: PackedTensor.Content, _ row: [Double]) -> [Double] {
      slice(apply(content, row), head)
    }
    switch plan.forms[layer] {
    case .fused, .carried: return dot(apply(.fusedQuery(layer: layer), query), key)
    case .standard: return dot(part(.query(layer: layer), query), part(.key(layer: layer), key))
    case .absorbed:
      let query = Array(part(.query(layer: layer), query).prefix(plan.shape.headSize))
      return dot(apply(.absorbedKey(layer: layer, head: head), query), key)
    }
  }

  /// Attention's output as the layer's form computes it; `weights` per head.
  func output(layer: Int, rows: [[Double]], weights: [[Double]]) -> [Double] {
    func mixed(_ rows: [[Double]], _ weights: [Double]) -> [Double] {
      sum(zip(rows, weights).map { row, weight in row.map { weight * $0 } })
    }
    switch plan.forms[layer] {
    case .fused, .carried: return apply(.fusedOutput(layer: layer), mixed(rows, weights[0]))
    case .standard:
      let values = rows.map { apply(.value(layer: layer), $0) }
      let heads = weights.indices.flatMap { head in
        mixed(values.map { slice($0, head) }, weights[head])
      }
      return apply(.projection(layer: layer), heads)
    case .absorbed:
      let padding = plan.shape.headStride - plan.shape.headSize
      let heads = weights.indices.flatMap { head in
        apply(.absorbedValue(layer: layer, head: head), mixed(rows, weights[head]))
          + Array(repeating: 0, count: padding)
      }
      return apply(.projection(layer: layer), heads)
    }
  }

  /// The columns of a head, padding included.
  private func slice(_ row: [Double], _ head: Int) -> [Double] {
    Array(row[head * plan.shape.headStride..<(head + 1) * plan.shape.headStride])
  }

  func expectEqual(
    _ left: [Double], _ right: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let size = right.map(abs).max() ?? 0
    let differences = zip(left, right).map { abs($0 - $1) }
    #expect(left.count == right.count, "seed \(seed)", sourceLocation: sourceLocation)
    #expect(
      differences.allSatisfy { $0 <= 1e-9 * (1 + size) }, "seed \(seed)",
      sourceLocation: sourceLocation)
  }
}
