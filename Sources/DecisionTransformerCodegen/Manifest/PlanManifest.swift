// From the plan to its manifest.

extension Manifest {
  /// What the plan decides: everything but files, and what the checkpoint alone tells.
  ///
  /// - Parameter generator: The version of dtgen.
  public init(_ plan: Plan, generator: String) {
    self.generator = generator
    model = plan.deployment.name
    configDigest = plan.deployment.origin.configDigest
    optionsDigest = plan.deployment.origin.optionsDigest
    layoutDigest = plan.layoutDigest
    shape = Self.shape(plan.network)
    options = Self.options(plan.network, plan.deployment)
    weightFormats = plan.weights.formats
    targets = plan.deployment.targets
    attention = plan.forms.map(\.rawValue)
    phases = Self.phases(plan)
    routines = plan.routines.map { routine in
      Routine(
        name: "\(routine.name)", operationCount: routine.operations.count,
        multiplyAdds: routine.multiplyAdds, weightBytes: routine.weightBytes)
    }
    weightBytes = plan.weights.byteCount
    let packed = Set(plan.weights.tensors.map(\.name))
    tensors = plan.weights.tensors.map { Tensor($0, besides: packed) }
    unread = plan.weights.unread.reduce(into: []) { groups, tensor in
      if let index = groups.firstIndex(where: { $0.reason == tensor.reason }) {
        groups[index].tensors.append("\(tensor.name)")
      } else {
        groups.append(Unread(reason: tensor.reason, tensors: ["\(tensor.name)"]))
      }
    }
    memoryBytes = plan.memory.byteCount
    buffers = plan.memory.buffers.map { buffer in
      Buffer(
        name: buffer.name.identifier, shape: buffer.shapeText,
        offset: buffer.offset * MemoryLayout<Float>.stride,
        bytes: buffer.floatCount * MemoryLayout<Float>.stride, purpose: buffer.purpose)
    }
  }

  private static func phases(_ plan: Plan) -> [Phase] {
    let phases = [
      ("act", plan.feedback), ("act, reward known", plan.shortFeedback),
      ("prepare", plan.preparation), ("prepare, reward known", plan.returnPreparation),
      ("after prepare", plan.afterPreparation), ("forward", plan.forward),
      ("one token", plan.token), ("\(plan.shape.chunkSize) tokens", plan.chunk),
    ]
    return phases.filter { !$0.1.isEmpty }.map { name, routines in
      Phase(
        name: name, routines: routines.map(\.description),
        multiplyAdds: plan.multiplyAdds(of: routines),
        weightBytes: plan.total(routines, \.weightBytes))
    }
  }
}

extension Manifest.Tensor {
  /// Names that stand for other packed tensors are not explained again.
  fileprivate init(_ tensor: PackedTensor, besides packed: Set<String>) {
    let recipe = tensor.recipe
    (name, arrangement) = (tensor.name, tensor.arrangement)
    offset = tensor.offset * MemoryLayout<Float>.stride
    bytes = tensor.byteCount
    formula = "\(recipe.weights)"
    bias = recipe.bias.map { "\($0)" }
    var explained = packed
    definitions = (recipe.weights.definitions + (recipe.bias?.definitions ?? [])).compactMap {
      explained.insert($0.name).inserted
        ? JSONMember(name: $0.name, value: .string("\($0.formula)")) : nil
    }
    sources = Self.sources(recipe)
  }

  private static func sources(_ recipe: TensorRecipe) -> [String] {
    var names: [String] = []
    var parts: [String: [String?]] = [:]
    for source in recipe.sources {
      let name = "\(source.origin)"
      if parts[name] == nil { names.append(name) }
      parts[name, default: []].append(source.part)
    }
    return names.map { name in
      let read = parts[name]!.compactMap(\.self)
      // No parts where something is read whole.
      return read.count < parts[name]!.count ? name : "\(name)[\(read.joined(separator: ", "))]"
    }
  }
}
