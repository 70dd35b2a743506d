import Foundation

/// The published control loop (`get_action` of Hugging Face's Decision Transformer examples) around
/// the reference interpreter, with the options of codegen.json.
///
/// Every step feeds the last K steps afresh. States are normalised in double precision; the
/// return-to-go is float32, as in the published loop, unless `return_rounding` says otherwise; actions in the history
/// are in model units.
public struct ReferenceController: Sendable {
  public let model: Model
  public let interpreter: ReferenceInterpreter

  /// The tokens of the episode so far, one entry per step.
  private var states: [[Double]] = []
  private var actions: [[Double]] = []
  private var returnsToGo: [Float] = []
  /// The return to go that the latest token is made of.
  package private(set) var keptReturn = 0.0
  /// Of frames of which the newest is given: all of the latest step's.
  private var stack: [Float] = []
  /// That of the next step, if it does not follow from the one before.
  private var nextReturn: Double?

  public init(model: Model, checkpoint: Checkpoint) {
    self.init(
      model: model,
      interpreter: ReferenceInterpreter(config: model.config, checkpoint: checkpoint))
  }

  public init(model: Model, interpreter: ReferenceInterpreter) {
    self.model = model
    self.interpreter = interpreter
  }

  /// The return token of the latest step, divided by the return scale; nil before the first step.
  public var returnToGo: Float? { returnsToGo.last }

  /// Starts an episode. `targetReturn` is in environment units.
  public mutating func reset(targetReturn: Double) {
    states = []
    actions = []
    returnsToGo = []
    stack = Array(repeating: 0, count: model.config.frames?.byteCount ?? 0)
    retarget(targetReturn)
  }

  /// Makes the next step's return token `targetReturn` / scale; past tokens keep theirs.
  ///
  /// The reward that the next step brings is not subtracted from the new target.
  public mutating func retarget(_ targetReturn: Double) {
    let (scale, offset) = (model.options.returnScale, model.options.returnOffset)
    let token =
      offset == 0
      ? Float(targetReturn / scale) : (Float(targetReturn) - Float(offset)) / Float(scale)
    nextReturn =
      switch model.options.returnRounding {
      case .never: (targetReturn - offset) / scale
      case .unscaled, .integer: targetReturn
      case .step, .first: Double(token)
      }
  }

  /// The predicted action, in model units, which is also what the history keeps unless `action_history` says otherwise.
  ///
  /// - Parameters:
  ///   - state: `state_dim` raw numbers; of frames the bytes that a step is given.
  ///   - reward: what the environment paid for the previous action; ignored on the first step.
  public mutating func act(state: [Float], reward: Float = 0) -> [Double] {
    trace(state: state, reward: reward).action
  }

  /// `act` with what the state token became on the way.
  public mutating func trace(
    state: [Float], reward: Float = 0
  ) -> ReferenceInterpreter.StateTrace {
    append(state: state, reward: reward)
    let window = self.window
    let trace = interpreter.trace(
      states: window.states, actions: window.actions, returnsToGo: window.returnsToGo,
      timesteps: window.timesteps)
    take(trace.action)
    return trace
  }

  /// `act` with everything that the model computed for the window: at most K steps, oldest first.
  public mutating func step(
    state: [Float], reward: Float = 0, outputsAttentions: Bool = false
  ) -> ReferenceInterpreter.ForwardResult {
    append(state: state, reward: reward)
    let window = self.window
    let result = interpreter.forward(
      states: window.states, actions: window.actions, returnsToGo: window.returnsToGo,
      timesteps: window.timesteps, outputsAttentions: outputsAttentions)
    take(result.actionPredictions.last!)
    return result
  }

  /// Takes a step without computing its action, which `execute` then tells.
  public mutating func pass(state: [Float], reward: Float = 0) {
    append(state: state, reward: reward)
  }

  /// Makes what `prediction`, in model units, becomes of the latest step the latest action in the history.
  package mutating func take(_ prediction: [Double]) {
    actions[actions.count - 1] =
      switch (model.options.actions, model.options.actionHistory) {
      case (.discrete, _): oneHot(greedyAction(prediction))
      case (.continuous, .raw): prediction
      case (.continuous, .clamped): model.modelUnits(environmentAction(prediction))
      }
  }

