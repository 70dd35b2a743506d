/// The static layout of a controller's memory.
public struct ControllerMemory: Equatable, Sendable, Codable {
  /// Regions start at multiples of this many bytes, and so must the memory.
  public static let alignment = 64

  public private(set) var buffers: [ControllerBuffer] = []
  /// Floats from what one group of agents has alone to the next group's; 0 where there is one group.
  public private(set) var groupStride = 0
  /// Where the first group's begins.
  public private(set) var groupStart = 0
  private var groupSize = 1

  public var floatCount: Int {
    buffers.map { $0.offset + $0.floatCount }.max() ?? 0
  }

  public var byteCount: Int { floatCount * MemoryLayout<Float>.stride }

  /// The region `name`, which must have been laid out.
  public func buffer(_ name: ControllerBuffer.Name) -> ControllerBuffer {
    guard let buffer = buffers.first(where: { $0.name == name }) else {
      preconditionFailure("\(name) is not part of the controller's memory")
    }
    return buffer
  }

  /// Whether `name` has a region.
  public func contains(_ name: ControllerBuffer.Name) -> Bool {
    buffers.contains { $0.name == name }
  }
}

extension ControllerMemory {
  /// Lays out what the forms and kernels need: first what lasts from step to step, then scratch.
  package init(_ network: Network, shape: Shape, forms: [AttentionForm], kernels: [Kernel]) {
    let outputs = Set(network.outputs)
    let (slots, hidden, attention) = (shape.slotCount, shape.hiddenStride, shape.attentionStride)
    groupSize = shape.groupSize
    if network.controlSteps?.tokens.contains(.return) ?? false {
      append(.returnInput, rows: 1, stride: Shape.lanes, "return-to-go of the return token")
    }
    let frames = network.controlSteps?.state.frames
    append(
      .stateInput, rows: 1, stride: shape.stateStride,
      frames == nil ? "state minus state_mean" : "bytes of the frames, oldest first")
    if let frames { appendFrames(frames) }
    let isNumber = network.controlSteps?.action.choice != nil
    append(
      .actionInput, rows: 1, stride: shape.actionStride,
      isNumber ? "action for the history: 1 at its number" : "action for the history, model units")
    append(
      .prediction, rows: 1, stride: shape.actionStride,
      isNumber ? "logits" : "predicted action, model units")
    if outputs.contains(.state) {
      append(.nextState, rows: 1, stride: shape.stateStride, "expected next state, model units")
    }
    if outputs.contains(.return) {
      append(.nextReturn, rows: 1, stride: Shape.lanes, "expected next return, model units")
    }
    let encoder = network.controlSteps?.state.encoder ?? []
    for layer in encoder.indices.dropLast() {
      let stride = Shape.stride(encoder[layer].size)
      append(
        .encoded(layer: layer), rows: 1, stride: stride,
        "state behind layer \(layer) of its encoder")
      if encoder[layer + 1].normalizesInput {
        append(
          .encodedNorm(layer: layer), rows: 1, stride: stride, "the same, normalised")
      }
    }
    if network.hasMovingPositions {
      append(
        .embedded, rows: slots, isPerSlot: true, stride: hidden, "embedded inputs, no positions")
    }
    let isCarried = forms[0] == .carried
    append(
      .tokens, rows: slots, isPerSlot: true, stride: isCarried ? shape.carriedStride : hidden,
      "embedded tokens\(isCarried ? ", their inner rows" : "")")
    if isCarried {
      append(
        .carried, rows: slots, isPerSlot: true, stride: shape.carriedStride,
        strip: shape.carriedStrip,
        "values, their inner rows"
      )
    }
    let asksAgain = shape.layers.filter(network.asksAgain)
    if isCarried || !asksAgain.isEmpty {
      append(.query, rows: slots, isPerSlot: true, stride: attention, "queries of block 0")
    }
    for (layer, form) in forms.enumerated()
    where form == .standard && network.survivesSlide(enteringBlock: layer) {
      append(
        .key(layer: layer), rows: slots, isPerSlot: true, stride: attention,
        "keys of block \(layer)")
    }
    appendCaches(network, shape: shape, forms: forms, panels: "keys")
    if isCarried { appendEntry(shape: shape) }
    append(.stream, rows: slots, isPerSlot: true, stride: hidden, "residual stream")
    if !network.normalizesStream {
      append(.scratch, rows: slots, isPerSlot: true, stride: hidden, "normalised rows")
    }
    if shape.layers.contains(where: { !asksAgain.contains($0) && forms[$0] != .absorbed }) {
      append(.queries, rows: slots, isPerSlot: true, stride: attention, "queries")
    }
    if shape.layerCount > 1 || forms[0] != .absorbed {
      append(.mixed, rows: slots, isPerSlot: true, stride: attention, "attention's weighted sums")
    }
    let needsKeyRows = forms.indices.contains { layer in
      forms[layer] == .standard
        && (shape.asksEveryToken || !network.survivesSlide(enteringBlock: layer))
    }
    if needsKeyRows {
      append(
        .keyRows, rows: slots, isPerSlot: true, stride: attention, "keys before they become panels")
    }
    if forms.contains(.absorbed) {
      append(.headQuery, rows: 1, stride: attention, "query of the state token")
      append(
        .absorbedQueries, rows: shape.headCount, stride: hidden,
        "its queries against normalised rows, one per head")
      append(
        .absorbedMixed, rows: shape.headCount, stride: hidden,
        "its mixed normalised rows, one per head")
      append(.headValues, rows: 1, stride: attention, "its values")
    }
    let askingCount =
      shape.asksEveryToken
      ? slots
      : max(
        2, network.survivesSlide(enteringBlock: shape.layerCount - 1) ? 0 : shape.pastTokenCount)
    append(
      .scores, rows: shape.headCount * askingCount, stride: shape.keyStride,
      "attention scores and probabilities")
    append(
      .inner, rows: slots, isPerSlot: true, stride: shape.innerStride,
      "inner rows, over attention's")
    appendConverted(kernels)
    appendForward(shape: shape, forms: forms, outputs: outputs)
    if shape.agentGroups.count > 1 { arrange(shape.agentGroups) }
  }

