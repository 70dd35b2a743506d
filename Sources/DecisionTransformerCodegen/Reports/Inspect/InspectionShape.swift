extension InspectionReport.Shape {
  package init(_ config: ModelConfig) {
    hiddenSize = config.hiddenSize
    nLayer = config.layerCount
    nHead = config.headCount
    nInner = config.innerSize
    activationFunction = config.activation.rawValue
    layerNormEpsilon = config.layerNormEpsilon
    scaleAttnWeights = config.scalesAttention
    scaleAttnByInverseLayerIdx = config.scalesAttentionByInverseLayerIndex
    if config.modelClass == .trunk {
      nPositions = config.positionCount
    } else {
      stateDim = config.stateDimension
      actDim = config.actionDimension
      actionTanh = config.hasActionTanh
      maxEpLen = config.maximumEpisodeLength
    }
    if config.normPlacement != .before { layerNormPlacement = config.normPlacement.rawValue }
    if !config.stateEncoder.isEmpty {
      stateEncoderSizes = config.stateEncoder.map(\.size)
      stateEncoderActivations = config.stateEncoder.map(\.activation.rawValue)
      let (norms, shortcuts) = (
        config.stateEncoder.map(\.normalizesInput), config.stateEncoder.map(\.addsShortcut)
      )
      if norms.contains(true) { stateEncoderNorms = norms }
      if shortcuts.contains(true) { stateEncoderShortcuts = shortcuts }
    }
    if config.embeddingActivation != .linear {
      embeddingActivation = config.embeddingActivation.rawValue
    }
    if !config.hasEmbeddingNorm { embeddingLayerNorm = false }
    if config.slots == .steps { nSlots = config.slotCount } else { nTokenSlots = config.slotCount }
    if !config.hasReturnTokens { returnTokens = false }
    if config.seesPadding { seesPadding = true }
    if let frames = config.frames {
      stateFrames = frames.sizes
      stateConvolutions = frames.convolutions.map(\.sizes)
      stateConvolutionActivation = frames.convolutions[0].activation.rawValue
    }
  }
}
