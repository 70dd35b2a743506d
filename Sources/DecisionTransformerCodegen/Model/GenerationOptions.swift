/// What codegen.json says: how the model is used and how its code is generated.
public struct GenerationOptions: Equatable, Sendable {
  /// The longest window that is accepted: 12,288 tokens.
  public static let maximumWindow = 4096

  /// The most agents that are accepted. Their states and actions travel on the caller's stack.
  public static let maximumBatch = 256

  /// `model_class`
  public var modelClass = ModelClass.decisionTransformer
  /// `tokens`: tokens that a trunk's cache holds; nil means those of the window.
  public var tokens: Int?
  /// `window`: K, control steps of context; nil means the config's `max_length`, else 20.
  public var window: Int?
  /// `batch`: B, agents of one controller, each with episodes of its own.
  public var batch = 1
  /// `state_mean` and `state_std`: both or neither, each `state_dim` numbers.
  public var stateMean: [Double]?
  public var stateStandardDeviation: [Double]?
  /// Whether `state_mean` is null: states go in as they are because the model was trained so, and nobody has to be told.
  public var takesRawStates = false
  /// `frame_input`: of states that are pictures, which frames a step is given.
  public var frameInput = FrameInput.stack
  /// `return_scale`: the target and the rewards are divided by it.
  public var returnScale = 1.0
  /// Whether `return_scale` is there: 1 because somebody says so, and nobody has to be told.
  public var hasReturnScale = false
  /// `return_offset`: taken off a return in front of the scale, environment units.
  public var returnOffset = 0.0
  /// `return_rounding`: what the return to go is kept in.
  public var returnRounding = ReturnRounding.step
  /// `actions`: whether an action is a vector or a number.
  public var actions = ActionKind.continuous
  /// `temperature`: of discrete actions, what logits are divided by where one is drawn.
  public var temperature = 1.0
  /// `action_scale`: environment action = model action × scale. One number, or one per action.
  public var actionScale: [Double] = [1]
  /// `action_offset`: environment action = model action × scale + offset. One number, or one per action.
  public var actionOffset: [Double] = [0]
  /// `action_minimum` and `action_maximum`: where actions are clamped, environment units. One number, or one per action;
  /// nil means that nothing bounds them.
  public var actionMinimum: [Double]?
  public var actionMaximum: [Double]?
  /// `action_history`: which action goes back into the history.
  public var actionHistory = ActionHistory.raw
  /// `target_return`: the default of `reset()`, in environment units.
  public var targetReturn: Double?
  public var precision = WeightPrecision.float32
  /// `matrix_precisions`: of matrices of the blocks, by their names in the packed weights, where it is another one; nil
  /// where the key is not given.
  public var matrixPrecisions: [String: WeightPrecision]?
  /// `max_action_error`: what `dtgen calibrate` keeps to, environment units, of numbered actions those of logits.
  public var maximumActionError: Double?
  /// Anything but the action brings `forward`.
  public var outputs: [ModelOutput] = [.action]
  public var timestepOverflow = TimestepOverflow.error
  /// `first_timestep`: the row of `embed_timestep` that an episode's first step has.
  public var firstTimestep = 0
  public var access = AccessLevel.public
  /// `weights`
  public var weightStorage = WeightStorage.automatic
  /// `self_test`: whether a self test is recorded beside the packed weights; nil means where these are small.
  public var hasSelfTest: Bool?
  /// `c_interface`: whether the generated type has functions for C, and a header.
  public var hasCInterface = false
  /// `explain`: whether the generated type runs the operations of both phases one by one, for benchmarks.
  public var hasOperations = false

  public init() {}
}

/// `actions`
public enum ActionKind: String, CaseIterable, Equatable, Sendable {
  /// `act_dim` numbers.
  case continuous
  /// One of `act_dim` actions by its number: the model was trained on one-hot actions, and predicts logits.
  case discrete
}