  /// The number of the largest logit, the first of several.
  public func greedyAction(_ logits: [Double]) -> Int {
    logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 }
  }

  /// The number that `uniform` draws from softmax(logits / temperature): how many cumulative probabilities are at most
  /// as large.
  public func drawnAction(_ logits: [Double], uniform: Double) -> Int {
    let powers = logits.map { exp(($0 - logits.max()!) / model.options.temperature) }
    let total = powers.reduce(0, +)
    return logits.indices.dropLast().count { powers[...$0].reduce(0, +) / total <= uniform }
  }

  private func oneHot(_ number: Int) -> [Double] {
    (0..<model.config.actionDimension).map { $0 == number ? 1 : 0 }
  }

  /// What `act` of a generated type returns of a prediction in model units: environment units, clamped.
  public func environmentAction(_ prediction: [Double]) -> [Double] {
    var action = zip(zip(prediction, model.actionScale), model.actionOffset).map {
      $0.0 * $0.1 + $1
    }
    for index in action.indices {
      if let least = model.actionMinimum?[index], action[index] < least { action[index] = least }
      if let most = model.actionMaximum?[index], action[index] > most { action[index] = most }
    }
    return action
  }

  /// What the model sees: normalised states, actions in model units, scaled returns of at most K steps.
  package struct Window {
    package var states: [[Double]]
    package var actions: [[Double]]
    package var returnsToGo: [Double]
    package var timesteps: [Int]
  }

  /// Of the latest step, the last one in it.
  package var window: Window {
    let steps = max(0, states.count - model.window)..<states.count
    // What is in front of an episode, zeros in environment units, where it is seen.
    let count = model.config.seesPadding ? model.window - steps.count : 0
    func padded<Element>(_ padding: Element, _ seen: some Sequence<Element>) -> [Element] {
      Array(repeating: padding, count: count) + seen
    }
    return Window(
      states: padded(paddingState, states[steps]), actions: padded(paddingAction, actions[steps]),
      returnsToGo: padded(paddingReturn, returnsToGo[steps].map(Double.init)),
      timesteps: padded(0, steps.map(timestep)))
  }

  private var paddingState: [Double] {
    let zeros = [Float](repeating: 0, count: model.config.stateDimension)
    return interpreter.frames.map { $0(zeros) } ?? standardized(zeros)
  }

  private var paddingAction: [Double] {
    let count = model.config.actionDimension
    return model.options.actions == .discrete
      ? oneHot(0) : model.modelUnits(Array(repeating: 0, count: count))
  }

  private var paddingReturn: Double {
    Double((0 - Float(model.options.returnOffset)) / Float(model.options.returnScale))
  }

  private mutating func append(state: [Float], reward: Float) {
    precondition(state.count == model.stateInputCount, "a state has as many numbers as it says")
    keptReturn = nextReturn ?? returnAfter(reward)
    nextReturn = nil
    returnsToGo.append(token)
    let normalized = normalized(state)
    states.append(normalized)
    actions.append(Array(repeating: 0, count: model.config.actionDimension))
  }

  private var token: Float {
    let rounding = model.options.returnRounding
    guard rounding.keepsEnvironmentUnits else { return Float(keptReturn) }
    let (scale, offset) = (model.options.returnScale, model.options.returnOffset)
    let whole = rounding == .integer ? keptReturn.rounded(.towardZero) : keptReturn
    return (Float(whole) - Float(offset)) / Float(scale)
  }

  private func returnAfter(_ reward: Float) -> Double {
    let scale = model.options.returnScale
    return switch model.options.returnRounding {
    case .step: Double(Float(keptReturn) - reward / Float(scale))
    case .unscaled, .integer: keptReturn - Double(reward)
    case .first, .never: keptReturn - Double(reward) / scale
    }
  }

  /// Replaces the latest action in the history by the one with that number.
  public mutating func execute(number: Int) { execute(oneHot(number)) }

  /// Replaces the latest action in the history by the one that was executed, in environment units; of numbered actions,
  /// 1 at its number and 0 elsewhere.
  public mutating func execute(_ action: [Double]) {
    precondition(action.count == model.config.actionDimension, "an action has act_dim numbers")
    precondition(!actions.isEmpty, "an action is executed after a step")
    actions[actions.count - 1] = model.modelUnits(action)
  }

  /// What the state's linear map reads.
  private mutating func normalized(_ state: [Float]) -> [Double] {
    if let frames = interpreter.frames {
      stack.removeFirst(state.count)
      stack += state
      return frames(stack)
    }
    return standardized(state)
  }

  private func standardized(_ state: [Float]) -> [Double] {
    guard let mean = model.options.stateMean, let deviation = model.options.stateStandardDeviation
    else { return state.map(Double.init) }
    return state.indices.map { (Double(state[$0]) - mean[$0]) / deviation[$0] }
  }

  private func timestep(step: Int) -> Int {
    let row = model.options.timestepOverflow.row(
      step + model.options.firstTimestep, of: model.config.maximumEpisodeLength)
    precondition(
      row < model.config.maximumEpisodeLength, "an episode has no steps without a row")
    return row
  }
}
