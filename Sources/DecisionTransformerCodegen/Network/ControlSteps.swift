/// Tokens of control steps: what is known in a step, and what becomes of the answer.
public struct ControlSteps: Equatable, Sendable, Codable {
  /// The state's numbers, normalised by the data set's mean and deviation.
  public struct State: Equatable, Sendable, Codable {
    public var count: Int
    /// Subtracted, and divided by; nil where states come as they are.
    public var mean: [Double]?
    public var deviation: [Double]?
    /// From these numbers to the token, one behind the other; the last layer's size is the hidden size. Empty where one
    /// linear map does it.
    public var encoder: [EncoderLayer]
    /// Where states are pictures, what they go through in front of these; nil where they are numbers.
    public var frames: Frames?

    public init(
      count: Int, mean: [Double]?, deviation: [Double]?, encoder: [EncoderLayer] = [],
      frames: Frames? = nil
    ) {
      (self.count, self.mean, self.deviation) = (count, mean, deviation)
      (self.encoder, self.frames) = (encoder, frames)
    }

    /// Numbers that the first linear map reads.
    public var featureCount: Int { frames?.featureCount ?? count }

    /// Numbers that a step is given.
    public var inputCount: Int { frames?.inputCount ?? count }
  }

  /// The predicted numbers, which go back into the history.
  public struct Action: Equatable, Sendable, Codable {
    public var count: Int
    public var hasTanh: Bool
    /// A factor for each component, from model units to environment units, and what is added behind it.
    public var scale: [Double]
    public var offset: [Double]
    /// Where a component is clamped, environment units; nil where nothing bounds it.
    public var minimum: [Double]?
    public var maximum: [Double]?
    /// Which action goes back.
    public var history: ActionHistory
    /// How an action is chosen, where it is one of `count` by its number: predictions are logits then, and what goes back
    /// is 1 at the chosen one's place, 0 elsewhere. nil where an action is a vector.
    public var choice: Choice?

    public init(
      count: Int, hasTanh: Bool, scale: [Double], offset: [Double], minimum: [Double]? = nil,
      maximum: [Double]? = nil, history: ActionHistory = .raw, choice: Choice? = nil
    ) {
      (self.count, self.hasTanh, self.scale, self.offset) = (count, hasTanh, scale, offset)
      (self.minimum, self.maximum, self.history) = (minimum, maximum, history)
      self.choice = choice
    }

    /// The largest logit, or a draw from softmax(logits / temperature).
    public struct Choice: Equatable, Sendable, Codable {
      public var temperature: Double

      public init(temperature: Double) { self.temperature = temperature }
    }

    /// Whether anything bounds what is returned.
    public var isBounded: Bool { minimum != nil || maximum != nil }

    /// What is returned of a prediction in model units: environment units, inside of the bounds.
    public func returned<Number: BinaryFloatingPoint>(_ prediction: [Number]) -> [Number] {
      prediction.indices.map { index in
        var action = prediction[index] * Number(scale[index]) + Number(offset[index])
        if let minimum { action = max(action, Number(minimum[index])) }
        if let maximum { action = min(action, Number(maximum[index])) }
        return action
      }
    }

    /// What goes back into the history of a prediction in model units, where nobody says what was executed.
    public func fedBack<Number: BinaryFloatingPoint>(_ prediction: [Number]) -> [Number] {
      // The first of the largest; the first of all where there are no numbers.
      if choice != nil {
        return marked(prediction.indices.reduce(0) { prediction[$1] > prediction[$0] ? $1 : $0 })
      }
      return switch history {
      case .raw: prediction
      case .clamped: modelUnits(returned(prediction))
      }
    }

    /// The greedy choice of numbered actions, as it is executed; nil of vectors.
    public func numbered(_ logits: [Double]) -> [Float]? {
      choice == nil ? nil : fedBack(logits).map { Float($0) }
    }

    /// The action of that number, as its token's input.
    public func marked<Number: BinaryFloatingPoint>(_ number: Int) -> [Number] {
      (0..<count).map { $0 == number ? 1 : 0 }
    }

    /// The way back, of what was returned or executed.
    public func modelUnits<Number: BinaryFloatingPoint>(_ action: [Number]) -> [Number] {
      action.indices.map { (action[$0] - Number(offset[$0])) / Number(scale[$0]) }
    }
  }

  /// How returns in environment units become return tokens.
  public struct Returns: Equatable, Sendable, Codable {
    /// A token is a return less the offset, divided by the scale; rewards are divided alone. The next return is the
    /// last one minus the reward.
    public var scale: Double
    public var offset: Double
    /// What the return to go is kept in.
    public var rounding: ReturnRounding

    public init(scale: Double, offset: Double = 0, rounding: ReturnRounding = .step) {
      (self.scale, self.offset, self.rounding) = (scale, offset, rounding)
    }

    /// What is kept of `target`, environment units.
    public func kept(_ target: Float) -> Double {
      switch rounding {
      case .step, .first: Double(scaled(target))
      case .unscaled, .integer: Double(target)
      case .never: (Double(target) - offset) / scale
      }
    }

    /// What is kept behind `reward`.
    public func kept(_ kept: Double, after reward: Float) -> Double {
      switch rounding {
      case .step: Double(Float(kept) - reward / Float(scale))
      case .unscaled, .integer: kept - Double(reward)
      case .first, .never: kept - Double(reward) / scale
      }
    }

