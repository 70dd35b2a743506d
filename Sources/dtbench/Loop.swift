import DecisionTransformer
import Programs

/// What the calls of one loop took.
struct LoopTimes {
  var act, prepare, both: Distribution
  /// Of the spin loop; only where one ran.
  var spin: Distribution?
  /// Steps that could not start when they should have.
  var lateStarts = 0
}

/// A control loop without a robot: made-up states and rewards, episodes of full length.
struct Loop<Controller: MeasuredController & ~Copyable>: ~Copyable {
  let budget: Budget
  private var controller: Controller
  private var episode: Episode<Controller.State>
  private var act, prepare, both, spin: Samples
  /// Steps since the last reset. `prepare` does nothing after an episode's last step, so that step is left out.
  private var step = 0

  init(budget: Budget) throws {
    self.budget = budget
    controller = try Controller()
    episode = Episode()
    act = Samples(capacity: budget.capacity)
    prepare = Samples(capacity: budget.capacity)
    both = Samples(capacity: budget.capacity)
    spin = Samples(capacity: budget.capacity)
    controller.reset(targetReturn: episode.targetReturn)
  }

  /// Runs half an episode and returns a spin loop that takes as long as the median `act`.
  mutating func warmUp() throws -> SpinLoop {
    var spinLoop = SpinLoop()
    // Without the spin loop between the calls, and then with it.
    for _ in 0..<2 {
      clear()
      for _ in 0..<min(300, Controller.maximumEpisodeLength / 2) { try measureStep(spinLoop) }
      spinLoop.calibrate(to: act.distribution.rank(0.5) * 1000)
    }
    return spinLoop
  }

  /// One step after the other, each followed by a run of the spin loop. `between` runs at the start and
  /// after every 200 steps; the step after it is not measured, for the caches' sake.
  mutating func runAtFullSpeed(_ spinLoop: SpinLoop, between: () -> Void) throws -> LoopTimes {
    clear()
    let started = now()
    while !budget.isUsedUp(steps: act.count, started: started) {
      if act.count % 200 == 0 {
        between()
        try takeStep()
      }
      try measureStep(spinLoop)
    }
    return LoopTimes(
      act: act.distribution, prepare: prepare.distribution, both: both.distribution,
      spin: spin.distribution)
  }

  private mutating func takeStep() throws {
    beginStep()
    _ = try controller.act(episode.state(step), reward: episode.reward(step))
    controller.prepare()
    step += 1
  }

  @inline(__always)
  private mutating func measureStep(_ spinLoop: SpinLoop) throws {
    beginStep()
    let state = episode.state(step)
    let called = now()
    _ = try controller.act(state, reward: episode.reward(step))
    let acted = now()
    controller.prepare()
    let prepared = now()
    spinLoop.run()
    let spun = now()
    step += 1
    act.append(acted - called)
    prepare.append(prepared - acted)
    both.append(prepared - called)
    spin.append(spun - prepared)
  }

  /// One step after the other, as where the reward is known with the action's end: `prepare` is given it, and `act` runs
  /// the state token alone.
  mutating func runWithEarlyRewards() throws -> LoopTimes {
    clear()
    try measureEarlyStep()
    clear()
    let (budget, started) = (budget.share(0.25), now())
    while !budget.isUsedUp(steps: act.count, started: started) { try measureEarlyStep() }
    return LoopTimes(
      act: act.distribution, prepare: prepare.distribution, both: both.distribution)
  }

  private mutating func measureEarlyStep() throws {
    beginStep()
    let state = episode.state(step)
    let called = now()
    let action = try controller.act(state, reward: nil)
    let acted = now()
    try controller.prepare(executed: action, reward: episode.reward(step))
    let prepared = now()
    step += 1
    act.append(acted - called)
    prepare.append(prepared - acted)
    both.append(prepared - called)
  }

  /// A step every 1/`rate` seconds. Latencies of `act` count from the moment the step should have
  /// started: time lost to a step before it, or to the system, is not left out.
  mutating func run(rate: Double, waiting: Waiting) throws -> LoopTimes {
    clear()
    let period = 1e9 / rate
    var lateStarts = 0
    let started = now()
    let origin = Double(started) + period
    while !budget.isUsedUp(steps: act.count, started: started) {
      beginStep()
      let intended = UInt64(origin + Double(act.count) * period)
      if now() > intended { lateStarts += 1 } else { waiting.until(intended) }
      let state = episode.state(step)
      _ = try controller.act(state, reward: episode.reward(step))
      let acted = now()
      controller.prepare()
      let prepared = now()
      step += 1
      act.append(acted - intended)
      prepare.append(prepared - acted)
      both.append(prepared - intended)
    }
    return LoopTimes(
      act: act.distribution, prepare: prepare.distribution, both: both.distribution,
      lateStarts: lateStarts)
  }

  private mutating func beginStep() {
    if step >= Controller.maximumEpisodeLength - 1 {
      controller.reset(targetReturn: episode.targetReturn)
      step = 0
    }
  }

  private mutating func clear() {
    act.removeAll()
    prepare.removeAll()
    both.removeAll()
    spin.removeAll()
  }
}
