extension ControllerMemory {
  /// Lays out a trunk's memory: what is cached of every token, then rows that each chunk of tokens uses anew.
  ///
  /// Cached rows are `Shape.slotCount`, a little more than the tokens that fit, so that a chunk may begin anywhere.
  package init(trunk network: Network, shape: Shape, forms: [AttentionForm], kernels: [Kernel]) {
    self.init()
    let (slots, rows) = (shape.slotCount, shape.chunkSize)
    let (hidden, attention) = (shape.hiddenStride, shape.attentionStride)
    appendCaches(network, shape: shape, forms: forms, panels: "keys")
    append(.hiddenState, rows: slots, isPerSlot: true, stride: hidden, "last hidden state")
    append(.mask, rows: 1, stride: shape.keyStride, "added to the scores of each key")
    share(.tokens, rows: rows, stride: hidden, "inputs_embeds + wpe")
    share(.queries, rows: rows, stride: attention, "queries")
    if forms.contains(.standard) {
      share(.keyRows, rows: rows, stride: attention, "keys before they become panels")
    }
    share(.stream, rows: rows, stride: hidden, "residual stream")
    share(.scratch, rows: rows, stride: hidden, "normalised rows")
    share(.mixed, rows: rows, stride: attention, "attention's weighted sums")
    share(
      .scores, rows: shape.headCount * rows, stride: shape.keyStride,
      "attention scores and probabilities")
    share(.inner, rows: rows, stride: shape.innerStride, "inner rows of the MLP")
    appendConverted(kernels)
  }

  private mutating func share(
    _ name: ControllerBuffer.Name, rows: Int, stride: Int, _ purpose: String
  ) {
    append(name, rows: rows, stride: stride, purpose, isShared: true)
  }
}
