import Foundation

/// Hugging Face's `DecisionTransformerModel.forward` in double precision, for one unpadded window.
///
/// It is what generated code is judged by, so it is written to be compared with
/// modeling_decision_transformer.py line by line: nothing is folded, packed, cached or skipped.
public struct ReferenceInterpreter: Sendable {
  /// What one forward pass returns, for T steps, that is 3T tokens in the order R₀ s₀ a₀ R₁ s₁ a₁ …
  public struct ForwardResult: Equatable, Sendable {
    /// L + 1 stages × 3T tokens × H, as `output_hidden_states`: the input of the first block, the
    /// output of every block but the last, and the last block's output after ln_f.
    public var hiddenStates: [[[Double]]]
    /// L × heads × 3T × 3T, as `output_attentions`; empty unless asked for.
    public var attentions: [[[[Double]]]] = []
    /// T × `act_dim`, read at the state tokens, in model units.
    public var actionPredictions: [[Double]]
    /// T × `state_dim`, read at the action tokens.
    public var statePredictions: [[Double]]
    /// T, read at the action tokens.
    public var returnPredictions: [Double]

    public init(
      hiddenStates: [[[Double]]], attentions: [[[[Double]]]] = [], actionPredictions: [[Double]],
      statePredictions: [[Double]], returnPredictions: [Double]
    ) {
      self.hiddenStates = hiddenStates
      self.attentions = attentions
      self.actionPredictions = actionPredictions
      self.statePredictions = statePredictions
      self.returnPredictions = returnPredictions
    }

    /// 3T tokens × H, after ln_f.
    public var lastHiddenState: [[Double]] { hiddenStates[hiddenStates.count - 1] }
  }

  public let config: ModelConfig

  /// nil where a step has no return token.
  package let embedReturn: Linear?
  /// What frames go through on their way to the numbers that the state's linear map reads; nil where states are these.
  package let frames: ReferenceFrames?
  /// One linear map, or an encoder's layers.
  package let embedState: ReferenceEncoder
  package let embedAction: Linear
  /// [`max_ep_len`, H]
  package let embedTimestep: Matrix
  /// [`n_slots`, H]; nil where positions do not move.
  package let embedSlot: Matrix?
  /// nil where tokens go into the first block as they are.
  package let embedLayerNorm: LayerNorm?
  /// Row 0 of wpe: every token has position 0.
  package let position: [Double]
  package let blocks: [ReferenceBlock]
  /// nil where blocks end in norms of their own.
  package let finalLayerNorm: LayerNorm?
  package let predictAction: Linear
  /// nil where nobody predicts the next state: it is a picture, or the model is told no return.
  package let predictState: Linear?
  package let predictReturn: Linear?

  /// The checkpoint as it is.
  public init(config: ModelConfig, checkpoint: Checkpoint) {
    let tensors = ReferenceTensors(config: config, checkpoint: checkpoint)
    self.config = config
    embedReturn = config.hasReturnTokens ? tensors.linear("embed_return") : nil
    frames = config.frames.map { ReferenceFrames($0, tensors) }
    embedState = ReferenceEncoder(config, tensors)
    embedAction = tensors.linear("embed_action")
    embedTimestep = tensors.matrix("embed_timestep.weight")
    embedSlot = config.slotCount.map { _ in tensors.matrix("embed_slot.weight") }
    // Its epsilon is PyTorch's default, whatever layer_norm_epsilon says.
    embedLayerNorm =
      config.hasEmbeddingNorm ? tensors.layerNorm("embed_ln", epsilon: 1e-5) : nil
    position =
      config.hasEmbeddingNorm ? Array(tensors.matrix("encoder.wpe.weight")[row: 0]) : []
    blocks = (0..<config.layerCount).map { ReferenceBlock(layer: $0, of: config, tensors) }
    finalLayerNorm =
      config.normPlacement == .before
      ? tensors.layerNorm("encoder.ln_f", epsilon: config.layerNormEpsilon) : nil
    predictAction = tensors.linear("predict_action.0")
    predictState = config.predictsInputs ? tensors.linear("predict_state") : nil
    predictReturn = config.predictsInputs ? tensors.linear("predict_return") : nil
  }

