import DecisionTransformerCodegen
import Testing

/// What the preparation phase reads for the feedback phase.
@Suite("Reading ahead")
struct ReadAheadTests {
  @Test("reads nothing twice, nothing but what act reads, and in its order")
  func stretches() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.model(seed: seed))
      let act = plan.feedback.flatMap { name in
        plan.routines.first { $0.name == name }!.operations
      }
      let stretches = Self.stretches(of: plan)
      var (weights, rows): ([Range<Int>], [ControllerBuffer.Name]) = ([], [])
      for stretch in stretches {
        switch stretch {
        case .weights(let offset, let count): weights.append(offset..<offset + count)
        case .rows(let name, let count):
          #expect(count <= plan.memory.buffer(name).floatCount)
          #expect(!rows.contains(name), "seed \(seed)")
          rows.append(name)
        }
      }
      let first = Self.offsets(of: act, plan).flatMap { $0.flatMap(Array.init) }
      #expect(
        weights.flatMap(Array.init) == Array(first.prefix(weights.reduce(0) { $0 + $1.count })))
      #expect(rows == Array(Self.rows(of: act).prefix(rows.count)), "seed \(seed)")
    }
  }

  @Test("reads as much as a near cache keeps, and no small model")
  func amount() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.model(seed: seed))
      let count = Self.stretches(of: plan).reduce(0) { $0 + $1.count }
      let all = plan.total(plan.feedback, \.weightBytes) + plan.memory.byteCount
      #expect(4 * count <= ReadAhead.mostByteCount)
      #expect(
        (count == 0) == (plan.shape.window == 1 || all <= ReadAhead.cacheByteCount), "seed \(seed)")
    }
  }

  @Test("of the published shape begins with the entry tensors, then rows, then the first weights")
  func publishedShape() {
    var config = ModelConfig()
    (config.stateDimension, config.actionDimension) = (11, 3)
    let plan = Plan(RandomModel.model(config, GenerationOptions()))
    let stretches = Self.stretches(of: plan)
    // As much as the largest cache takes, and no more than `act` reads.
    let count = 4 * stretches.reduce(0) { $0 + $1.count }
    #expect(count > 2 * ReadAhead.byteCount && count <= ReadAhead.mostByteCount)
    #expect(count <= plan.total(plan.feedback, \.weightBytes) + plan.memory.byteCount)
    #expect(stretches.contains(.rows(.carried, count: 60 * 640)))
  }

  private static func stretches(of plan: Plan) -> [ReadAhead.Stretch] {
    plan.afterPreparation.flatMap { name in
      plan.routines.first { $0.name == name }!.operations.compactMap {
        if case .read(let stretch) = $0.kind { stretch } else { nil }
      }
    }
  }

  /// Where the tensors that `operations` multiply with lie.
  private static func offsets(of operations: [Operation], _ plan: Plan) -> [[Range<Int>]] {
    operations.map { operation in
      let indices: [Int] =
        switch operation.kind {
        case .linear: operation.weights
        case .enter(let entry): [entry.embedding, entry.value, entry.query, entry.inner]
        default: []
        }
      return indices.map { plan.weights.tensors[$0] }.filter { !$0.format.needsWidening }
        .map { $0.offset..<$0.offset + $0.floatCount }
    }
  }

  /// The keys and values that `operations` read, once each.
  private static func rows(of operations: [Operation]) -> [ControllerBuffer.Name] {
    operations.reduce(into: []) { names, operation in
      let name: ControllerBuffer.Name? =
        switch operation.kind {
        case .scores(_, _, let keys, _): keys.buffer
        case .mix(_, _, let values, _, _): values.buffer
        case .enter(let entry): entry.time.buffer
        default: nil
        }
      if let name, !names.contains(name) { names.append(name) }
    }
  }
}
