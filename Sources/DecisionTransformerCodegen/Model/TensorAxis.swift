/// What decides the length of one axis of a tensor.
package enum TensorAxis: Hashable {
  case one, hidden, threeHidden, inner, state, action, positions, timesteps, slots
  /// The numbers behind a layer of the state's encoder.
  case encoder(Int)
  /// The numbers behind the convolutions of frames.
  case features
  /// Of a convolution: numbers at each place of its output and of its input, lines or columns of its window.
  case filters(Int), channels(Int), kernel(Int)

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
    case .features: config.frames?.featureCount ?? 0
    case .filters(let layer): config.frames?.convolutions[layer].filters ?? 0
    case .channels(let layer): config.frames?.map(entering: layer).channels ?? 0
    case .kernel(let layer): config.frames?.convolutions[layer].size ?? 0
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
    case .one, .threeHidden, .features, .filters, .channels, .kernel:
      preconditionFailure("no key of its own")
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
    case .slots: "n_slots or n_token_slots"
    case .encoder(let layer): "state_encoder_sizes[\(layer)]"
    case .features: "what follows from state_frames and state_convolutions"
    case .filters(let layer): "state_convolutions[\(layer)][0]"
    case .channels(let layer):
      layer == 0 ? "state_frames[0]" : "state_convolutions[\(layer - 1)][0]"
    case .kernel(let layer): "state_convolutions[\(layer)][1]"
    }
  }
}
