import Callgrind
import DecisionTransformer

/// Runs a controller under callgrind so that the instructions of every call are counted apart: steps
/// that differ in everything a control loop can bring about. `check.sh` builds this for a model, runs it
/// and compares the counts of calls with the same label.
///
/// usage: constant-work <how often everything is repeated>
@main
struct ConstantWork {
  static func main() throws {
    guard callgrind_is_running() > 0, let repetitions = Int(CommandLine.arguments.last ?? "") else {
      print("run by check.sh, under valgrind --tool=callgrind")
      return
    }
    var subject = Subject(controller: try Model())
    // Symbols are bound and pages touched for the first time here: nothing is counted.
    try subject.episode(steps: 3, isCounted: false) { step in Inputs(1, reward: 1, step: step) }
    for _ in 0..<repetitions { try runEverything(&subject) }
  }

  private static func runEverything(_ subject: inout Subject) throws {
    // The first steps, the slide, a full window; and the same again after a reset.
    for _ in 0..<2 {
      try subject.episode(steps: Model.window + 2) { step in Inputs(1, reward: 1, step: step) }
    }
    // Zero, the smallest denormal number and larger ones, the smallest normal one, huge numbers, and
    // no reward.
    let magnitudes: [Float] = [0, 0x1p-149, 0x1p-140, 0x1p-126, 1e-20, 1e6, 1e12, 1e15]
    for magnitude in magnitudes {
      try subject.episode(steps: 2) { step in Inputs(magnitude, reward: magnitude, step: step) }
    }
    try subject.episode(steps: 4) { step in
      Inputs(step % 2 == 0 ? 1e15 : 0x1p-149, reward: step % 3 == 0 ? nil : -1, step: step)
    }
    // Another target in mid-episode.
    try subject.episode(steps: 4, retargeting: 2) { step in Inputs(1, reward: 1, step: step) }
    try subject.episodeWithoutPreparation(steps: 4)
    try subject.episodeWithExecutedActions(steps: 4)
    try subject.episodeWithKnownRewards(steps: 4)
    try subject.episodeWithDraws(steps: 10)
  }
}

/// What the world says at one step.
struct Inputs {
  var state: Model.State
  var reward: Float?

  init(_ magnitude: Float, reward: Float?, step: Int) {
    // Any sequence will do; this one repeats after 101 steps.
    state = Model.State { index in
      component(magnitude * Float((step * 37 + index * 53) % 101 - 50) / 50)
    }
    self.reward = reward
  }
}

/// The controller, with its calls counted; Vectors.swift or Numbers.swift has what depends on its actions, States.swift or Frames.swift on its states. Each call is in a function of its own, which the compiler
/// cannot make part of others: what is around a call is the same each time.
struct Subject: ~Copyable {
  var controller: Model

  /// One episode of `act` and `prepare`, the latter not after the last step that the model knows.
  mutating func episode(
    steps: Int, retargeting interval: Int? = nil, isCounted: Bool = true, inputs: (Int) -> Inputs
  ) throws {
    controller.reset(targetReturn: 100)
    for step in 0..<min(steps, Model.maximumEpisodeLength - 1) {
      if let interval, step % interval == 0 { controller.retarget(Float(step)) }
      try act(inputs(step), isCounted ? "act" : "not counted")
      prepare(isCounted ? "prepare" : "not counted")
    }
  }

  /// `act` does what `prepare` would have done.
  mutating func episodeWithoutPreparation(steps: Int) throws {
    controller.reset(targetReturn: 100)
    for step in 0..<steps {
      try act(Inputs(1, reward: 1, step: step), step == 0 ? "act" : "act, not prepared")
    }
  }

  mutating func episodeWithExecutedActions(steps: Int) throws {
    controller.reset(targetReturn: 100)
    for step in 0..<steps {
      try act(Inputs(1, reward: Float(step % 5), step: step), "act")
      try prepare(executed: executed(step), reward: nil, "prepare(executed:)")
    }
  }

  mutating func episodeWithKnownRewards(steps: Int) throws {
    controller.reset(targetReturn: 100)
    for step in 0..<steps {
      try act(
        Inputs(1, reward: nil, step: step), step == 0 ? "act" : "act, reward known before")
      try prepare(
        executed: executed(step), reward: step % 2 == 0 ? 0x1p-149 : 1e9,
        "prepare(executed:reward:)")
    }
  }

  @inline(never)
  private mutating func act(_ inputs: Inputs, _ label: StaticString) throws {
    callgrind_begin()
    _ = try controller.act(inputs.state, reward: inputs.reward)
    end(label)
  }

  @inline(never)
  mutating func prepare(_ label: StaticString) {
    callgrind_begin()
    controller.prepare()
    end(label)
  }

  @inline(never)
  private mutating func prepare(
    executed: Model.Action, reward: Float?, _ label: StaticString
  ) throws {
    callgrind_begin()
    try controller.prepare(executed: executed, reward: reward)
    end(label)
  }

  @inline(__always)
  func end(_ label: StaticString) {
    callgrind_end(UnsafeRawPointer(label.utf8Start).assumingMemoryBound(to: CChar.self))
  }
}
