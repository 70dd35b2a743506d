/// The operations of both phases, in order.
///
/// The feedback phase runs from "state arrived" to "action known": the return token and the state token
/// (in the last layer only the state token asks), against keys and values that the preparation phase left.
/// The preparation phase appends the action, slides the window by one step and recomputes what the slide made
/// stale: in every layer but the first, each row of the window. The first layer's rows depend on their own
/// token alone and move with it. This is exact; a rolling cache of deeper layers would not be.
package struct Schedule {
  package private(set) var routines: [Routine] = []
  package private(set) var act: [PhaseStep] = []
  package private(set) var prepare: [PhaseStep] = []
  package private(set) var forward: [RoutineName] = []

  let network: Network
  let shape: Shape
  private let builder: OperationBuilder
  /// `forward` carries nothing over from a step before.
  private let forwardBuilder: OperationBuilder

  package init(_ network: Network, shape: Shape, forms: [AttentionForm], weights: PackedLayout) {
    self.network = network
    self.shape = shape
    builder = OperationBuilder(
      network: network, shape: shape, forms: forms, weights: weights,
      hidesEarlySteps: shape.pastTokenCount > 0 && network.controlSteps?.seesPadding == false)
    forwardBuilder = OperationBuilder(
      network: network, shape: shape, forms: forms.map { $0 == .carried ? .fused : $0 },
      weights: weights, hidesEarlySteps: false)
    addFeedback()
    addSingleToken()
    if keepsActions { addAction() }
    if network.predictsNext { addExpectation() }
    if shape.pastTokenCount > 0 { addPreparation() }
    if keepsFrames {
      add(
        .olderFrames, "Drops the oldest frame; convolution 0 sums what is known of the next state.",
        builder.convolveOlderFrames())
    }
    if shape.asksEveryToken { addForward() }
    act = actSteps
    prepare = prepareSteps
  }

  // MARK: Phases

  private var actSteps: [PhaseStep] {
    let state = shape.stateToken
    return [
      .branch(
        .returnIsPrepared,
        then: calls([.embed(.state)] + everyBlock(.token), token: state),
        otherwise: calls(
          newTokens.map { .embed($0) } + everyBlock(.feedback), token: state))
    ] + calls([.finalBlock, .predict], token: state)
  }

  /// The tokens that `act` computes: all of a step but its action.
  var newTokens: [EntryInput] {
    network.controlSteps!.tokens.filter { $0 != .action }
  }

  /// Whether some of a state's frames are known ahead.
  var keepsFrames: Bool { network.controlSteps!.state.frames?.keepsOlder ?? false }

  /// All blocks but the last, and what its state token sees there.
  func everyBlock(_ tokens: RoutineName.Tokens) -> [RoutineName] {
    (0..<lastLayer).map { .block($0, tokens) }
      + (routines.contains { $0.name == .keys(tokens) } ? [.keys(tokens)] : [])
  }

  func calls(_ names: [RoutineName], token: Int?) -> [PhaseStep] {
    names.map { name in
      let takesToken = routines.first { $0.name == name }!.takesToken
      return .call(name, token: takesToken ? token : nil)
    }
  }

  // MARK: Routines

  /// Whether the action of a step becomes a token: for later steps to see, or to predict from.
  var keepsActions: Bool { shape.pastTokenCount > 0 || network.predictsNext }

  /// Whether rows that enter the block stay as they are when the window moves.
  private func isKept(_ layer: Int) -> Bool { network.survivesSlide(enteringBlock: layer) }

  /// Whether the timestep's part of tokens is computed ahead.
  var carries: Bool { builder.forms[0] == .carried }

  private var lastLayer: Int { shape.layerCount - 1 }

  private mutating func add(
    _ name: RoutineName, _ summary: String, takesToken: Bool = false, _ operations: [Operation]
  ) {
    // Rows that enter the last block may lie where they are needed already.
    if case .keys = name, operations.isEmpty { return }
    routines.append(
      Routine(name: name, summary: summary, takesToken: takesToken, operations: operations))
  }

  private mutating func addFeedback() {
    let tokens = TokenRange(first: .at(shape.pastTokenCount), count: newTokens.count)
    let isTold = newTokens.contains(.return)
    let state = TokenRange(first: .at(shape.stateToken), count: 1)
    if isTold {
      add(
        .embed(.return), "The return token of the current step.",
        builder.embed(.return, slot: shape.returnToken))
    }
    add(
      .embed(.state), "The state token of the current step.",
      builder.embed(.state, slot: shape.stateToken))
    for layer in 0..<lastLayer {
      add(
        .block(layer, .feedback),
        "Block \(layer) for the \(isTold ? "return and state tokens" : "state token").",
        builder.rows(layer, tokens) + builder.attention(layer, tokens)
          + builder.feedForward(layer, tokens))
    }
    add(
      .keys(.feedback),
      "Block \(lastLayer): what the state token sees of \(isTold ? "both tokens" : "itself").",
      builder.rows(lastLayer, tokens))
    add(
      .finalBlock, "Block \(lastLayer) for the state token.",
      builder.attention(lastLayer, state) + builder.feedForward(lastLayer, state))
    add(.predict, "The action, from the state token.", builder.predict())
  }

  private mutating func addSingleToken() {
    let token = TokenRange(first: .token, count: 1)
    for layer in 0..<lastLayer {
      add(
        .block(layer, .token), "Block \(layer) for one token.",
        takesToken: true,
        builder.rows(layer, token) + builder.attention(layer, token)
          + builder.feedForward(layer, token))
    }
    add(
      .keys(.token),
      "Block \(lastLayer): what the state token sees of one token.",
      takesToken: true, builder.rows(lastLayer, token))
  }

  private mutating func addAction() {
    let action = TokenRange(first: .at(shape.actionToken), count: 1)
    // Where positions move, the token gets its own when the window has moved.
    let token =
      network.hasMovingPositions
      ? builder.encode(.action, slot: shape.actionToken)
      : builder.embed(.action, slot: shape.actionToken)
        + (shape.runsActions ? [] : builder.rows(0, action, storingKeys: false))
    add(.appendAction, "The action token of the step that ends.", token)
  }

  /// From the action token, as long as the window it belongs to is whole.
  private mutating func addExpectation() {
    let token = TokenRange(first: .token, count: 1)
    add(
      .finalToken, "Block \(lastLayer) for one token.",
      takesToken: true, builder.attention(lastLayer, token) + builder.feedForward(lastLayer, token))
    add(
      .predictNext, "What the action leads to.", takesToken: true, builder.predictNext(token))
  }

  private mutating func addForward() {
    precondition(!network.hasMovingPositions, "every step of `forward` has a timestep of its own")
    add(
      .embedStep, "The three tokens of a step, from `token` on.", takesToken: true,
      forwardBuilder.embedStep())
    for layer in 0..<shape.layerCount {
      add(
        .block(layer, .forward),
        "Block \(layer) for all tokens.",
        forwardBuilder.forwardBlock(layer))
    }
    add(.forwardHeads, "What is read behind the last block.", forwardBuilder.forwardHeads())
    forward = (0..<shape.layerCount).map { RoutineName.block($0, .forward) } + [.forwardHeads]
  }

  private mutating func addPreparation() {
    let window = TokenRange(first: .at(0), count: shape.pastTokenCount)
    let slots = ["one slot", "two slots", "three slots"][shape.tokensPerStep - 1]
    add(.slideWindow, "Drops the oldest step; every row moves \(slots).", builder.slide())
    if network.hasMovingPositions {
      add(
        .placeWindow, "The past tokens' positions at the current timestep.",
        builder.position(window))
    }
    if carries {
      add(.embedTime, "What the current timestep adds to its tokens.", builder.embedTime())
    }
    for layer in shape.layers {
      if isKept(layer) {
        // Rows moved with their tokens; only their panels are made anew, by the block's own routine where it has one.
        guard layer == lastLayer || isKept(layer + 1) else { continue }
        let panels = windowPanels(layer, window)
        guard !panels.isEmpty else { continue }
        add(
          layer == lastLayer ? .keys(.window) : .panels(layer),
          "Block \(layer): its keys as panels.", panels)
      }
    }
    for layer in 0..<lastLayer where !isKept(layer + 1) {
      let rows = isKept(layer) ? windowPanels(layer, window) : builder.rows(layer, window)
      add(
        .block(layer, .window),
        "Block \(layer) for the past tokens.",
        rows + builder.attention(layer, window) + builder.feedForward(layer, window))
    }
    guard !isKept(lastLayer) else { return }
    add(
      .keys(.window),
      "Block \(lastLayer): what the state token sees of the past.",
      builder.rows(lastLayer, window))
  }

  private func windowPanels(_ layer: Int, _ window: TokenRange) -> [Operation] {
    builder.needsPanels(layer, window) ? builder.storeKeys(layer, window) : []
  }
}
