/// Tokens of control steps: what is known in a step, and what becomes of the answer.
public struct ControlSteps: Equatable, Sendable, Codable {
  /// The state's numbers, normalised by the data set's mean and deviation.
  public struct State: Equatable, Sendable, Codable {
    public var count: Int
    /// Subtracted, and divided by; nil where states come as they are.
    public var mean: [Double]?
    public var deviation: [Double]?

    public init(count: Int, mean: [Double]?, deviation: [Double]?) {
      (self.count, self.mean, self.deviation) = (count, mean, deviation)
    }
  }

  /// The predicted numbers, which go back into the history.
  public struct Action: Equatable, Sendable, Codable {
    public var count: Int
    public var hasTanh: Bool
    /// A factor for each component, from model units to environment units, and what is added behind it.
    public var scale: [Double]
    public var offset: [Double]

    public init(count: Int, hasTanh: Bool, scale: [Double], offset: [Double]) {
      (self.count, self.hasTanh, self.scale, self.offset) = (count, hasTanh, scale, offset)
    }

    /// An action in model units as numbers in environment units.
    public func environmentUnits(_ action: [Double]) -> [Double] {
      zip(zip(action, scale), offset).map { $0.0 * $0.1 + $1 }
    }
  }

  /// The timestep of a step, of which each of its tokens gets a row of `embed_timestep`.
  public struct Time: Equatable, Sendable, Codable {
    /// Rows of `embed_timestep`.
    public var count: Int
    /// What happens behind the last of them.
    public var overflow: TimestepOverflow

    public init(count: Int, overflow: TimestepOverflow) {
      (self.count, self.overflow) = (count, overflow)
    }
  }

  /// The tokens of a step, in order.
  public var tokens: [EntryInput]
  public var state: State
  public var action: Action
  /// Targets and rewards are divided by it; the next return is the last one minus the reward.
  public var returnScale: Double
  public var time: Time
  /// Behind embedding and timestep. Row 0 of `wpe` is added to every token behind it.
  public var embeddingNorm: Network.Norm
  /// Rows of `wpe`.
  public var positionCount: Int
  /// K, steps that are seen.
  public var window: Int

  public init(
    tokens: [EntryInput], state: State, action: Action, returnScale: Double, time: Time,
    embeddingNorm: Network.Norm, positionCount: Int, window: Int
  ) {
    (self.tokens, self.state, self.action) = (tokens, state, action)
    (self.returnScale, self.time, self.embeddingNorm) = (returnScale, time, embeddingNorm)
    (self.positionCount, self.window) = (positionCount, window)
  }
}

extension ControlSteps {
  /// Numbers of an input.
  public func count(of input: EntryInput) -> Int {
    switch input {
    case .return: 1
    case .state: state.count
    case .action: action.count
    }
  }

  /// Whether the components of an action have factors of their own.
  public var scalesComponents: Bool { Self.differ(action.scale) }

  /// Whether they have offsets of their own.
  public var offsetsComponents: Bool { Self.differ(action.offset) }

  private static func differ(_ numbers: [Double]) -> Bool {
    numbers.contains { Float($0) != Float(numbers[0]) }
  }

  /// Whether an episode ends at the last timestep.
  public var endsEpisodes: Bool { time.overflow == .error }

  /// Whether a step ever leaves the window.
  public var slides: Bool { !(endsEpisodes && window >= time.count) }
}

/// What a model is given in a control step.
public enum EntryInput: String, CaseIterable, Equatable, Sendable, Codable {
  case `return`, state, action
}

/// What happens at `t == max_ep_len`.
public enum TimestepOverflow: String, CaseIterable, Sendable, Codable {
  /// `act` throws.
  case error
  /// The last row of the timestep embedding is used from there on, as training does.
  case clamp
  /// The timestep modulo `max_ep_len`: the table begins anew.
  case wrap
}

extension TimestepOverflow {
  /// The row of the timestep embedding for `timestep`, of `count` rows.
  package func row(_ timestep: Int, of count: Int) -> Int {
    switch self {
    case .error: timestep
    case .clamp: min(timestep, count - 1)
    case .wrap: timestep % count
    }
  }
}
