import Programs

/// What calling through C costs: the calls of a library that `dtgen library` made of the model, beside those of the
/// type in this program. Bursts of both take turns over the same episode.
struct LibraryComparison: Encodable {
  /// Medians in microseconds.
  struct Medians: Encodable {
    var act, prepare: Double
  }

  var swift, c: Medians
  /// How much longer a call through C takes, as a part of the call in Swift: 0.01 is one in a hundred. Median over
  /// pairs of bursts, since neighbours slow down whole bursts.
  var actExcess, prepareExcess: Double
  /// Whether every action had the same bits.
  var actionsAreEqual = true

  private static var burst: Int { 50 }

  init<Controller: MeasuredController & ~Copyable>(
    _: Controller.Type, library: ModelLibrary, budget: Budget
  ) throws {
    let episode = Episode<Controller.State>()
    var swift = try Controller()
    let c = try LibraryController<Controller.State>(library)
    var swiftTimes = BurstTimes(budget.capacity)
    var cTimes = BurstTimes(budget.capacity)
    var actions = Array(repeating: [UInt8](), count: Self.burst)
    swift.reset(targetReturn: episode.targetReturn)
    try c.reset(targetReturn: episode.targetReturn)

    // A burst must not meet the end of an episode.
    let bursts = (Controller.maximumEpisodeLength - 1) / Self.burst
    let started = now()
    var count = 0
    while count == 0 || !budget.isUsedUp(steps: count * Self.burst, started: started) {
      let first = count % bursts * Self.burst
      if first == 0 {
        swift.reset(targetReturn: episode.targetReturn)
        try c.reset(targetReturn: episode.targetReturn)
      }
      for step in 0..<Self.burst {
        let (state, reward) = (episode.state(first + step), episode.reward(first + step))
        let called = now()
        let action = try swift.act(state, reward: reward)
        let acted = now()
        swift.prepare()
        swiftTimes.append(act: acted - called, prepare: now() - acted)
        actions[step] = withUnsafeBytes(of: action) { Array($0) }
      }
      for step in 0..<Self.burst {
        let (state, reward) = (episode.state(first + step), episode.reward(first + step))
        let called = now()
        let status = c.act(state, reward: reward)
        let acted = now()
        let prepared = c.prepare()
        cTimes.append(act: acted - called, prepare: now() - acted)
        guard status == 0, prepared == 0 else { throw c.refusal }
        actionsAreEqual = actionsAreEqual && actions[step] == Array(c.action)
      }
      swiftTimes.endBurst()
      cTimes.endBurst()
      count += 1
    }
    self.swift = swiftTimes.medians
    self.c = cTimes.medians
    actExcess = Self.excess(swiftTimes.acts, cTimes.acts)
    prepareExcess = Self.excess(swiftTimes.prepares, cTimes.prepares)
  }

  private static func excess(_ swift: [Double], _ c: [Double]) -> Double {
    let ratios = zip(swift, c).map { $1 / $0 - 1 }.sorted()
    return ratios[ratios.count / 2]
  }
}

/// The times of one side's calls.
private struct BurstTimes: ~Copyable {
  private var act, prepare, allActs, allPrepares: Samples
  /// The median of each burst.
  private(set) var acts: [Double] = []
  private(set) var prepares: [Double] = []

  init(_ capacity: Int) {
    act = Samples(capacity: capacity)
    prepare = Samples(capacity: capacity)
    allActs = Samples(capacity: capacity)
    allPrepares = Samples(capacity: capacity)
  }

  mutating func append(act: UInt64, prepare: UInt64) {
    self.act.append(act)
    self.prepare.append(prepare)
    allActs.append(act)
    allPrepares.append(prepare)
  }

  mutating func endBurst() {
    acts.append(act.distribution.rank(0.5))
    prepares.append(prepare.distribution.rank(0.5))
    act.removeAll()
    prepare.removeAll()
  }

  var medians: LibraryComparison.Medians {
    LibraryComparison.Medians(
      act: allActs.distribution.rank(0.5), prepare: allPrepares.distribution.rank(0.5))
  }
}