    /// The token of what is kept.
    public func token(_ kept: Double) -> Float {
      switch rounding {
      case .unscaled: scaled(Float(kept))
      case .integer: scaled(Float(kept.rounded(.towardZero)))
      case .step, .first, .never: Float(kept)
      }
    }

    private func scaled(_ value: Float) -> Float { (value - Float(offset)) / Float(scale) }
  }

  /// The timestep of a step, of which each of its tokens gets a row of `embed_timestep`.
  public struct Time: Equatable, Sendable, Codable {
    /// Rows of `embed_timestep`.
    public var count: Int
    /// What happens behind the last of them.
    public var overflow: TimestepOverflow
    /// The row of an episode's first step.
    public var first: Int

    public init(count: Int, overflow: TimestepOverflow, first: Int = 0) {
      (self.count, self.overflow, self.first) = (count, overflow, first)
    }

    /// Steps from an episode's start for which there is a row each.
    public var stepCount: Int { count - first }

    /// The row of step `step` of an episode.
    public func row(step: Int) -> Int { overflow.row(step + first, of: count) }
  }

  /// The tokens of a step, in order.
  public var tokens: [EntryInput]
  public var state: State
  public var action: Action
  public var returns: Returns
  public var time: Time
  /// Behind embedding and timestep. Row 0 of `wpe` is added to every token behind it.
  public var embeddingNorm: Network.Norm?
  /// Behind the linear maps of returns and actions, and of states where there is no encoder.
  public var embeddingActivation: Activation
  /// Rows of `wpe`.
  public var positionCount: Int
  /// Positions that move: every token then has the current step's row of `embed_timestep`, and a row of `embed_slot`. nil
  /// where it has the row of its own timestep.
  public var slots: Slots?
  /// K, steps that are seen.
  public var window: Int
  /// Whether the first steps of an episode see those that the window has in front of it: zeros in environment units, with row
  /// 0 of `embed_timestep`. Else they are hidden.
  public var seesPadding: Bool

  public init(
    tokens: [EntryInput], state: State, action: Action, returns: Returns, time: Time,
    embeddingActivation: Activation = .linear, embeddingNorm: Network.Norm?, positionCount: Int,
    slots: Slots? = nil, window: Int, seesPadding: Bool = false
  ) {
    (self.tokens, self.state, self.action) = (tokens, state, action)
    (self.returns, self.time) = (returns, time)
    (self.embeddingActivation, self.embeddingNorm) = (embeddingActivation, embeddingNorm)
    (self.positionCount, self.slots, self.window) = (positionCount, slots, window)
    self.seesPadding = seesPadding
  }
}

extension ControlSteps {
  /// Places in the window that have rows of `embed_slot`.
  public enum Slots: String, CaseIterable, Equatable, Sendable, Codable {
    /// The steps of a whole window: the current step has the last row, in a young episode, too.
    case steps
    /// The tokens, counted from the first one that is there.
    case tokens
  }

  /// Rows of `embed_slot`.
  public var slotCount: Int {
    switch slots {
    case .steps: window
    case .tokens: tokens.count * window
    case nil: 0
    }
  }

  /// Numbers that the linear map of an input reads.
  public func count(of input: EntryInput) -> Int {
    switch input {
    case .return: 1
    case .state: state.featureCount
    case .action: action.count
    }
  }

  /// The linear maps from an input to its token, with what their numbers go through.
  package func layers(of input: EntryInput, hiddenSize: Int) -> [InputLayer] {
    guard input == .state, !state.encoder.isEmpty else {
      return [
        InputLayer(
          depth: count(of: input), columns: hiddenSize, activation: embeddingActivation,
          normalizesInput: false, addsShortcut: false)
      ]
    }
    return state.encoder.indices.map { index in
      let layer = state.encoder[index]
      return InputLayer(
        depth: index == 0 ? state.featureCount : state.encoder[index - 1].size,
        columns: layer.size, activation: layer.activation,
        normalizesInput: layer.normalizesInput, addsShortcut: layer.addsShortcut)
    }
  }

  /// One of the linear maps from an input to its token.
  package struct InputLayer {
    package var depth: Int
    package var columns: Int
    package var activation: Activation
    package var normalizesInput: Bool
    package var addsShortcut: Bool
  }

  /// Whether the components of an action have factors of their own.
  public var scalesComponents: Bool { Self.differ(action.scale) }

  /// Whether they have offsets of their own.
  public var offsetsComponents: Bool { Self.differ(action.offset) }

  /// Whether they have least and largest numbers of their own.
  public var minimaDiffer: Bool { action.minimum.map(Self.differ) ?? false }
  public var maximaDiffer: Bool { action.maximum.map(Self.differ) ?? false }

  private static func differ(_ numbers: [Double]) -> Bool {
    numbers.contains { Float($0) != Float(numbers[0]) }
  }

  /// Whether an episode ends at the last timestep.
  public var endsEpisodes: Bool { time.overflow == .error }

  /// Whether a step ever leaves the window.
  public var slides: Bool { seesPadding || !(endsEpisodes && window >= time.stepCount) }
}