  /// Lays the regions out for several groups: a row for every agent of what goes in and comes out; then what the groups
  /// keep, one behind the other; then what they use in turn.
  private mutating func arrange(_ groups: AgentGroups) {
    let all = buffers.filter(\.name.isOfAllAgents).map { buffer in
      var buffer = buffer
      buffer.agents = .interleaved(count: groups.size * groups.count)
      return buffer
    }
    let kept = buffers.filter { !$0.name.isOfAllAgents && !$0.name.isOfOnePhase }.map { buffer in
      var buffer = buffer
      buffer.isOfGroup = true
      return buffer
    }
    let used = buffers.filter(\.name.isOfOnePhase)
    buffers = []
    var end = 0
    func place(_ some: [ControllerBuffer], in buffers: inout [ControllerBuffer]) {
      for var buffer in some {
        buffer.offset = buffer.name == .inner ? Self.attentionStart(in: buffers) ?? end : end
        end = max(end, buffer.offset + buffer.floatCount)
        buffers.append(buffer)
      }
    }
    place(all, in: &buffers)
    groupStart = end
    place(kept, in: &buffers)
    groupStride = end - groupStart
    end = groupStart + groups.count * groupStride
    place(used, in: &buffers)
  }

  /// What each layer keeps of every token; `panels` says what the panels of keys hold.
  package mutating func appendCaches(
    _ network: Network, shape: Shape, forms: [AttentionForm], panels: String
  ) {
    let (slots, hidden, attention) = (shape.slotCount, shape.hiddenStride, shape.attentionStride)
    for (layer, form) in forms.enumerated() {
      if form == .standard {
        append(
          .value(layer: layer), rows: slots, isPerSlot: true, stride: attention,
          "values of block \(layer)")
        append(
          .keyPanels(layer: layer), rows: shape.headCount * shape.keyStride,
          stride: shape.headSize + 1, "\(panels) of block \(layer), panels of 16")
      } else {
        // Tokens enter the first block as they are where no norm is in front of its attention.
        if !network.normalizesStream || layer > 0 {
          append(
            .normalized(layer: layer), rows: slots, isPerSlot: true, stride: hidden,
            (network.normalizesStream
              ? "rows that enter block \(layer)" : "normalised rows of block \(layer)")
              + (form == .carried ? "" : ", values"))
        }
        guard form.needsPanels(layer: layer, shape: shape, network) else { continue }
        append(
          .keyPanels(layer: layer), rows: shape.keyStride, stride: shape.hiddenSize + 1,
          "\(panels) of block \(layer), panels of 16")
      }
    }
  }

