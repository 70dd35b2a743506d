/// Writes what a self test needs of a generated type: its stages, one by one. The replay is the runtime's.
package struct SelfTestRenderer {
  package let plan: Plan

  package func render(to writer: inout CodeWriter) {
    writer.write("// MARK: - Self test")
    let isAdapted =
      plan.shape.groupSize > 1 || plan.steps.action.choice != nil || plan.steps.state.frames != nil
    writer.scope(
      "nonisolated extension \(plan.deployment.name)\(isAdapted ? "" : ": SelfTestable")"
    ) { writer in
      if isAdapted {
        SelfTestAdapterRenderer(plan: plan).render(to: &writer)
      } else {
        entry(to: &writer)
      }
      stages(to: &writer)
    }
    writer.write("")
  }

  private func entry(to writer: inout CodeWriter) {
    writer.write(
      "/// Replays the episode beside `weights` in the caller's memory and compares with the double-precision reference."
    )
    writer.scope(
      "\(plan.deployment.access.rawValue) static func selfTest(weights: PackedWeights, memory: UnsafeMutableRawBufferPointer) throws(InitializationError) -> SelfTestReport"
    ) { writer in
      writer.write(
        "var controller = try unsafe Self(weights: weights, memory: memory)",
        "return try SelfTest.run(&controller, weights) { $0.repeatStage($1, alone: $2) }")
    }
  }

  /// The routines of each feedback phase, cut behind those that finish a block.
  private func stages(to writer: inout CodeWriter) {
    writer.write(
      "",
      "/// A stage of the latest `act` again, with the return token or `alone`; the state token's row after it."
    )
    writer.scope("private func repeatStage(_ stage: Int, alone: Bool) -> Floats") { writer in
      let embeds =
        plan.steps.tokens.contains(.return) ? "embedReturn(); embedState()" : "embedState()"
      writer.write("switch stage {", "case 0: \(embeds)")
      for layer in plan.forms.dropLast().indices {
        writer.write(
          "case \(layer + 1): if alone { tokenBlock\(layer)(token: stateSlot) } else { feedbackBlock\(layer)() }"
        )
      }
      let keys =
        plan.routines.contains { $0.name == .keys(.feedback) }
        ? "if alone { tokenKeys(token: stateSlot) } else { feedbackKeys() }; " : ""
      writer.write("default: \(keys)finalBlock()", "}")
      // Of a batch, the last agent's row.
      let row =
        "[stateSlot\(plan.deployment.batch == 1 ? "" : ", \((plan.deployment.batch - 1) % plan.shape.groupSize)")]"
      let others = plan.forms.indices.filter {
        plan.forms.output(of: $0, plan.network) != .stream
      }
      guard !others.isEmpty else {
        return writer.write("return stage == 0 ? tokens\(row) : stream\(row)")
      }
      writer.write("switch stage {", "case 0: return tokens\(row)")
      for layer in others {
        let name = plan.forms.output(of: layer, plan.network).identifier
        writer.write("case \(layer + 1): return \(name)\(row)")
      }
      writer.write("default: return stream\(row)", "}")
    }
  }
}
