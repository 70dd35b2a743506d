import DecisionTransformer

/// Runs all measurements of one model.
struct Benchmark<Controller: MeasuredController & ~Copyable> {
  let request: Request

  func run(model: String, precision: String, machine: Machine) throws -> Report {
    let first = try FirstCalls(Controller.self)
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
    let library = try request.library.map {
      try LibraryComparison(Controller.self, library: $0, budget: loop.budget)
    }

    return Report(
      model: model, precision: precision, machine: machine,
      work: Report.Work(Controller.self), first: first, fullSpeed: fullSpeed,
      fixedRate: fixedRate, rate: request.rate, waiting: request.waiting,
      earlyRewards: earlyRewards, ceilings: ceilings,
      denormals: denormals, library: library)
  }
}
