/// Writes where packed tensors lie, under the names that the phases use, and what addresses rows.
package struct LayoutRenderer {
  package let plan: Plan

  package func render(to writer: inout CodeWriter) {
    for group in plan.weights.groups {
      writer.write("/// \(description(of: group))")
      writer.scope("struct \(group.typeName)") { writer in
        let type = plan.hasRoundedPlaces(group) ? "Rounded" : "Floats"
        writer.write(
          "private let weights: \(type)",
          "@_noAllocation @_noLocks init(_ weights: \(type)) { self.weights = weights }")
        for tensor in group.tensors { place(of: tensor, in: group, to: &writer) }
      }
      writer.write("")
    }
    let formats = plan.weights.formats.filter(plan.hasRoundedPlaces)
    if !formats.isEmpty {
      writer.write(
        "/// A matrix of \(formats.map(\.name).joined(separator: " or ")) numbers, and where a product makes \(plan.memory.buffer(.converted).purpose)."
      )
      writer.scope("struct Rounded") { writer in
        writer.write(
          "let words: Floats, converted: Floats", "",
          "@_noAllocation @_noLocks init(_ words: Floats, _ converted: Floats) {",
          "  (self.words, self.converted) = (words, converted)", "}", "",
          "@_noAllocation @_noLocks static func + (place: Rounded, offset: Int) -> Rounded {",
          "  Rounded(place.words + offset, place.converted)", "}")
      }
      writer.write("")
    }
    rows(to: &writer)
  }

  private func place(
    of tensor: PackedTensor, in group: PackedLayout.Group, to writer: inout CodeWriter
  ) {
    let name = tensor.memberName == "return" ? "`return`" : tensor.memberName
    let isRounded = plan.hasRoundedPlaces(tensor.format)
    let weights = plan.hasRoundedPlaces(group) && !isRounded ? "weights.words" : "weights"
    writer.constant(
      "var \(name): \(plan.placeType(tensor.format))",
      tensor.offset == 0 ? weights : "\(weights) + \(literal(tensor.offset))",
      comment: "\(tensor.shapeText) \(tensor.arrangementText), \(literal(tensor.floatCount))")
  }

  private func description(of group: PackedLayout.Group) -> String {
    switch group.tensors[0].content {
    case .stateMean: "Embeddings, of states with their mean, of timesteps; embed_ln."
    case .convolution: "Convolutions of the state's frames."
    case .embedReturn, .embedState: "Embeddings, of timesteps, too."
    case .entryValue: "Block 0 in terms of an input."
    case .predictAction: "Heads."
    case .finalNormGain: "ln_f."
    case .positions: "wpe."
    default: "Packed weights of block \(group.name.drop { !$0.isNumber })."
    }
  }

  /// Rows of one agent, or of several side by side.
  private func rows(to writer: inout CodeWriter) {
    let isBatch = plan.shape.groupSize > 1
    writer.write("/// Rows of memory\(isBatch ? ", of all agents" : "").")
    writer.scope("struct Rows") { writer in
      writer.write(
        "let start: Floats",
        "let stride: Int\(isBatch ? ", agentStride: Int" : "")", "",
        "@_noAllocation @_noLocks",
        "init(_ start: Floats, _ stride: Int\(isBatch ? ", agent agentStride: Int" : "")) {")
      writer.write(
        "  (self.start, self.stride\(isBatch ? ", self.agentStride" : "")) = (start, stride\(isBatch ? ", agentStride" : ""))",
        "}", "")
      writer.constant("subscript(row: Int) -> Floats", "start + row * stride")
      if isBatch {
        writer.constant(
          "subscript(row: Int, agent: Int) -> Floats", "start + row * stride + agent * agentStride")
      }
    }
  }
}

extension Plan {
  /// Whether matrices of the format go to kernels together with the memory in which products convert numbers. So the
  /// phases name a matrix alone, in every precision.
  package func hasRoundedPlaces(_ format: WeightFormat) -> Bool {
    format != .float32 && memory.contains(.converted)
  }

  /// The type of a place of such a matrix.
  package func placeType(_ format: WeightFormat) -> String {
    hasRoundedPlaces(format) ? "Rounded" : "Floats"
  }

  package func hasRoundedPlaces(_ group: PackedLayout.Group) -> Bool {
    group.tensors.contains { hasRoundedPlaces($0.format) }
  }
}
