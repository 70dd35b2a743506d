/// The steps in front of an episode that its first ones see: zeros in environment units.
extension Plan {
  /// What of the feedback phase such a step runs: tokens, and all that survives a slide. Its prediction is not asked for.
  package var paddingSteps: [PhaseStep] {
    act.flatMap { step -> [PhaseStep] in
      if case .branch(_, _, let otherwise) = step { otherwise } else { [step] }
    }.filter { if case .call(let name, _) = $0 { network.leavesRows(name) } else { false } }
  }

  /// What the first step of all finds computed, in an empty window: what its timestep adds, and the sums of frames that
  /// are zero, biases among them.
  package var knownAhead: [PhaseStep] {
    prepare.filter {
      $0 == .call(.embedTime, token: nil) || $0 == .call(.olderFrames, token: nil)
    }
  }

  /// What brings weights near, once an episode has begun; nothing where they stay there.
  package var readsAhead: [PhaseStep] { prepare.filter { $0 == .call(.readAhead, token: nil) } }

  /// Whether slots in front of an episode's first step are hidden.
  package var mayStartInWindow: Bool { shape.pastTokenCount > 0 && !steps.seesPadding }

  /// How many there are.
  package var paddingCount: Int { steps.seesPadding ? steps.window - 1 : 0 }

  /// Their return token.
  package var paddingReturn: Float { steps.returns.token(steps.returns.kept(0)) }
}

extension Network {
  /// Whether later steps need what a routine of the feedback phase computes: tokens, and all that survives a slide.
  package func leavesRows(_ name: RoutineName) -> Bool {
    switch name {
    case .embed: true
    case .block(let layer, _): survivesSlide(enteringBlock: layer)
    case .keys: survivesSlide(enteringBlock: blocks.count - 1)
    default: false
    }
  }
}
