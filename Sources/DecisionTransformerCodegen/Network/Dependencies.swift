/// What the rows of a token depend on.
public struct Dependencies: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The token itself: its input, and the timestep of its own step.
  public static let ownToken = Dependencies(rawValue: 1)
  /// Its place in the window.
  public static let slot = Dependencies(rawValue: 2)
  /// The tokens in front of it.
  public static let predecessors = Dependencies(rawValue: 4)
  /// The current timestep, whatever step the token is of.
  public static let now = Dependencies(rawValue: 8)
}

extension Network {
  /// What a row that enters block `layer` depends on, and with it the token's query, key and value there.
  ///
  /// Every token of a control step has row 0 of `wpe`, whatever its slot; a block lets each token see those in front.
  public func dependencies(enteringBlock layer: Int) -> Dependencies {
    let token: Dependencies = hasMovingPositions ? [.ownToken, .slot, .now] : .ownToken
    return layer == 0 ? token : token.union(.predecessors)
  }

  /// Whether a row that enters block `layer` stays as it is when a step begins: it depends on nothing but its own token,
  /// or on those in front of it and no step ever leaves.
  public func survivesSlide(enteringBlock layer: Int) -> Bool {
    guard let controlSteps else { return true }
    let dependencies = dependencies(enteringBlock: layer)
    return dependencies.isSubset(
      of: controlSteps.slides ? .ownToken : [.ownToken, .predecessors])
  }

  /// Whether tokens of past steps get other positions in each step.
  public var hasMovingPositions: Bool { controlSteps?.slots != nil }

  /// Whether tokens in the window ask in block `layer` again when it has moved: their queries stay, their answers do not.
  public func asksAgain(inBlock layer: Int) -> Bool {
    survivesSlide(enteringBlock: layer) && layer + 1 < blocks.count
      && !survivesSlide(enteringBlock: layer + 1)
  }
}
