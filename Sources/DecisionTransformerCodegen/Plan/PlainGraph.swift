/// What Hugging Face's own loop does for one action: the yardstick for what the plan saves.
public struct PlainGraph: Equatable, Sendable {
  /// Multiply-adds of one forward pass over the padded window: 3K tokens through every layer, full
  /// square attention, all three heads; of all agents.
  public var multiplyAdds: Int
  /// Bytes of float32 weights it reads.
  public var weightBytes: Int

  package init(_ network: Network, _ shape: Shape, agents: Int) {
    let tokens = network.controlSteps == nil ? 0 : shape.tokensPerStep * shape.window
    let (hidden, window) = (shape.hiddenSize, shape.window)
    let frames = network.controlSteps?.state.frames
    let convolutions = (frames?.convolutions.indices ?? 0..<0).map { frames!.shape(of: $0, .all) }
    let blockWeights = 4 * hidden * hidden + 2 * hidden * shape.innerSize
    let inputs = (network.controlSteps?.tokens ?? []).flatMap { input in
      network.controlSteps!.layers(of: input, hiddenSize: hidden).map { $0.depth * $0.columns }
    }.reduce(0, +)
    // Nobody predicts pictures, nor the returns of a model that is told none.
    let predictsInputs = frames == nil && network.controlSteps?.tokens.contains(.return) ?? false
    let predicted = predictsInputs ? 1 + shape.stateDimension : 0
    let heads = (predicted + shape.actionDimension) * hidden
    let attention = 2 * tokens * tokens * hidden
    multiplyAdds =
      agents
      * (shape.layerCount * (tokens * blockWeights + attention) + window
        * (inputs + heads + convolutions.reduce(0) { $0 + $1.multiplyAdds }))
    weightBytes =
      (shape.layerCount * blockWeights + inputs + heads
        + convolutions.reduce(0) { $0 + $1.filters * $1.input.channels * $1.size * $1.size })
      * MemoryLayout<Float>.stride
  }
}

extension Plan {
  /// The same function as an unspecialised graph computes it.
  public var plainGraph: PlainGraph { PlainGraph(network, shape, agents: shape.agentPlaceCount) }
}
