/// What decides the length of one axis of a tensor.
enum TensorAxis {
  case one, hidden, threeHidden, inner, state, action, positions, timesteps

  func size(in config: ModelConfig) -> Int {
    switch self {
    case .one: 1
    case .hidden: config.hiddenSize
    case .threeHidden: 3 * config.hiddenSize
    case .inner: config.innerSize
    case .state: config.stateDimension
    case .action: config.actionDimension
    case .positions: config.positionCount
    case .timesteps: config.maximumEpisodeLength
    }
  }

  /// The key of config.json, for messages.
  var key: String {
    switch self {
    case .one: "1"
    case .hidden: "hidden_size"
    case .threeHidden: "3 * hidden_size"
    case .inner: "n_inner"
    case .state: "state_dim"
    case .action: "act_dim"
    case .positions: "n_positions"
    case .timesteps: "max_ep_len"
    }
  }
}
