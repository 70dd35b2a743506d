import DecisionTransformer

/// Where `act` and `prepare` spend their time, by operation, and what each is held up by.
struct Explanation: Encodable {
  /// What an operation is held up by most.
  enum Bound: String, Encodable {
    /// Multiply-adds: it takes the better part of what they would take at the core's rate.
    case arithmetic
    /// Numbers that lie in the first or second-level cache.
    case nearCache = "near cache"
    /// Numbers that lie further away when their turn comes: again at once, it is faster by a quarter.
    case farCache = "far cache"
    /// None of these: norms, softmax, copies, and products so small that they end before they are under way.
    case instructions
  }

  struct Operation: Encodable {
    var phase, routine, name, tensors: String
    /// Measured, in microseconds: in its place in the loop, and again at once.
    var microseconds, microsecondsAgain: Double
    /// Of its phase's operations.
    var share: Double
    var multiplyAdds, weightBytes, memoryBytes: Int
    var weightBytesByPrecision: [String: Int]
    /// Computed from the measured rates, in microseconds: its multiply-adds; all it touches out of a near cache, and out of
    /// one that holds the weights and the memory.
    var arithmetic, nearCache, farCache: Double
    var bound: Bound
  }

  /// One call, in microseconds.
  struct Phase: Encodable {
    var name: String
    /// The sum of its operations, and the median of the whole call in the loop at full speed.
    var operations, call: Double
    /// The sums of what bounds them.
    var byBound: [String: Double]
    var weightBytes: Int
    /// What its operations would read of weights in each precision.
    var weightBytesByPrecision: [String: Int]
    /// Computed: what fewer bytes of weights would save, in microseconds, of operations that caches hold up.
    var savedByPrecision: [String: Double]
  }

  /// The rates that operations are held against: 10⁹ operations and 10⁹ bytes a second, medians.
  struct Rates: Encodable {
    var multiplyAdd, nearCache, farCache: Double
    var nearBytes, farBytes: Int
  }

  var rounds: Int
  var rates: Rates
  var phases: [Phase]
  var operations: [Operation]

  /// The precisions, in the order of the generator.
  let precisions: [String]

  enum CodingKeys: String, CodingKey { case rounds, rates, phases, operations }

  /// - Parameters:
  ///   - calls: The median of each phase's call, in microseconds.
  init<Controller: ExplainedController & ~Copyable>(
    _: Controller.Type, times: OperationTimes, rates: Rates,
    calls: [PhaseOperation.Phase: Double]
  ) {
    (rounds, self.rates) = (times.rounds, rates)
    let names: [PhaseOperation.Phase] = [.act, .prepare]
    let all = (0..<Controller.operationCount).map { Controller.operation($0) }
    precisions = all.first?.weightBytesByPrecision.map(\.key) ?? []
    let indices = { (phase: PhaseOperation.Phase) in all.indices.filter { all[$0].phase == phase } }
    let sums = Dictionary(
      uniqueKeysWithValues: names.map { phase in
        (phase, indices(phase).reduce(0) { $0 + times.inLoop[$1] })
      })
    operations = all.indices.map { index in
      Operation(
        all[index], microseconds: times.inLoop[index], again: times.again[index],
        ofPhase: sums[all[index].phase]!, rates)
    }
    phases = names.map { [operations] phase in
      Phase(
        "\(phase)", operations.filter { $0.phase == "\(phase)" }, rates,
        call: calls[phase] ?? 0)
    }
  }
}

extension Explanation.Operation {
  fileprivate init(
    _ operation: PhaseOperation, microseconds: Double, again: Double, ofPhase sum: Double,
    _ rates: Explanation.Rates
  ) {
    (phase, routine) = ("\(operation.phase)", "\(operation.routine)")
    (name, tensors) = ("\(operation.name)", "\(operation.tensors)")
    (self.microseconds, microsecondsAgain) = (microseconds, again)
    share = sum > 0 ? microseconds / sum : 0
    (multiplyAdds, weightBytes) = (operation.multiplyAdds, operation.weightBytes)
    memoryBytes = operation.memoryBytes
    weightBytesByPrecision = Dictionary(
      operation.weightBytesByPrecision.map { ($0.key, $0.value) }
    ) { first, _ in first }
    // 10⁹ a second are 1000 a microsecond.
    let bytes = Double(weightBytes + memoryBytes)
    arithmetic = Double(2 * multiplyAdds) / (1000 * rates.multiplyAdd)
    nearCache = bytes / (1000 * rates.nearCache)
    farCache = bytes / (1000 * rates.farCache)
    // The clock cannot tell less from nothing.
    if microseconds - again > max(microseconds / 4, 0.05) {
      bound = .farCache
    } else if max(arithmetic, nearCache) < 0.4 * again {
      bound = .instructions
    } else {
      bound = arithmetic >= nearCache ? .arithmetic : .nearCache
    }
  }
}

extension Explanation.Phase {
  fileprivate init(
    _ name: String, _ operations: [Explanation.Operation], _ rates: Explanation.Rates, call: Double
  ) {
    (self.name, self.call) = (name, call)
    self.operations = operations.reduce(0) { $0 + $1.microseconds }
    byBound = Dictionary(
      operations.map { ($0.bound.rawValue, $0.microseconds) }, uniquingKeysWith: +)
    // What is read ahead is `act`'s.
    let operations = operations.filter { $0.name != "read" }
    weightBytes = operations.reduce(0) { $0 + $1.weightBytes }
    weightBytesByPrecision = operations.reduce(into: [:]) { sums, operation in
      sums.merge(operation.weightBytesByPrecision, uniquingKeysWith: +)
    }
    savedByPrecision = operations.reduce(into: [:]) { sums, operation in
      sums.merge(operation.savedByPrecision, uniquingKeysWith: +)
    }
  }
}

extension Explanation.Operation {
  /// What it would take less with the weights of each precision: of an operation that caches hold up, the part that
  /// its bytes become fewer, down to what its multiply-adds take. Widening the weights is not counted.
  fileprivate var savedByPrecision: [String: Double] {
    guard bound == .farCache || bound == .nearCache else { return [:] }
    let all = Double(weightBytes + memoryBytes)
    return weightBytesByPrecision.mapValues { bytes in
      let left = microseconds * (all - Double(weightBytes - bytes)) / all
      return max(0, microseconds - max(left, min(arithmetic, microseconds)))
    }
  }
}
