/// What config.json says about the function to compute: Hugging Face's `DecisionTransformerConfig`
/// with aliases resolved and defaults filled in.
public struct ModelConfig: Equatable, Sendable {
  /// `state_dim`
  public var stateDimension = 17
  /// `act_dim`
  public var actionDimension = 4
  /// `hidden_size`
  public var hiddenSize = 128
  /// `max_ep_len`: rows of the timestep embedding.
  public var maximumEpisodeLength = 4096
  /// `action_tanh`: whether predicted actions pass through tanh.
  public var hasActionTanh = true
  /// `vocab_size`: rows of the unused `wte`.
  public var vocabularySize = 1
  /// `n_positions`: rows of `wpe`, of which row 0 is used.
  public var positionCount = 1024
  /// `n_layer`
  public var layerCount = 3
  /// `n_head`
  public var headCount = 1
  /// `n_inner`, or 4 × hidden size where it is null.
  public var innerSize = 512
  /// `activation_function`
  public var activation = Activation.relu
  /// `layer_norm_epsilon` of ln_1, ln_2 and ln_f. (embed_ln always uses 1e-5.)
  public var layerNormEpsilon = 1e-5
  /// `layer_norm_placement`: whether ln_1 and ln_2 are in front of attention and MLP, or behind their sums with the
  /// residual stream, where there is no ln_f.
  public var normPlacement = Network.NormPlacement.before
  /// `state_encoder_sizes`, `state_encoder_activations`: layers from the state to its token; empty where it is one linear
  /// map.
  public var stateEncoder: [ControlSteps.EncoderLayer] = []
  /// `embedding_activation`: what return and action tokens go through behind their linear maps, and state tokens where
  /// there is no `state_encoder_sizes`.
  public var embeddingActivation = Activation.linear
  /// `embedding_layer_norm`: whether tokens go through embed_ln; without it there is no `wpe` either.
  public var hasEmbeddingNorm = true
  /// `n_slots`: rows of `embed_slot`, as many as the window has steps; `n_token_slots`: as many as it has tokens. nil where
  /// positions do not move.
  public var slotCount: Int?
  /// Which of both it is.
  public var slots = ControlSteps.Slots.steps
  /// `state_frames`, `state_convolutions`, `state_convolution_activation`: states that are pictures, and what they go through
  /// in front of `state_encoder_sizes`; nil where states are numbers.
  public var frames: Frames?
  /// `sees_padding`: whether an episode's first steps see the zeros in front of it.
  public var seesPadding = false
  /// `return_tokens`: whether a step has one.
  public var hasReturnTokens = true
  /// `scale_attn_weights`
  public var scalesAttention = true
  /// `scale_attn_by_inverse_layer_idx`
  public var scalesAttentionByInverseLayerIndex = false
  /// `add_cross_attention`: such a checkpoint has extra tensors that the model never runs.
  public var hasCrossAttention = false
  /// `max_length`: the window in control steps, which 4.x wrote as a generation default; nil if
  /// absent or null.
  public var maximumLength: Int?
  /// Which class of the checkpoint is computed. (codegen.json says so; `Model` passes it on.)
  public var modelClass = ModelClass.decisionTransformer

  public init() {}

  /// `model_type` of models that Hugging Face's class does not compute, which refuses it.
  package static let variantType = "decision_transformer_variant"

  /// Keys that such models have besides.
  package static let variantKeys = [
    "layer_norm_placement", "state_encoder_sizes", "state_encoder_activations",
    "state_encoder_norms", "state_encoder_shortcuts",
    "embedding_activation", "embedding_layer_norm", "n_slots", "n_token_slots", "state_frames",
    "state_convolutions", "state_convolution_activation", "return_tokens", "sees_padding",
  ]

  /// Whether Hugging Face's class computes it.
  public var isVariant: Bool {
    normPlacement == .after || !stateEncoder.isEmpty || slotCount != nil
      || embeddingActivation != .linear || !hasEmbeddingNorm || frames != nil || !hasReturnTokens
      || seesPadding
  }

  /// Tokens of a control step.
  public var tokens: [EntryInput] {
    EntryInput.allCases.filter { $0 != .return || hasReturnTokens }
  }

  /// Steps of the window that `slotCount` positions are of; nil where positions do not move.
  package var windowOfSlots: Int? {
    slotCount.map { slots == .tokens ? $0 / tokens.count : $0 }
  }

  /// Whether there are heads for the next state and return: nobody predicts pictures, nor the returns of a model that is told
  /// none.
  package var predictsInputs: Bool { frames == nil && hasReturnTokens }

  /// Width of one attention head.
  public var headSize: Int { hiddenSize / headCount }

  /// The factor on q·k in layer `layer`.
  public func attentionScale(layer: Int) -> Double {
    Network.attentionScale(
      headSize: headSize, layer: layer, scalesBySize: scalesAttention,
      scalesByLayer: scalesAttentionByInverseLayerIndex)
  }
}
