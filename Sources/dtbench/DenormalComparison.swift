import DecisionTransformer
import Programs

/// What denormal numbers cost: calls with ordinary and with denormal inputs, and calls of a controller
/// whose memory was filled with ordinary and with denormal numbers before each (the worst that a past
/// can leave: keys, values and residuals). The four take turns.
struct DenormalComparison: Encodable {
  struct Medians: Encodable {
    var act, prepare: Double
  }

  /// Medians in microseconds.
  var ordinaryInputs, denormalInputs, ordinaryMemory, denormalMemory: Medians

  private static var ordinary: Float { 0.01 }
  private static var denormal: Float { .leastNormalMagnitude / 100 }

  init<Controller: MeasuredController & ~Copyable>(_: Controller.Type, budget: Budget) throws {
    let capacity = budget.capacity
    var plain = try Subject<Controller>(magnitude: 1, fill: nil, capacity: capacity)
    var tiny = try Subject<Controller>(magnitude: Self.denormal, fill: nil, capacity: capacity)
    var filled = try Subject<Controller>(magnitude: 1, fill: Self.ordinary, capacity: capacity)
    var tinyFilled = try Subject<Controller>(magnitude: 1, fill: Self.denormal, capacity: capacity)

    let started = now()
    var step = 0
    while !budget.isUsedUp(steps: step, started: started) {
      let inEpisode = step % (Controller.maximumEpisodeLength - 1)
      try plain.measure(inEpisode)
      try tiny.measure(inEpisode)
      try filled.measure(inEpisode)
      try tinyFilled.measure(inEpisode)
      step += 1
    }
    ordinaryInputs = plain.medians
    denormalInputs = tiny.medians
    ordinaryMemory = filled.medians
    denormalMemory = tinyFilled.medians
  }

  /// A controller in memory that this type may overwrite.
  private struct Subject<Controller: MeasuredController & ~Copyable>: ~Copyable {
    private var controller: Controller
    private let memory: UnsafeMutableRawBufferPointer
    private let episode: Episode<Controller.State>
    private let fill: Float?
    private var act, prepare: Samples

    init(magnitude: Float, fill: Float?, capacity: Int) throws {
      memory = .allocate(byteCount: Controller.memorySize, alignment: AlignedMemory.alignment)
      controller = try Controller(weights: Controller.embeddedWeights(), memory: memory)
      episode = Episode(magnitude: magnitude)
      self.fill = fill
      act = Samples(capacity: capacity)
      prepare = Samples(capacity: capacity)
    }

    deinit { memory.deallocate() }

    /// One step of an episode, measured.
    mutating func measure(_ step: Int) throws {
      if step == 0 { controller.reset(targetReturn: episode.targetReturn) }
      let (state, reward) = (episode.state(step), episode.reward(step))
      overwriteMemory()
      let called = now()
      _ = try controller.act(state, reward: reward)
      act.append(now() - called)
      overwriteMemory()
      let prepares = now()
      controller.prepare()
      prepare.append(now() - prepares)
    }

    private func overwriteMemory() {
      guard let fill else { return }
      memory.bindMemory(to: Float.self).update(repeating: fill)
    }

    var medians: Medians {
      Medians(act: act.distribution.rank(0.5), prepare: prepare.distribution.rank(0.5))
    }
  }
}