  /// One forward pass over T steps, each with the tokens that the model has.
  ///
  /// - Parameters:
  ///   - states: T × `state_dim`, normalised; of frames, what the convolutions make of them.
  ///   - actions: T × `act_dim`, in model units; the last row is the placeholder when an action is to
  ///     be predicted (it cannot influence that prediction).
  ///   - returnsToGo: T, divided by the return scale.
  ///   - timesteps: T, each in 0 ..< `max_ep_len`.
  ///   - attentionMask: T, whether the tokens of a step may be seen; nil shows all.
  ///   - outputsAttentions: whether the result has `attentions`.
  public func forward(
    states: [[Double]], actions: [[Double]], returnsToGo: [Double], timesteps: [Int],
    attentionMask: [Bool]? = nil, outputsAttentions: Bool = false
  ) -> ForwardResult {
    let tokens = config.tokens.count
    let visible = attentionMask.map { $0.flatMap { Array(repeating: $0, count: tokens) } }
    var x = embed(
      states: states, actions: actions, returnsToGo: returnsToGo, timesteps: timesteps)
    var hiddenStates = [x.rows]
    var attentions: [[[[Double]]]] = []
    for block in blocks {
      if outputsAttentions {
        attentions.append(block.attentionWeights(x, visible: visible).map(\.rows))
      }
      x = block(x, visible: visible)
      hiddenStates.append(x.rows)
    }
    x = normalized(x)
    hiddenStates[blocks.count] = x.rows

    // Actions are read at the state tokens; states and returns at the action tokens.
    let afterStates = x.rows(from: tokens - 2, stride: tokens)
    let afterActions = x.rows(from: tokens - 1, stride: tokens)
    return ForwardResult(
      hiddenStates: hiddenStates, attentions: attentions,
      actionPredictions: predictedActions(after: afterStates).rows,
      statePredictions: predictState?(afterActions).rows ?? [],
      returnPredictions: predictReturn?(afterActions).values ?? [])
  }

  /// The input of the first block: the tokens of each step with what is added to them, in the order R, s, a.
  private func embed(
    states: [[Double]], actions: [[Double]], returnsToGo: [Double], timesteps: [Int]
  ) -> Matrix {
    let stepCount = timesteps.count
    precondition(
      stepCount > 0 && states.count == stepCount && actions.count == stepCount
        && returnsToGo.count == stepCount, "every sequence has the window's number of steps")
    precondition(
      timesteps.allSatisfy { (0..<config.maximumEpisodeLength).contains($0) },
      "a timestep is a row of the timestep embedding")

    let activation = config.embeddingActivation.reference
    let returnTokens = embedReturn.map { $0(Matrix(returnsToGo.map { [$0] })).map(activation) }
    let stateTokens = embedState(Matrix(states))
    let actionTokens = embedAction(Matrix(actions)).map(activation)
    let ofStep = [returnTokens, stateTokens, actionTokens].compactMap(\.self)
    let tokens =
      Matrix((0..<stepCount).flatMap { step in ofStep.map { Array($0[row: step]) } })
      + positions(timesteps)

    guard let embedLayerNorm else { return tokens }
    let positions = Matrix(Array(repeating: position, count: tokens.rowCount))
    return embedLayerNorm(tokens) + positions
  }

  /// What is added to each token: the row of its timestep; or the row of the latest timestep, and that of its step's place
  /// in the window, whose last place is the latest step's, or that of its own place behind the first token.
  private func positions(_ timesteps: [Int]) -> Matrix {
    let tokens = config.tokens.count
    return Matrix(
      (0..<tokens * timesteps.count).map { token in
        let step = token / tokens
        guard let embedSlot, let now = timesteps.last else {
          return Array(embedTimestep[row: timesteps[step]])
        }
        let slot =
          config.slots == .tokens ? token : embedSlot.rowCount - timesteps.count + step
        return zip(embedTimestep[row: now], embedSlot[row: slot]).map { $0 + $1 }
      })
  }

  /// Of rows behind the last block.
  private func normalized(_ x: Matrix) -> Matrix { finalLayerNorm?(x) ?? x }

  /// Of rows after ln_f, in model units.
  private func predictedActions(after states: Matrix) -> Matrix {
    let action = predictAction(states)
    return config.hasActionTanh ? action.map(tanh) : action
  }
}

// MARK: - The last state token alone
extension ReferenceInterpreter {
  /// What the last step's state token becomes on its way to the action.
  public struct StateTrace: Equatable, Sendable {
    /// L + 1 rows of H: after the embedding, after each block; the last one before ln_f.
    public var rows: [[Double]]
    /// `act_dim` numbers in model units.
    public var action: [Double]
  }

  /// The same pass as `forward`, with the same arguments, as far as the last action needs it: without the last
  /// action token, and in the last block without other rows than the last state token's.
  public func trace(
    states: [[Double]], actions: [[Double]], returnsToGo: [Double], timesteps: [Int]
  ) -> StateTrace {
    let stateToken = config.tokens.count * timesteps.count - 2
    var x = embed(
      states: states, actions: actions, returnsToGo: returnsToGo, timesteps: timesteps
    ).rows(0..<stateToken + 1)
    var rows = [Array(x[row: stateToken])]
    for (layer, block) in blocks.enumerated() {
      x = block(x, from: layer == blocks.count - 1 ? stateToken : 0)
      rows.append(Array(x[row: x.rowCount - 1]))
    }
    let action = predictedActions(after: normalized(x.rows(from: x.rowCount - 1)))
    return StateTrace(rows: rows, action: action.values)
  }
}
