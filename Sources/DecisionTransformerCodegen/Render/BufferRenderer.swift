/// Writes the names of what a generated type works in: slots, groups of packed tensors, buffers.
package struct BufferRenderer {
  package let plan: Plan
  private var text: OperandText { OperandText(plan: plan) }

  package func render(to writer: inout CodeWriter) {
    aliases(to: &writer)
    if plan.network.controlSteps != nil { slots(to: &writer) }
    groups(to: &writer)
    buffers(to: &writer)
  }

  private func aliases(to writer: inout CodeWriter) {
    writer.write("private typealias Kernels = \(plan.kernelsName)")
    writer.write("private typealias Rows = Kernels.Rows")
    // Members of a controller of one agent name no others, but where actions are clamped.
    let isPlain =
      plan.network.controlSteps != nil && plan.forward.isEmpty && plan.shape.groupSize == 1
    let names =
      !isPlain
      ? ["Vector", "VectorMath", "Floats"]
      : plan.steps.action.isBounded ? ["VectorMath", "Floats"] : ["Floats"]
    for name in names {
      writer.write("private typealias \(name) = DecisionTransformer::\(name)")
    }
  }

  private func slots(to writer: inout CodeWriter) {
    writer.write("")
    writer.write(
      "// Slots of the window: the past tokens, then those of the current step.",
      "private var pastTokens: Int { \(plan.shape.pastTokenCount) }")
    for (index, token) in plan.steps.tokens.enumerated() {
      let place = index == 0 ? "pastTokens" : "pastTokens + \(index)"
      writer.write("private var \(token.rawValue)Slot: Int { \(place) }")
    }
    if !plan.forward.isEmpty { writer.write("private var slots: Int { pastTokens + 3 }") }
  }

  private func groups(to writer: inout CodeWriter) {
    writer.write("")
    if plan.weights.groups.contains(where: plan.hasRoundedPlaces) {
      writer.write("private var rounded: Kernels.Rounded { Kernels.Rounded(weights, converted) }")
    }
    for group in plan.weights.groups {
      let type = "Kernels.\(group.typeName)"
      let place = plan.hasRoundedPlaces(group) ? "rounded" : "weights"
      writer.write("private var \(group.name): \(type) { \(type)(\(place)) }")
    }
  }

  private func buffers(to writer: inout CodeWriter) {
    writer.write(
      "", "// Memory, offsets in floats: how many rows of how many floats, and what they hold.")
    for buffer in plan.memory.buffers {
      let base = buffer.isOfGroup ? "group" : "memory"
      let place = buffer.offset == 0 ? base : "\(base) + \(literal(buffer.offset))"
      let declaration =
        if text.isOfRows(buffer) {
          "private var \(buffer.name.identifier): Rows { Rows(\(place), \(strides(of: buffer))) }"
        } else {
          "private var \(buffer.name.identifier): Floats { \(place) }"
        }
      let lines = CodeWriter.lines(
        of: "\(buffer.rowText): \(buffer.purpose)".split(separator: " ").map(String.init),
        separator: "", width: CodeWriter.width - 2 - Self.column - 3)
      writer.write(left(declaration, Self.column) + "// " + lines[0])
      for line in lines.dropFirst() { writer.write(left("", Self.column) + "// " + line) }
    }
  }

  private static let column = 62

  private func strides(of buffer: ControllerBuffer) -> String {
    guard buffer.agents.count > 1 else { return "\(buffer.strip)" }
    return "\(literal(buffer.rowStride)), agent: \(literal(buffer.agentStride))"
  }
}

extension ControllerBuffer {
  /// Rows by floats, or what there is a row for, whose floats the declaration has.
  package var rowText: String {
    if isPerSlot { return stripCount > 1 ? "slots, in strips" : "slots" }
    return rows == 1 && agents.count == 1 ? "\(strip)" : "\(rows) x \(strip)"
  }
}

extension PackedLayout {
  /// Packed tensors whose names begin alike: of a block, of the embeddings.
  package struct Group {
    package var name: String
    package var tensors: [PackedTensor]
    package var typeName: String { name.prefix(1).uppercased() + name.dropFirst() }
  }

  /// In the order of the layout; tensors of a group need not be neighbours.
  package var groups: [Group] {
    tensors.reduce(into: []) { groups, tensor in
      if let index = groups.firstIndex(where: { $0.name == tensor.groupName }) {
        groups[index].tensors.append(tensor)
      } else {
        groups.append(Group(name: tensor.groupName, tensors: [tensor]))
      }
    }
  }
}

extension PackedTensor {
  /// `layer1` of `layer1.query`, and `query`.
  package var groupName: String { String(name.prefix { $0 != "." }) }
  package var memberName: String { String(name.drop { $0 != "." }.dropFirst()) }
}

extension Plan {
  /// The type that has layout and kernels, in a file of its own.
  public var kernelsName: String { "\(deployment.name)Kernels" }
}
