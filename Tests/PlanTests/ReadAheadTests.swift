import DecisionTransformerCodegen
import Testing

/// What the preparation phase reads for the feedback phase.
@Suite("Reading ahead")
struct ReadAheadTests {
  @Test(
    "reads, the last first, nothing twice and nothing but what act reads and prepare has not just read"
  )
  func stretches() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.model(seed: seed))
      let near = plan.weightsReadLast(upTo: ReadAhead.byteCount)
      let act = plan.feedback.flatMap { plan.routine($0).operations }
      let reads = Self.reads(of: plan)
      // What act reads, number by number; nil for what is left out, and for rows that were there before.
      var expected: [Place] = []
      for operation in act { expected += Self.places(of: operation, plan, known: expected) }
      var end = 0
      for read in reads.reversed() {
        #expect(read.after >= end, "seed \(seed)")
        #expect(expected[end..<read.after].allSatisfy { $0.isNear(near) }, "seed \(seed)")
        end = read.after + read.stretch.count
        let places = Self.places(of: read.stretch)
        #expect(expected[read.after..<end] == places[...], "seed \(seed)")
      }
      #expect(
        Set(reads.flatMap { Self.places(of: $0.stretch) }).count
          == reads.reduce(0) { $0 + $1.stretch.count })
      #expect(
        reads.isEmpty || 4 * end == ReadAhead.mostByteCount
          || expected[end...].allSatisfy { $0.isNear(near) }, "seed \(seed)")
    }
  }

  @Test("has the weights of prepare's end near already: as much of it as a near cache keeps")
  func near() throws {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.model(seed: seed))
      let (few, many) = (plan.weightsReadLast(upTo: 1 << 14), plan.weightsReadLast(upTo: 1 << 18))
      #expect(4 * few.count <= 1 << 14 && 4 * many.count <= 1 << 18)
      #expect(few.ranges.allSatisfy(many.contains), "seed \(seed)")
      #expect(plan.weightsReadLast(upTo: 0).count == 0)
      let prepare = plan.workingSetOfPrepare
      #expect(plan.weightsReadLast(upTo: .max).ranges.allSatisfy(prepare.weights.contains))
    }
  }

  @Test("reads as much as a near cache keeps, and no small model")
  func amount() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.model(seed: seed))
      let count = Self.reads(of: plan).reduce(0) { $0 + $1.stretch.count }
      let all = plan.total(plan.feedback, \.weightBytes) + plan.memory.byteCount
      #expect(4 * count <= ReadAhead.mostByteCount)
      #expect(
        (count == 0) == (plan.shape.window == 1 || all <= ReadAhead.cacheByteCount), "seed \(seed)")
    }
  }

  @Test("of the published shape begins with the entry tensors, then rows, then the first weights")
  func publishedShape() throws {
    var config = ModelConfig()
    (config.stateDimension, config.actionDimension) = (11, 3)
    let plan = Plan(RandomModel.model(config, GenerationOptions()))
    let reads = Self.reads(of: plan)
    // As much as the largest cache takes.
    let last = try #require(reads.first), first = try #require(reads.last)
    #expect(4 * (last.after + last.stretch.count) > 2 * ReadAhead.byteCount)
    #expect(4 * (last.after + last.stretch.count) <= ReadAhead.mostByteCount)
    #expect(first.after == 0)
    guard case .weights = first.stretch else { return #expect(Bool(false), "rows come first") }
    #expect(reads.contains { $0.stretch == .rows(.carried, count: 60 * 640) })
  }

  private static func reads(of plan: Plan) -> [(stretch: ReadAhead.Stretch, after: Int)] {
    plan.afterPreparation.flatMap { name in
      plan.routine(name).operations.compactMap {
        if case .read(let stretch, let after) = $0.kind {
          (stretch, after)
        } else {
          nil
        }
      }
    }
  }

  /// A number that act reads.
  private enum Place: Hashable {
    case weight(Int)
    case row(ControllerBuffer.Name, Int)

    func isNear(_ near: Stretches) -> Bool {
      if case .weight(let place) = self { near.contains(place) } else { false }
    }
  }

  private static func places(of stretch: ReadAhead.Stretch) -> [Place] {
    switch stretch {
    case .weights(let offset, let count): (offset..<offset + count).map(Place.weight)
    case .rows(let name, let count): (0..<count).map { .row(name, $0) }
    }
  }

  /// What an operation of act reads of weights that are not widened, and of keys and values, but for rows that are `known`.
  private static func places(of operation: Operation, _ plan: Plan, known: [Place]) -> [Place] {
    let (tensors, buffer): ([Int], ControllerBuffer.Name?) =
      switch operation.kind {
      case .linear, .convolve: (operation.weights, nil)
      case .enter(let entry):
        ([entry.embedding, entry.value, entry.query, entry.inner], entry.time.buffer)
      case .scores(_, _, let keys, _): ([], keys.buffer)
      case .mix(_, _, let values, _, _): ([], values.buffer)
      default: ([], nil)
      }
    let weights = tensors.map { plan.weights.tensors[$0] }.filter { !$0.format.needsWidening }
      .flatMap { places(of: .weights(offset: $0.offset, count: $0.floatCount)) }
    guard let buffer, !known.contains(.row(buffer, 0)) else { return weights }
    return weights + places(of: .rows(buffer, count: plan.memory.buffer(buffer).floatCount))
  }
}
