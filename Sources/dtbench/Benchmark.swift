import DecisionTransformer

/// Runs all measurements of one model.
struct Benchmark<Controller: ExplainedController & ~Copyable> {
  let request: Request

  func run(model: String, precision: String, machine: Machine) throws -> Report {
    // The first calls of the process can only be measured before the proof that they compute the checkpoint; without
    // that proof they are not reported.
    let firstCalls = Result { try FirstCalls(Controller.self) }
    let selfTest = try Controller.selfTest(weights: Controller.embeddedWeights())
    try selfTest.requirePassed()
    let first = try firstCalls.get()
    let library = try request.library.map { path in
      let library = try ModelLibrary(path: path)
      try library.prove(is: Controller.self)
      return library
    }
    var loop = try Loop<Controller>(
      budget: Budget(steps: request.steps, seconds: request.seconds))
    var ceilings = Ceilings(streamedBytes: Controller.feedbackWeightBytes)
    let spinLoop = try loop.warmUp()
    // Ceilings and calls take turns, so that both meet the same neighbours.
    let fullSpeed = try loop.runAtFullSpeed(spinLoop) { ceilings.measure() }
    let fixedRate = try loop.run(rate: request.rate, waiting: request.waiting)
    let earlyRewards = try loop.runWithEarlyRewards()
    let denormals =
      request.denormals ? try DenormalComparison(Controller.self, budget: loop.budget) : nil
    let comparison = try library.map {
      try LibraryComparison(Controller.self, library: $0, budget: loop.budget)
    }

    let explanation =
      request.explains ? try explain(fullSpeed, machine, budget: loop.budget) : nil

    return Report(
      model: model, precision: precision, machine: machine,
      selfTest: Report.SelfTest(selfTest), work: Report.Work(Controller.self), first: first,
      fullSpeed: fullSpeed,
      fixedRate: fixedRate, rate: request.rate, waiting: request.waiting,
      earlyRewards: earlyRewards, ceilings: ceilings,
      denormals: denormals, library: comparison, explanation: explanation)
  }

  /// Operations one by one, and the rates in the same minute.
  private func explain(
    _ fullSpeed: LoopTimes, _ machine: Machine, budget: Budget
  ) throws -> Explanation {
    // Half of the second-level cache; and all that a controller has, which only a cache behind it may hold.
    var near = Ceilings(
      streamedBytes: min(machine.secondLevelCacheBytes ?? 512 << 10, 512 << 10) / 2)
    var far = Ceilings(streamedBytes: Controller.packedWeightsSize + Controller.memorySize)
    near.measure()
    far.measure()
    let times = try OperationTimes(Controller.self, budget: budget.share(0.5))
    near.measure()
    far.measure()
    return Explanation(
      Controller.self, times: times,
      rates: Explanation.Rates(
        multiplyAdd: near.multiplyAdd.p50, nearCache: near.streaming.p50,
        farCache: far.streaming.p50, nearBytes: near.streamedBytes, farBytes: far.streamedBytes),
      calls: [.act: fullSpeed.act.rank(0.5), .prepare: fullSpeed.prepare.rank(0.5)])
  }
}
