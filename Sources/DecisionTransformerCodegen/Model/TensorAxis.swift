/// What decides the length of one axis of a tensor.
package enum TensorAxis: Hashable {
  case one, hidden, threeHidden, inner, state, action, positions, timesteps, slots
  /// The numbers behind a layer of the state's encoder.
  case encoder(Int)

  package func size(in config: ModelConfig) -> Int {
    switch self {
    case .one: 1
    case .hidden: config.hiddenSize
    case .threeHidden: 3 * config.hiddenSize
    case .inner: config.innerSize
    case .state: config.stateDimension
    case .action: config.actionDimension
    case .positions: config.positionCount
    case .timesteps: config.maximumEpisodeLength
    case .slots: config.slotCount ?? 0
    case .encoder(let layer): config.stateEncoder[layer].size
    }
  }

  /// The axis whose length this one is a multiple of, and the factor.
  package var unit: (axis: TensorAxis, factor: Int) {
    self == .threeHidden ? (.hidden, 3) : (self, 1)
  }

  /// Gives the key that decides the length another value.
  package func setSize(_ size: Int, in config: inout ModelConfig) {
    switch self {
    case .hidden: config.hiddenSize = size
    case .inner: config.innerSize = size
    case .state: config.stateDimension = size
    case .action: config.actionDimension = size
    case .positions: config.positionCount = size
    case .timesteps: config.maximumEpisodeLength = size
    case .slots: config.slotCount = size
    case .encoder(let layer): config.stateEncoder[layer].size = size
    case .one, .threeHidden: preconditionFailure("no key of its own")
    }
  }

  /// The key of config.json, for messages.
  package var key: String {
    switch self {
    case .one: "1"
    case .hidden: "hidden_size"
    case .threeHidden: "3 * hidden_size"
    case .inner: "n_inner"
    case .state: "state_dim"
    case .action: "act_dim"
    case .positions: "n_positions"
    case .timesteps: "max_ep_len"
    case .slots: "n_slots"
    case .encoder(let layer): "state_encoder_sizes[\(layer)]"
    }
  }
}
