import DecisionTransformer

/// Runs all measurements of one model.
struct Benchmark<Controller: MeasuredController & ~Copyable> {
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

    return Report(
      model: model, precision: precision, machine: machine,
      selfTest: Report.SelfTest(selfTest), work: Report.Work(Controller.self), first: first,
      fullSpeed: fullSpeed,
      fixedRate: fixedRate, rate: request.rate, waiting: request.waiting,
      earlyRewards: earlyRewards, ceilings: ceilings,
      denormals: denormals, library: comparison)
  }
}
