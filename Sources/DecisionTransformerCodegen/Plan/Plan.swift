import DecisionTransformer

/// Everything that is decided about a model: one printable, comparable value. Rendering and packing
/// read it and decide nothing themselves.
public struct Plan: Equatable, Sendable, Codable {
  /// What is computed, and for what use.
  public var network: Network
  public var deployment: Deployment
  public var shape: Shape
  /// The attention form of each layer.
  public var forms: [AttentionForm]
  public var weights: PackedLayout
  public var memory: ControllerMemory
  /// The methods of the generated type, in the order in which they are printed.
  public var routines: [Routine]
  /// The feedback phase: from the state to the action.
  public var act: [PhaseStep] = []
  /// The preparation phase: what needs no new state.
  public var prepare: [PhaseStep] = []
  /// What `forward` does once every step is embedded; empty where only the controller is asked for.
  public var forward: [RoutineName] = []
  /// What a trunk runs for one token, and for `Shape.chunkSize` together. A controller has neither, a trunk has
  /// none of the phases above.
  public var token: [RoutineName] = []
  public var chunk: [RoutineName] = []
  /// Identifies the packed layout together with the function it is packed for.
  public var layoutDigest: UInt64

  public init(_ network: Network, _ deployment: Deployment) {
    (self.network, self.deployment) = (network, deployment)
    shape = Shape(network, deployment)
    forms = network.blocks.indices.map { [shape] layer in
      .cheapest(layer: layer, shape: shape, network, format: deployment.format)
    }
    var layout = LayoutBuilder(
      network, deployment, shape: shape, forms: forms)
    layout.build()
    weights = layout.layout
    layoutDigest = Self.digest(network, weights)
    guard network.controlSteps != nil else {
      let schedule = TrunkSchedule(network, shape: shape, forms: forms, weights: weights)
      (routines, token, chunk) = (schedule.routines, schedule.token, schedule.chunk)
      memory = ControllerMemory(
        trunk: network, shape: shape, forms: forms, kernels: Self.kernels(of: routines))
      checkTiles()
      return
    }
    let schedule = Schedule(network, shape: shape, forms: forms, weights: weights)
    routines = schedule.routines
    (act, prepare, forward) = (schedule.act, schedule.prepare, schedule.forward)
    memory = ControllerMemory(
      network, shape: shape, forms: forms, kernels: Self.kernels(of: routines))
    addReadAhead()
    checkTiles()
  }

  /// Stops the generator where generated code would compute with other numbers than the packed ones: no option and no
  /// checkpoint can bring that about, only a mistake in a plan's own tables.
  private func checkTiles() {
    if let tileProblem { fatalError("a mistake in the plan: \(tileProblem)") }
  }

  private mutating func addReadAhead() {
    guard shape.pastTokenCount > 0,
      total(feedback, \.weightBytes) + memory.byteCount > ReadAhead.cacheByteCount
    else { return }
    let operations = feedback.flatMap { name in routines.first { $0.name == name }!.operations }
    let readAhead = ReadAhead(
      operations, weights: weights, memory: memory,
      near: weightsReadLast(upTo: ReadAhead.byteCount))
    routines.append(
      Routine(
        name: .readAhead,
        summary:
          "Reads the first `count` numbers that `act` reads, the first of them last, so that they lie near when the state comes; not those that `prepare` has just read.",
        takesToken: false, operations: readAhead.operations))
    prepare.append(.call(.readAhead, token: nil))
  }

  /// Names of `deployment.matrixFormats` that no matrix of a block has, in order.
  public var unknownMatrices: [String] {
    let known = Set(matrices.map(\.name))
    return deployment.matrixFormats.keys.filter { !known.contains($0) }.sorted()
  }

  /// The matrices of the blocks, which have a format of their own.
  public var matrices: [PackedTensor] {
    weights.tensors.filter { $0.arrangement.order != nil && $0.content.layer != nil }
  }

  /// The digest as text: 16 hexadecimal digits.
  public var layoutDigestText: String { PackedWeights.digestText(layoutDigest) }

  /// Whether block 0 is in the carried form: then the timestep's part of its tokens is computed ahead, by the routine
  /// `embedTime`.
  public var carriesTokens: Bool { forms.first == .carried }

  /// Every kernel of the routines once, in order of first use.
  public var kernels: [Kernel] { Self.kernels(of: routines) }

  private static func kernels(of routines: [Routine]) -> [Kernel] {
    var seen = Set<Kernel>()
    return routines.flatMap(\.operations).compactMap(\.kernel).filter { seen.insert($0).inserted }
  }

  /// Sum of a quantity over the routines of a phase.
  public func total(_ phase: [RoutineName], _ quantity: (Routine) -> Int) -> Int {
    phase.reduce(0) { sum, name in
      sum + routines.filter { $0.name == name }.reduce(0) { $0 + quantity($1) }
    }
  }

  /// Multiply-adds of a phase, of all groups of agents.
  public func multiplyAdds(of phase: [RoutineName]) -> Int {
    shape.agentGroups.count * total(phase, \.multiplyAdds)
  }

  private static func digest(_ network: Network, _ weights: PackedLayout) -> UInt64 {
    var text =
      "\(network.normEpsilon) \(network.blocks[0].activation.rawValue)"
      + " \(network.controlSteps?.action.hasTanh ?? false) \(network.blocks[0].headCount)"
    for block in network.blocks { text += " \(block.attentionScale)" }
    for layer in network.controlSteps?.state.encoder ?? [] {
      text += " \(layer.activation.rawValue)"
      if layer.normalizesInput { text += " norm" }
      if layer.addsShortcut { text += " shortcut" }
    }
    for layer in network.controlSteps?.state.frames?.convolutions ?? [] {
      text += " \(layer.stride) \(layer.activation.rawValue)"
    }
    if let slots = network.controlSteps?.slots { text += slots == .steps ? "" : " \(slots)" }
    for tensor in weights.tensors {
      text += "\n\(tensor.name) \(tensor.shapeText) \(tensor.arrangementText) \(tensor.offset)"
    }
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { PackedWeights.checksum($0) }
  }
}

extension Plan {
  /// The routine of a name that a phase lists.
  package func routine(_ name: RoutineName) -> Routine {
    guard let routine = routines.first(where: { $0.name == name }) else {
      preconditionFailure("no routine is called \(name)")
    }
    return routine
  }

  /// The control steps of a controller.
  public var steps: ControlSteps {
    guard let steps = network.controlSteps else {
      preconditionFailure("given embeddings have no control steps")
    }
    return steps
  }
}