  /// What the carried form needs where tokens enter the window and where they are mixed.
  private mutating func appendEntry(shape: Shape) {
    append(
      .time, rows: 2, stride: shape.timeStride,
      "of the timestep, then of its value")
    append(.entry, rows: 2, stride: shape.entryStride, "input times factors of its norms")
    append(
      .carriedSums, rows: shape.slotCount, isPerSlot: true, stride: shape.carriedStride,
      "tokens plus mixed values, inner rows")
  }

  /// Scratch of `forward`, then what it returns.
  private mutating func appendForward(
    shape: Shape, forms: [AttentionForm], outputs: Set<ModelOutput>
  ) {
    guard !outputs.isEmpty else { return }
    let isStandard = forms.contains(.standard)
    append(
      .forwardKeys, rows: (isStandard ? shape.headCount : 1) * shape.keyStride,
      stride: (isStandard ? shape.headSize : shape.hiddenSize) + 1,
      "mask and keys of one block, panels of 16")
    if isStandard {
      append(
        .forwardValues, rows: shape.slotCount, isPerSlot: true, stride: shape.attentionStride,
        "values of one block")
    }
    append(.tokenMask, rows: 1, stride: shape.keyStride, "0 for tokens that can be seen")
    let widestHead = [
      outputs.contains(.action) ? shape.actionStride : 0,
      outputs.contains(.state) ? shape.stateStride : 0, outputs.contains(.return) ? Shape.lanes : 0,
    ].max()!
    if widestHead > 0 {
      append(
        .headRows, rows: shape.slotCount, isPerSlot: true, stride: widestHead,
        "one head's row for every token")
    }
    for output in ModelOutput.allCases where outputs.contains(output) {
      append(
        .output(output), rows: 1,
        stride: Shape.stride(output.floatCount(shape: shape, steps: shape.window)),
        "\(output.rawValue), \(output.shapeText(shape))")
    }
  }

  /// What products with matrices that are not float32 make of weights or rows first, one product after the other.
  package mutating func appendConverted(_ kernels: [Kernel]) {
    let all = kernels.compactMap(\.conversion)
    guard let most = all.map(\.floatCount).max() else { return }
    let purposes = all.reduce(into: [String]()) { found, conversion in
      if !found.contains(conversion.purpose) { found.append(conversion.purpose) }
    }
    append(
      .converted, rows: (most + Shape.lanes - 1) / Shape.lanes, stride: Shape.lanes,
      purposes.joined(separator: "; "))
  }

  /// Where inner rows of an MLP lie: over what attention is done with when they are made. Nil where something else is there.
  private static func attentionStart(in buffers: [ControllerBuffer]) -> Int? {
    guard let first = buffers.firstIndex(where: \.name.isOfAttention),
      buffers[first...].allSatisfy(\.name.isOfAttention)
    else { return nil }
    return buffers[first].offset
  }

  package mutating func append(
    _ name: ControllerBuffer.Name, rows: Int, isPerSlot: Bool = false, stride: Int,
    strip: Int? = nil, _ purpose: String, isShared: Bool = false
  ) {
    buffers.append(
      ControllerBuffer(
        name: name, agents: AgentRows(name, count: groupSize), rows: rows, isPerSlot: isPerSlot,
        stride: stride,
        strip: strip ?? stride,
        offset: (name == .inner ? Self.attentionStart(in: buffers) : nil) ?? floatCount,
        purpose: purpose, isShared: isShared))
  }
}
