/// What a routine of the generated type does, and for which tokens. Its description is the method's name.
public enum RoutineName: Hashable, Sendable, Codable {
  /// The tokens that go through a block together.
  public enum Tokens: String, Sendable, Codable {
    /// The return and the state token, one token of the caller's choice, the past of the window, the whole window.
    case feedback, token, window, forward
    /// Several tokens of a trunk.
    case chunk
  }

  /// An input becomes a token: `embedReturn`, `embedState`.
  case embed(EntryInput)
  /// What the timestep adds to its tokens.
  case embedTime
  /// The three tokens of a step of `forward`.
  case embedStep
  /// `feedbackBlock0`, `windowBlock1`
  case block(Int, Tokens)
  /// The last block's keys and values: `feedbackKeys`
  case keys(Tokens)
  /// Keys of a block whose rows moved with the window: `windowPanels1`
  case panels(Int)
  /// The last block for the state token, and for any token.
  case finalBlock, finalToken
  /// The heads.
  case predict, predictNext, forwardHeads
  /// ln_f of a trunk: `tokenNorm`
  case norm(Tokens)
  case appendAction, slideWindow, readAhead
  /// Positions of the past tokens, where these move.
  case placeWindow
  /// What is known of the next state's frames.
  case olderFrames

  /// Whether it computes anew what a slide of the window made stale.
  package var isOfWindow: Bool {
    switch self {
    case .block(_, .window), .keys(.window), .panels, .placeWindow: true
    default: false
    }
  }
}

extension RoutineName: CustomStringConvertible {
  public var description: String {
    switch self {
    case .embed(let input):
      "embed\(input.rawValue.prefix(1).uppercased())\(input.rawValue.dropFirst())"
    case .embedTime: "embedTime"
    case .embedStep: "embedStep"
    case .block(let layer, let tokens): "\(tokens.rawValue)Block\(layer)"
    case .keys(let tokens): "\(tokens.rawValue)Keys"
    case .panels(let layer): "windowPanels\(layer)"
    case .finalBlock: "finalBlock"
    case .finalToken: "finalToken"
    case .predict: "predict"
    case .predictNext: "predictNext"
    case .forwardHeads: "forwardHeads"
    case .norm(let tokens): "\(tokens.rawValue)Norm"
    case .appendAction: "appendAction"
    case .slideWindow: "slideWindow"
    case .placeWindow: "placeWindow"
    case .olderFrames: "olderFrames"
    case .readAhead: "readAhead"
    }
  }
}
