/// Every dimension of a model in elements, with the strides its rows have in memory.
///
/// A stride is the dimension rounded up to whole vectors of 16 floats, so that every row starts at a
/// multiple of 64 bytes. Padding lanes hold zero.
public struct Shape: Equatable, Sendable, Codable {
  /// Lanes of the vector the code is written in, and the width of a weight panel.
  public static let lanes = 16

  /// Numbers that a step is given as its state.
  public var stateDimension: Int
  /// Whether a self test makes states of one number each: pictures, which would be large beside the weights.
  public var statesFollowFromSeeds: Bool
  /// Numbers that a self test has beside the weights for a state: of pictures, which follow from one, that one.
  public var testedStateDimension: Int
  /// Numbers of the region that holds it; of pictures, with the frames that are kept.
  public var stateInputDimension: Int
  /// Numbers that the linear map of a state reads, as they lie behind convolutions.
  public var stateDepth: Int
  public var actionDimension: Int
  public var hiddenSize: Int
  public var layerCount: Int
  public var headCount: Int
  public var headSize: Int
  public var innerSize: Int
  /// K, control steps of context.
  public var window: Int
  /// Return, state and action; state and action of a model that is told no return.
  public var tokensPerStep: Int
  public var maximumEpisodeLength: Int
  /// Whether every token of the window asks in every layer, the action token too: `forward`, and a trunk.
  public var asksEveryToken: Bool
  /// Whether the action token of a step goes through all blocks before the window moves: to predict from it, or because
  /// nothing of it is computed anew later.
  public var runsActions: Bool
  /// Columns of a strip of a block's weights: no tile of one row is wider.
  public var stripWidth: Int
  /// B, agents of one controller, in groups whose rows go through a product together.
  public var agentGroups: AgentGroups
  /// Tokens that a trunk's cache holds; nil for a controller.
  public var tokenCapacity: Int?

  package init(_ network: Network, _ deployment: Deployment) {
    let steps = network.controlSteps
    stateDimension = steps?.state.inputCount ?? 0
    statesFollowFromSeeds = steps?.state.frames != nil
    testedStateDimension = statesFollowFromSeeds ? 1 : stateDimension
    stateInputDimension = steps?.state.count ?? 0
    stateDepth = steps?.state.frames?.featureDepth ?? stateInputDimension
    tokensPerStep = steps?.tokens.count ?? 0
    actionDimension = steps?.action.count ?? 0
    hiddenSize = network.hiddenSize
    layerCount = network.blocks.count
    headCount = network.blocks[0].headCount
    headSize = hiddenSize / headCount
    innerSize = network.blocks[0].innerSize
    window = steps?.window ?? 0
    maximumEpisodeLength = steps?.time.count ?? 0
    stripWidth = deployment.format.stripPanels * Self.lanes
    runsActions =
      network.predictsNext
      || (window > 1 && layerCount > 1 && network.survivesSlide(enteringBlock: layerCount - 1))
    asksEveryToken = !network.outputs.isEmpty || network.givenEmbeddings != nil
    tokenCapacity = network.givenEmbeddings?.capacity
    let survives = layerCount == 1 || network.survivesSlide(enteringBlock: layerCount - 1)
    agentGroups = AgentGroups(
      network, agents: deployment.batch, rows: tokensPerStep * (survives ? 1 : window))
  }

  /// Agents whose rows go through a product together.
  public var groupSize: Int { agentGroups.size }
  /// Places for agents: of several groups, those of the last that nobody sees, too.
  public var agentPlaceCount: Int { agentGroups.size * agentGroups.count }

  public var layers: Range<Int> { 0..<layerCount }

  /// `size` rounded up to whole vectors.
  public static func stride(_ size: Int) -> Int {
    (size + lanes - 1) / lanes * lanes
  }

  public var hiddenStride: Int { Self.stride(hiddenSize) }
  public var headStride: Int { Self.stride(headSize) }
  /// All heads side by side, each padded to whole vectors.
  public var attentionStride: Int { headCount * headStride }
  public var innerStride: Int { Self.stride(innerSize) }
  public var stateStride: Int { Self.stride(stateInputDimension) }
  public var actionStride: Int { Self.stride(actionDimension) }
  /// The carried form's sums: hidden numbers, then inner ones.
  public var carriedStride: Int { hiddenStride + innerStride }
  /// Numbers of a carried value that lie together: strips, one behind the other, are one stream for the tiles that mix
  /// values. Whole rows where strips would not come out even, and where agents' rows alternate.
  public var carriedStrip: Int {
    groupSize == 1 && carriedStride % stripWidth == 0 ? stripWidth : carriedStride
  }
  /// Its rows of the timestep.
  public var timeStride: Int { carriedStride + hiddenStride }
  /// An input of the network and the two factors of its norms.
  public var entryStride: Int { Self.stride(max(stateDimension, actionDimension) + 2) }

  /// Numbers of an input.
  package func dimension(of input: EntryInput) -> Int {
    switch input {
    case .return: 1
    case .state: stateDimension
    case .action: actionDimension
    }
  }

  /// Tokens known before the next state arrives: those of the last K - 1 steps. None for a trunk, which knows no steps.
  public var pastTokenCount: Int { tokenCapacity == nil ? tokensPerStep * (window - 1) : 0 }
  /// Slot of the return token, if there is one, of the state token and the action token of the current step.
  public var returnToken: Int { pastTokenCount }
  public var stateToken: Int { actionToken - 1 }
  public var actionToken: Int { pastTokenCount + tokensPerStep - 1 }
  /// Slots of the window: those of each step. Of a trunk: its tokens', and room for the rest of a chunk behind the last.
  public var slotCount: Int { tokenCapacity.map { $0 + chunkSize - 1 } ?? tokensPerStep * window }
  /// Tokens that can be seen: up to the state token, and the action token where that asks, too; a trunk's last token
  /// sees all.
  public var keyCount: Int {
    tokenCapacity ?? (asksEveryToken || runsActions ? slotCount : stateToken + 1)
  }
  /// Length of a row of attention scores.
  public var keyStride: Int { Self.stride(tokenCapacity == nil ? keyCount : slotCount) }

  /// Tokens that go through a trunk together: a register tile of six rows, or as many as the cache holds.
  public var chunkSize: Int { min(6, tokenCapacity ?? 1) }
}

extension Shape {
  /// The linear maps from an input to its token, as its numbers lie.
  package func layers(
    of input: EntryInput, _ steps: ControlSteps
  ) -> [ControlSteps.InputLayer] {
    var layers = steps.layers(of: input, hiddenSize: hiddenSize)
    if input == .state { layers[0].depth = stateDepth }
    return layers
  }
}
