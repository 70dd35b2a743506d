import DecisionTransformer
import Programs

/// What a controller has that can run its operations one by one: one generated with `"explain": true`.
protocol ExplainedController: MeasuredController, ~Copyable {
  static var window: Int { get }
  static var operationCount: Int { get }
  static func operation(_ index: Int) -> PhaseOperation
  mutating func run(operation index: Int)
}

/// How long each operation of `act` and `prepare` takes, measured in the order of the loop, and each a second time at once.
struct OperationTimes {
  /// Medians in microseconds, without what reading the clock takes.
  var inLoop: [Double]
  /// The same behind itself, so that all it touches lies as near as it can.
  var again: [Double]
  var rounds: Int

  private static var mostRounds: Int { 2000 }

  init(inLoop: [Double], again: [Double], rounds: Int) {
    (self.inLoop, self.again, self.rounds) = (inLoop, again, rounds)
  }

  init<Controller: ExplainedController & ~Copyable>(
    _: Controller.Type, budget: Budget
  ) throws {
    var controller = try Controller()
    let episode = Episode<Controller.State>()
    controller.reset(targetReturn: episode.targetReturn)
    // Past the first window, where the softmax hides nothing any more.
    for step in 0..<min(Controller.maximumEpisodeLength - 1, 2 * Controller.window) {
      _ = try controller.act(episode.state(step), reward: episode.reward(step))
      controller.prepare()
    }
    let count = Controller.operationCount
    var inLoop = (0..<count).map { _ in SampleList(capacity: Self.mostRounds) }
    var again = inLoop
    let clock = Self.clock()
    let started = now()
    rounds = 0
    // Rounds of both kinds take turns, so that both meet the same neighbours.
    while rounds < 2 || !budget.isUsedUp(steps: rounds, started: started) {
      guard rounds < Self.mostRounds else { break }
      Self.measure(&controller, count, into: &inLoop)
      Self.measureAgain(&controller, count, into: &again)
      rounds += 1
    }
    self.inLoop = inLoop.map { max(0, $0.median - clock) / 1000 }
    self.again = again.map { max(0, $0.median - clock) / 1000 }
  }

  @inline(never)
  private static func measure<Controller: ExplainedController & ~Copyable>(
    _ controller: inout Controller, _ count: Int, into samples: inout [SampleList]
  ) {
    for index in 0..<count {
      let started = now()
      controller.run(operation: index)
      samples[index].append(now() - started)
    }
  }

  @inline(never)
  private static func measureAgain<Controller: ExplainedController & ~Copyable>(
    _ controller: inout Controller, _ count: Int, into samples: inout [SampleList]
  ) {
    for index in 0..<count {
      controller.run(operation: index)
      let started = now()
      controller.run(operation: index)
      samples[index].append(now() - started)
    }
  }

  /// Nanoseconds between two readings of the clock.
  private static func clock() -> Double {
    var samples = SampleList(capacity: 1000)
    for _ in 0..<1000 {
      let started = now()
      samples.append(now() - started)
    }
    return samples.median
  }
}

/// Times of one operation; none of them moves memory once it is measured.
private struct SampleList {
  private var nanoseconds: [UInt64]

  init(capacity: Int) {
    nanoseconds = []
    nanoseconds.reserveCapacity(capacity)
  }

  mutating func append(_ time: UInt64) { nanoseconds.append(time) }

  var median: Double { Distribution(nanoseconds).rank(0.5) * 1000 }
}
