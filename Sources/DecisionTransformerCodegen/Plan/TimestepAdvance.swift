extension Schedule {
  /// The preparation phase. The action joins the step that it was taken in. Then the timestep advances: what moves the
  /// window, and all that is computed behind that, belongs to the next step.
  var prepareSteps: [PhaseStep] {
    var steps: [PhaseStep] = []
    if keepsActions { steps += calls([.appendAction], token: shape.actionToken) }
    if shape.runsActions { steps += calls(everyBlock(.token), token: shape.actionToken) }
    if network.predictsNext {
      steps += calls([.finalToken, .predictNext], token: shape.actionToken)
    }
    steps.append(.advanceTime)
    if shape.pastTokenCount > 0 {
      let names = Set(routines.map(\.name))
      let stale: [RoutineName] =
        shape.layers.map { .panels($0) } + shape.layers.map { .block($0, .window) }
        + [.keys(.window)]
      steps += calls(
        [.slideWindow] + (carries ? [.embedTime] : [])
          + (network.hasMovingPositions ? [.placeWindow] : []) + stale.filter(names.contains),
        token: nil)
    }
    return steps + [
      .branch(
        .rewardIsKnown,
        then: newTokens.contains(.return)
          ? calls([.embed(.return)] + everyBlock(.token), token: shape.returnToken) : [],
        otherwise: [])
    ] + (keepsFrames ? calls([.olderFrames], token: nil) : [])
  }
}
