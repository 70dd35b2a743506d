extension ControlLoopRenderer {
  /// The member `advance`, which runs what `prepare` does in every case.
  package func advance(to writer: inout CodeWriter) {
    document(
      one: [
        "One step on: the action joins the history, the window slides, what that made stale is computed anew."
      ],
      several: [
        "One step on: the actions join the histories, the windows slide, what the slide made stale is computed anew."
      ], to: &writer)
    begin(to: &writer)
    writer.scope("private mutating func advance()") { writer in
      agents.forEachGroup(to: &writer) { writer in
        write(
          plan.prepare.aroundBranch.before, to: &writer,
          advanceTime: { agents.isOne ? $0.write("timestep += 1") : stepOfSome(to: &$0) })
      }
      if plan.network.predictsNext { writer.write("expectsNext = true") }
      if agents.isOne { writer.write("awaitsPreparation = false") }
    }
  }

  /// The next step of those agents that have one.
  private func stepOfSome(to writer: inout CodeWriter) {
    writer.scope("for agent in \(agents.inGroup)") {
      $0.write(
        "let isStep = episodes[agent].canPrepare",
        "episodes[agent].timestep += isStep ? 1 : 0",
        "episodes[agent].awaitsPreparation = episodes[agent].awaitsPreparation && !isStep")
    }
  }
}
