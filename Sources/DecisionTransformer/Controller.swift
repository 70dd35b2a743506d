/// What every generated controller of one agent has, for code that is written once for all of them, or for a stand-in.
///
/// How it is told what was observed depends on the model: ``StateController``, ``FrameController``. What an action is, too:
/// ``Numbers``, or of numbered actions an `Int`. Several agents in one controller step together: they are no `Controller`.
///
/// ```swift
/// func drive<Driven: StateController & ~Copyable>(
///   _ controller: inout Driven, _ robot: Robot
/// ) throws(StepError) where Driven.Action: FixedNumbers {
///   let action = try controller.act(Driven.State(robot.observation), reward: robot.reward)
///   robot.send(action)  // any collection of Float
///   controller.prepare()
/// }
/// ```
///
/// No member allocates or locks in a generated controller, but for `selfTest`. One thread at a time uses a controller.
public protocol Controller: ~Copyable {
  /// One action: numbers in environment units, or the number of one.
  associatedtype Action: Sendable

  /// Numbers of a state; of frames, the bytes that a step is given.
  static var stateDimension: Int { get }
  /// Control steps of context, K.
  static var window: Int { get }
  /// Steps of an episode for which the model has timesteps; behind them `act` throws `episodeEnded`, where it does not go on.
  static var maximumEpisodeLength: Int { get }

  /// Starts an episode in which `targetReturn` is to be collected, environment units, ready for the first `act`. A target
  /// that is not finite is reported there.
  mutating func reset(targetReturn: Float)
  /// Asks for `targetReturn` from now on: the next return token is exactly the new target.
  mutating func retarget(_ targetReturn: Float)
  /// Takes the latest action into the history and does what needs no new state. Does nothing where there is nothing to do.
  mutating func prepare()
  /// The same with the action that was really executed, and with the reward for it where it is known already.
  ///
  /// - Throws: `StepError`. A call that throws has prepared nothing.
  mutating func prepare(executed: Action, reward: Float?) throws(StepError)

  #if !hasFeature(Embedded)
    /// Replays the episode beside `weights` on this machine and compares with the double-precision reference.
    ///
    /// - Throws: `noSelfTest` where the weights carry none, and whatever `init` throws. A failed comparison is no
    ///   error: the report has it.
    static func selfTest(weights: PackedWeights) throws(InitializationError) -> SelfTestReport
  #endif
}

/// A controller whose states are numbers.
public protocol StateController: Controller, ~Copyable {
  /// One observation, raw environment units: ``Numbers``.
  associatedtype State: FixedNumbers

  /// The action for `state`; `reward` is what the environment paid for the previous action, nil for 0. Runs `prepare()` first
  /// if nobody has.
  ///
  /// - Throws: `StepError`. A call that throws has not taken a step.
  mutating func act(_ state: State, reward: Float?) throws(StepError) -> Action
}

/// A controller whose states are pictures.
public protocol FrameController: Controller, ~Copyable {
  /// The action for `frames`, `stateDimension` bytes; `reward` is what the environment paid for the previous action, nil for
  /// 0. Runs `prepare()` first if nobody has.
  ///
  /// - Throws: `StepError`. A call that throws has not taken a step.
  mutating func act(_ frames: Span<UInt8>, reward: Float?) throws(StepError) -> Action
}

extension Controller where Self: ~Copyable {
  /// `prepare(executed:reward:)` where the reward is not known yet: `act` is given it.
  @inlinable @_disfavoredOverload
  public mutating func prepare(executed: Action) throws(StepError) {
    try prepare(executed: executed, reward: nil)
  }
}

extension StateController where Self: ~Copyable {
  /// `act(_:reward:)` without a reward.
  @inlinable @_disfavoredOverload
  public mutating func act(_ state: State) throws(StepError) -> Action {
    try act(state, reward: nil)
  }
}

extension FrameController where Self: ~Copyable {
  /// `act(_:reward:)` without a reward.
  @inlinable @_disfavoredOverload
  public mutating func act(_ frames: Span<UInt8>) throws(StepError) -> Action {
    try act(frames, reward: nil)
  }
}
