// From what the user gave to what is computed and how it is used.

extension Model {
  /// What the model computes.
  public var network: Network {
    let norm = Network.Norm(epsilon: config.layerNormEpsilon)
    return Network(
      source: isTrunk
        ? .embeddings(
          Network.GivenEmbeddings(capacity: tokenCapacity, positionCount: config.positionCount))
        : .controlSteps(controlSteps),
      hiddenSize: config.hiddenSize,
      blocks: (0..<config.layerCount).map { layer in
        Network.Block(
          headCount: config.headCount, attentionScale: config.attentionScale(layer: layer),
          innerSize: config.innerSize, activation: config.activation, norm: norm,
          normPlacement: config.normPlacement)
      },
      finalNorm: config.normPlacement == .before ? norm : nil,
      outputs: ModelOutput.allCases.filter(forwardOutputs.contains),
      tensors: RequiredTensor.all(of: config).map(\.tensor))
  }

  private var controlSteps: ControlSteps {
    ControlSteps(
      tokens: config.tokens,
      state: ControlSteps.State(
        count: config.stateDimension, mean: options.stateMean,
        deviation: options.stateStandardDeviation, encoder: stateEncoder, frames: frames),
      action: ControlSteps.Action(
        count: config.actionDimension, hasTanh: config.hasActionTanh, scale: actionScale,
        offset: actionOffset, minimum: actionMinimum, maximum: actionMaximum,
        history: options.actionHistory,
        choice: options.actions == .discrete
          ? ControlSteps.Action.Choice(temperature: options.temperature) : nil),
      returns: ControlSteps.Returns(
        scale: options.returnScale, offset: options.returnOffset,
        rounding: options.returnRounding),
      time: ControlSteps.Time(
        count: config.maximumEpisodeLength, overflow: options.timestepOverflow,
        first: options.firstTimestep),
      embeddingActivation: config.embeddingActivation,
      // PyTorch's default, whatever layer_norm_epsilon says.
      embeddingNorm: config.hasEmbeddingNorm ? Network.Norm(epsilon: 1e-5) : nil,
      positionCount: config.positionCount,
      slots: config.slotCount.map { _ in config.slots }, window: window,
      seesPadding: config.seesPadding)
  }

  /// With what the options say about them.
  private var frames: Frames? {
    var frames = config.frames
    frames?.input = options.frameInput
    return frames
  }

  /// Its last layer has the token's numbers.
  private var stateEncoder: [ControlSteps.EncoderLayer] {
    var encoder = config.stateEncoder
    if !encoder.isEmpty { encoder[encoder.count - 1].size = config.hiddenSize }
    return encoder
  }

  /// How it is used.
  public var deployment: Deployment {
    Deployment(
      name: name,
      origin: Deployment.Origin(configDigest: configDigest, optionsDigest: optionsDigest),
      access: options.access, batch: options.batch, format: options.precision.format,
      matrixFormats: (options.matrixPrecisions ?? [:]).mapValues(\.format),
      maximumActionError: options.maximumActionError, targetReturn: options.targetReturn,
      hasCInterface: options.hasCInterface,
      hasOperations: options.hasOperations, hasSelfTest: options.hasSelfTest,
      weightStorage: options.weightStorage)
  }
}
